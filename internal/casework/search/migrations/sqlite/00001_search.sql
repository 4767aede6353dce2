-- +goose Up
CREATE TABLE case_search (
	doc     INTEGER PRIMARY KEY,
	owner   BYTEA NOT NULL,
	case_id BYTEA NOT NULL,
	sum     BYTEA NOT NULL
);
CREATE UNIQUE INDEX case_search_case ON case_search (owner, case_id);
CREATE VIRTUAL TABLE case_words USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'ascii');

CREATE TABLE search_head (
	owner    BYTEA PRIMARY KEY,
	position BIGINT NOT NULL,
	walked   TEXT NOT NULL,
	whole    BOOLEAN NOT NULL
);
-- +goose Down
DROP TABLE search_head;
DROP TABLE case_words;
DROP TABLE case_search;
