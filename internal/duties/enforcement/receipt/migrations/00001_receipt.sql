-- +goose Up
CREATE TABLE receipt_book (
	division BYTEA NOT NULL,
	id       BYTEA NOT NULL,
	series   TEXT NOT NULL, -- what stands before the numbers
	digits   BIGINT NOT NULL, -- of a number, with zeros in front
	first    BIGINT NOT NULL,
	last     BIGINT NOT NULL,
	holder   TEXT NOT NULL, -- account, '' while it lies in the stock
	name     TEXT NOT NULL, -- of the holder
	handed   BIGINT NOT NULL, -- when, 0 never
	returned BIGINT NOT NULL, -- when for good, 0 not yet
	at       BIGINT NOT NULL,
	author   TEXT NOT NULL,
	PRIMARY KEY (division, id)
);
CREATE INDEX receipt_book_series ON receipt_book (division, series, first);
CREATE TABLE receipt (
	division BYTEA NOT NULL,
	book     BYTEA NOT NULL,
	number   BIGINT NOT NULL,
	state    TEXT NOT NULL, -- used, void
	case_id  BYTEA, -- of a used one
	amount   BIGINT NOT NULL, -- fen
	why      TEXT NOT NULL,
	at       BIGINT NOT NULL,
	account  TEXT NOT NULL,
	name     TEXT NOT NULL,
	PRIMARY KEY (division, book, number)
);
-- +goose Down
DROP TABLE receipt;
DROP TABLE receipt_book;
