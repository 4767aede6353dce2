-- +goose Up
CREATE TABLE evidence (
	division BYTEA NOT NULL,
	case_id BYTEA NOT NULL,
	seq BIGINT NOT NULL,
	n INTEGER NOT NULL,
	sha256 TEXT NOT NULL,
	kind TEXT NOT NULL,
	field TEXT NOT NULL,
	name TEXT NOT NULL,
	mime TEXT NOT NULL,
	size BIGINT NOT NULL,
	taken BIGINT NOT NULL,
	received BIGINT NOT NULL,
	lat DOUBLE PRECISION,
	lng DOUBLE PRECISION,
	accuracy DOUBLE PRECISION,
	device TEXT NOT NULL,
	actor TEXT NOT NULL,
	dhash BIGINT NOT NULL,
	late BOOLEAN NOT NULL,
	released BIGINT NOT NULL,
	released_by TEXT NOT NULL,
	PRIMARY KEY (division, case_id, seq, n)
);
CREATE INDEX evidence_sha256 ON evidence (division, sha256);
-- +goose Down
DROP TABLE evidence;
