-- +goose Up
CREATE TABLE second_factor (
	division  BYTEA NOT NULL,
	account   BYTEA NOT NULL,
	secret    TEXT NOT NULL,
	confirmed BIGINT NOT NULL,
	last_step BIGINT NOT NULL,
	PRIMARY KEY (division, account)
);
CREATE TABLE recovery_code (
	division BYTEA NOT NULL,
	account  BYTEA NOT NULL,
	digest   BYTEA NOT NULL,
	used     BIGINT NOT NULL,
	PRIMARY KEY (division, account, digest)
);
CREATE TABLE sign_in_ticket (
	digest   BYTEA PRIMARY KEY,
	division BYTEA NOT NULL,
	account  BYTEA NOT NULL,
	until_at BIGINT NOT NULL
);
CREATE INDEX sign_in_ticket_until ON sign_in_ticket (until_at);
-- +goose Down
DROP TABLE sign_in_ticket;
DROP TABLE recovery_code;
DROP TABLE second_factor;
