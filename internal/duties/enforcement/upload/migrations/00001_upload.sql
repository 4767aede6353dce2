-- +goose Up
CREATE TABLE upload (
	division BYTEA NOT NULL,
	id       BYTEA NOT NULL,
	case_id  BYTEA NOT NULL,
	account  BYTEA NOT NULL,
	name     TEXT NOT NULL,
	mime     TEXT NOT NULL,
	size     BIGINT NOT NULL, -- as announced
	wanted   TEXT NOT NULL, -- SHA-256 that the sender announced, '' for none
	sha256   TEXT NOT NULL, -- of what arrived, '' until it is whole
	at       BIGINT NOT NULL,
	touched  BIGINT NOT NULL,
	PRIMARY KEY (division, id)
);
CREATE INDEX upload_case ON upload (division, case_id);
CREATE INDEX upload_touched ON upload (touched);
-- +goose Down
DROP TABLE upload;
