-- +goose Up
CREATE TABLE message (
	division   BYTEA NOT NULL,
	id         BYTEA NOT NULL,
	key        TEXT NOT NULL,
	channel    TEXT NOT NULL,
	address    TEXT NOT NULL,
	template   TEXT NOT NULL,
	args       TEXT NOT NULL,
	lang       TEXT NOT NULL,
	urgent     BOOLEAN NOT NULL,
	state      TEXT NOT NULL,
	at         BIGINT NOT NULL,
	not_before BIGINT NOT NULL,
	tried      BIGINT NOT NULL,
	attempts   INTEGER NOT NULL,
	error      TEXT NOT NULL,
	PRIMARY KEY (division, id)
);
CREATE UNIQUE INDEX message_key ON message (division, key);
CREATE INDEX message_at ON message (division, at, id);
CREATE INDEX message_address ON message (division, address, at);
-- +goose Down
DROP TABLE message;
