-- +goose Up
CREATE TABLE notice (
	division BYTEA NOT NULL,
	id BYTEA NOT NULL,
	case_id BYTEA NOT NULL,
	seq BIGINT NOT NULL,
	kind TEXT NOT NULL,
	target TEXT NOT NULL,
	scope TEXT NOT NULL,
	at BIGINT NOT NULL,
	zh TEXT NOT NULL,
	en TEXT NOT NULL,
	PRIMARY KEY (division, id)
);
CREATE UNIQUE INDEX notice_once ON notice (division, case_id, seq, kind, target);
CREATE INDEX notice_target ON notice (division, kind, target, at, id);
CREATE TABLE notice_read (
	division BYTEA NOT NULL,
	account TEXT NOT NULL,
	notice BYTEA NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (division, account, notice)
);
-- +goose Down
DROP TABLE notice_read;
DROP TABLE notice;
