-- +goose Up
CREATE TABLE saved_filter (
	division BYTEA NOT NULL,
	id BYTEA NOT NULL,
	owner TEXT NOT NULL,
	post TEXT NOT NULL,
	name TEXT NOT NULL,
	query TEXT NOT NULL,
	place BIGINT NOT NULL,
	PRIMARY KEY (division, id)
);
CREATE INDEX saved_filter_owner ON saved_filter (division, owner);
CREATE INDEX saved_filter_post ON saved_filter (division, post);
CREATE TABLE case_watch (
	division BYTEA NOT NULL,
	account TEXT NOT NULL,
	case_id BYTEA NOT NULL,
	state TEXT NOT NULL,
	since BIGINT NOT NULL,
	PRIMARY KEY (division, account, case_id)
);
CREATE INDEX case_watch_case ON case_watch (division, case_id);
CREATE TABLE watch_head (
	division BYTEA NOT NULL,
	position BIGINT NOT NULL,
	PRIMARY KEY (division)
);
-- +goose Down
DROP TABLE watch_head;
DROP TABLE case_watch;
DROP TABLE saved_filter;
