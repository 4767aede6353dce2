-- +goose Up
CREATE TABLE session (
	id       BYTEA PRIMARY KEY,
	token    BYTEA NOT NULL UNIQUE,
	account  BYTEA NOT NULL,
	division BYTEA,
	created  BIGINT NOT NULL,
	seen     BIGINT NOT NULL,
	ended    BIGINT,
	ip       TEXT NOT NULL,
	agent    TEXT NOT NULL
);
CREATE INDEX session_account ON session (account, seen);
CREATE INDEX session_created ON session (created);

-- +goose Down
DROP TABLE session;
