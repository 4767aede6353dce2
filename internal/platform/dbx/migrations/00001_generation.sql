-- +goose Up
CREATE TABLE generation (
	division BYTEA NOT NULL,
	name     TEXT NOT NULL,
	n        BIGINT NOT NULL,
	PRIMARY KEY (division, name)
);
-- +goose Down
DROP TABLE generation;
