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

CREATE TABLE signin (
	id      BYTEA PRIMARY KEY,
	account BYTEA,
	login   TEXT NOT NULL,
	at      BIGINT NOT NULL,
	ip      TEXT NOT NULL,
	outcome TEXT NOT NULL
);
CREATE INDEX signin_at ON signin (at);
CREATE INDEX signin_account ON signin (account, at);
-- +goose Down
DROP TABLE session;
DROP TABLE signin;
