-- +goose Up
CREATE TABLE report_token (
	division  BYTEA NOT NULL,
	token     BYTEA NOT NULL,
	digest    BYTEA NOT NULL,
	report    TEXT NOT NULL,
	reference TEXT NOT NULL,
	at        BIGINT NOT NULL,
	PRIMARY KEY (division, token)
);
-- +goose Down
DROP TABLE report_token;
