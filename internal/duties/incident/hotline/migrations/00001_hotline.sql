-- +goose Up
CREATE TABLE hotline_order (
	division     BYTEA NOT NULL,
	no           TEXT NOT NULL,   -- the hotline's number
	id           BYTEA NOT NULL,  -- in the order of arrival
	case_id      BYTEA,           -- none while there is no case
	party        BYTEA,           -- the caller in that case
	title        TEXT NOT NULL,
	address      TEXT NOT NULL,
	received     BIGINT NOT NULL,
	due          BIGINT NOT NULL,
	refused      TEXT NOT NULL,   -- why it became no case, in both languages
	returned     BIGINT NOT NULL,
	return_kind  TEXT NOT NULL,
	return_why   TEXT NOT NULL,
	return_basis TEXT NOT NULL,
	return_by    TEXT NOT NULL,
	called_back  BIGINT NOT NULL,
	solved       TEXT NOT NULL,   -- yes, no or nothing
	stars        BIGINT NOT NULL,
	comment      TEXT NOT NULL,
	told         TEXT NOT NULL,   -- digest of what the hotline was told last
	arrived      BIGINT NOT NULL,
	changed      BIGINT NOT NULL,
	PRIMARY KEY (division, no)
);
CREATE UNIQUE INDEX hotline_order_arrival ON hotline_order (division, id);

-- Lines that were acted on: a second time they add nothing.
CREATE TABLE hotline_seen (
	division BYTEA NOT NULL,
	line     BYTEA NOT NULL,
	at       BIGINT NOT NULL,
	PRIMARY KEY (division, line)
);

CREATE TABLE hotline_file (
	division BYTEA NOT NULL,
	id       BYTEA NOT NULL,
	kind     TEXT NOT NULL,
	name     TEXT NOT NULL,
	body     BYTEA NOT NULL, -- emptied once it is taken in: it names people
	at       BIGINT NOT NULL,
	author   TEXT NOT NULL,
	taken    BIGINT NOT NULL,
	answers  TEXT NOT NULL,
	PRIMARY KEY (division, id)
);

CREATE TABLE hotline_export (
	division BYTEA NOT NULL,
	n        BIGINT NOT NULL,
	at       BIGINT NOT NULL,
	author   TEXT NOT NULL,
	size     BIGINT NOT NULL,
	head     TEXT NOT NULL,
	PRIMARY KEY (division, n)
);

CREATE TABLE hotline_export_row (
	division BYTEA NOT NULL,
	n        BIGINT NOT NULL,
	no       TEXT NOT NULL,
	cells    TEXT NOT NULL,
	answer   TEXT NOT NULL, -- taken, rejected or nothing yet
	reason   TEXT NOT NULL,
	PRIMARY KEY (division, n, no)
);
CREATE INDEX hotline_export_row_no ON hotline_export_row (division, no, n);
-- +goose Down
DROP TABLE hotline_export_row;
DROP TABLE hotline_export;
DROP TABLE hotline_file;
DROP TABLE hotline_seen;
DROP TABLE hotline_order;
