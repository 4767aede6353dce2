-- +goose Up
CREATE TABLE exhibit (
	division BYTEA NOT NULL,
	id       BYTEA NOT NULL,
	case_id  BYTEA NOT NULL,
	n        BIGINT NOT NULL, -- its number in the case
	kind     TEXT NOT NULL, -- one of the eight
	name     TEXT NOT NULL,
	source   TEXT NOT NULL,
	proves   TEXT NOT NULL,
	original BOOLEAN NOT NULL,
	holder   TEXT NOT NULL, -- who signed that the copy is like the original
	signed   TEXT NOT NULL, -- SHA-256 of the drawn signature, '' for a typed one
	kept_at  TEXT NOT NULL, -- where the original of a copy is
	ruling   TEXT NOT NULL, -- '', verified, excluded
	reason   TEXT NOT NULL,
	ruled    BIGINT NOT NULL,
	ruler    TEXT NOT NULL,
	at       BIGINT NOT NULL,
	author   TEXT NOT NULL,
	second   TEXT NOT NULL, -- the officer who collected it with the author
	PRIMARY KEY (division, id),
	UNIQUE (division, case_id, n)
);
CREATE TABLE exhibit_file (
	division BYTEA NOT NULL,
	exhibit  BYTEA NOT NULL,
	case_id  BYTEA NOT NULL,
	n        BIGINT NOT NULL,
	sha256   TEXT NOT NULL,
	name     TEXT NOT NULL,
	mime     TEXT NOT NULL,
	size     BIGINT NOT NULL,
	PRIMARY KEY (division, exhibit, n)
);
CREATE INDEX exhibit_file_case ON exhibit_file (division, case_id);
CREATE TABLE exhibit_move (
	division BYTEA NOT NULL,
	exhibit  BYTEA NOT NULL,
	case_id  BYTEA NOT NULL,
	n        BIGINT NOT NULL,
	what     TEXT NOT NULL, -- take, hand, move, send, back, return, transfer, destroy
	at       BIGINT NOT NULL,
	giver    TEXT NOT NULL, -- keeper before, '' for the first
	keeper   TEXT NOT NULL, -- from now on, '' when it is gone
	place    TEXT NOT NULL,
	why      TEXT NOT NULL,
	author   TEXT NOT NULL,
	second   TEXT NOT NULL, -- who took part
	entered  BIGINT NOT NULL,
	PRIMARY KEY (division, exhibit, n)
);
CREATE INDEX exhibit_move_case ON exhibit_move (division, case_id);
CREATE TABLE recording (
	division BYTEA NOT NULL,
	sha256   TEXT NOT NULL,
	name     TEXT NOT NULL,
	begins   BIGINT NOT NULL,
	ends     BIGINT NOT NULL,
	device   TEXT NOT NULL,
	officer  TEXT NOT NULL,
	place    TEXT NOT NULL, -- where the file itself is kept
	at       BIGINT NOT NULL,
	author   TEXT NOT NULL,
	PRIMARY KEY (division, sha256)
);
CREATE INDEX recording_time ON recording (division, begins);
-- +goose Down
DROP TABLE recording;
DROP TABLE exhibit_move;
DROP TABLE exhibit_file;
DROP TABLE exhibit;
