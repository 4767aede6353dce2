-- +goose Up
CREATE TABLE goods_lot (
	division   BYTEA NOT NULL,
	id         BYTEA NOT NULL,
	case_id    BYTEA NOT NULL, -- that brought it: a hold, a measure, or the dossier itself
	source     TEXT NOT NULL, -- hold, measure, sample, confiscated
	name       TEXT NOT NULL,
	unit       TEXT NOT NULL,
	quantity   BIGINT NOT NULL,
	condition  TEXT NOT NULL,
	perishable BOOLEAN NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (division, id)
);
CREATE INDEX goods_lot_case ON goods_lot (division, case_id);
CREATE TABLE goods_move (
	division BYTEA NOT NULL,
	lot      BYTEA NOT NULL,
	n        BIGINT NOT NULL,
	what     TEXT NOT NULL, -- in, shelve, return, early, auction, destroy, transfer
	quantity BIGINT NOT NULL, -- that went in or out, 0 for a shelf
	shelf    TEXT NOT NULL, -- where the rest lies from now on
	receiver TEXT NOT NULL,
	why      TEXT NOT NULL,
	paper    TEXT NOT NULL, -- number of the paper that allows it
	proceeds BIGINT NOT NULL, -- fen
	at       BIGINT NOT NULL,
	account  TEXT NOT NULL,
	name     TEXT NOT NULL,
	second   TEXT NOT NULL, -- account of the second person
	partner  TEXT NOT NULL, -- and name
	witness  TEXT NOT NULL,
	PRIMARY KEY (division, lot, n)
);
-- +goose Down
DROP TABLE goods_move;
DROP TABLE goods_lot;
