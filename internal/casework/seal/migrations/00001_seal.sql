-- +goose Up
CREATE TABLE seal_log (
	division BYTEA PRIMARY KEY,
	size BIGINT NOT NULL,
	position BIGINT NOT NULL,
	walked_case BYTEA NOT NULL,
	walked_seq BIGINT NOT NULL,
	whole BOOLEAN NOT NULL
);

CREATE TABLE seal_leaf (
	division BYTEA NOT NULL,
	n BIGINT NOT NULL,
	case_id BYTEA NOT NULL,
	seq BIGINT NOT NULL,
	hash BYTEA NOT NULL,
	PRIMARY KEY (division, n)
);
CREATE UNIQUE INDEX seal_leaf_event ON seal_leaf (division, case_id, seq);
CREATE INDEX seal_leaf_hash ON seal_leaf (division, hash);

-- One node for each 256 leaves, one for each 256 of these, and so on.
CREATE TABLE seal_node (
	division BYTEA NOT NULL,
	level INTEGER NOT NULL,
	n BIGINT NOT NULL,
	hash BYTEA NOT NULL,
	PRIMARY KEY (division, level, n)
);

CREATE TABLE seal_checkpoint (
	division BYTEA NOT NULL,
	size BIGINT NOT NULL,
	root BYTEA NOT NULL,
	at BIGINT NOT NULL,
	note TEXT NOT NULL,
	PRIMARY KEY (division, size)
);

CREATE TABLE seal_key (
	division BYTEA NOT NULL,
	key TEXT NOT NULL,
	made BIGINT NOT NULL,
	PRIMARY KEY (division, key)
);
-- +goose Down
DROP TABLE seal_key;
DROP TABLE seal_checkpoint;
DROP TABLE seal_node;
DROP TABLE seal_leaf;
DROP TABLE seal_log;
