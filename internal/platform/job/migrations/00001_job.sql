-- +goose Up
CREATE TABLE job (
	id       BYTEA PRIMARY KEY,
	kind     TEXT NOT NULL,
	key      TEXT,
	payload  TEXT NOT NULL,
	run_at   BIGINT NOT NULL,
	attempts BIGINT NOT NULL DEFAULT 0,
	asked    BIGINT NOT NULL DEFAULT 1,
	dead     BOOLEAN NOT NULL DEFAULT FALSE,
	error    TEXT NOT NULL DEFAULT '',
	UNIQUE (kind, key)
);
CREATE INDEX job_due ON job (dead, run_at, id);
-- +goose Down
DROP TABLE job;
