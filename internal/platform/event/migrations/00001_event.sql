-- +goose Up
CREATE TABLE outbox (
	id       BYTEA PRIMARY KEY,
	division BYTEA NOT NULL,
	topic    TEXT NOT NULL,
	subject  BYTEA,
	data     TEXT NOT NULL,
	at       BIGINT NOT NULL,
	position BIGINT
);
CREATE UNIQUE INDEX outbox_position ON outbox (division, position) WHERE position IS NOT NULL;
CREATE INDEX outbox_waiting ON outbox (at, id) WHERE position IS NULL;
CREATE INDEX outbox_old ON outbox (at) WHERE position IS NOT NULL;

CREATE TABLE outbox_head (
	division BYTEA PRIMARY KEY,
	next     BIGINT NOT NULL
);

CREATE TABLE outbox_lease (
	name   TEXT PRIMARY KEY,
	holder BYTEA NOT NULL,
	until  BIGINT NOT NULL
);
-- +goose Down
DROP TABLE outbox;
DROP TABLE outbox_head;
DROP TABLE outbox_lease;
