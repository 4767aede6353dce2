-- +goose Up
CREATE TABLE unit_link (
	division   BYTEA NOT NULL,
	id         BYTEA NOT NULL,
	case_id    BYTEA NOT NULL,
	dept       TEXT NOT NULL,
	seq        BIGINT NOT NULL,  -- of the event that issued it, which has who it went to
	issued     BIGINT NOT NULL,
	issued_by  TEXT NOT NULL,
	expires    BIGINT NOT NULL,
	opened     BIGINT NOT NULL,  -- first; 0 for never, like the next
	revoked    BIGINT NOT NULL,
	revoked_by TEXT NOT NULL,
	PRIMARY KEY (division, id)
);
CREATE INDEX unit_link_case ON unit_link (division, case_id);
CREATE INDEX unit_link_id ON unit_link (id);

CREATE TABLE unit_link_key (
	division BYTEA NOT NULL PRIMARY KEY,
	secret   BYTEA NOT NULL
);
-- +goose Down
DROP TABLE unit_link;
DROP TABLE unit_link_key;
