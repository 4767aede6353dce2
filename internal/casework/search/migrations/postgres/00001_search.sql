-- +goose Up
CREATE TABLE case_search (
	doc     BIGINT PRIMARY KEY,
	owner   BYTEA NOT NULL,
	case_id BYTEA NOT NULL,
	sum     BYTEA NOT NULL,
	words   TSVECTOR NOT NULL
);
CREATE UNIQUE INDEX case_search_case ON case_search (owner, case_id);
CREATE INDEX case_search_words ON case_search USING gin (words) WITH (fastupdate = off);
-- The planner must know which words are common, and it learns more of them here.
ALTER TABLE case_search ALTER COLUMN words SET STATISTICS 1000;

CREATE TABLE search_head (
	owner    BYTEA PRIMARY KEY,
	position BIGINT NOT NULL,
	walked   TEXT NOT NULL,
	whole    BOOLEAN NOT NULL
);
-- +goose Down
DROP TABLE search_head;
DROP TABLE case_search;
