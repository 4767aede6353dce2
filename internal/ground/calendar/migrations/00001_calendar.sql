-- +goose Up
CREATE TABLE calendar_day (
	division BYTEA NOT NULL,
	date     BIGINT NOT NULL, -- days since 1970-01-01
	off      BOOLEAN NOT NULL,
	name     TEXT NOT NULL,
	official BOOLEAN NOT NULL,
	source   TEXT NOT NULL,
	PRIMARY KEY (division, date)
);
CREATE TABLE calendar_office (
	division BYTEA NOT NULL,
	calendar TEXT NOT NULL, -- desk, dept
	starts   BIGINT NOT NULL, -- minutes of the day
	ends     BIGINT NOT NULL,
	PRIMARY KEY (division, calendar, starts)
);
CREATE TABLE calendar_generation (
	division   BYTEA PRIMARY KEY,
	generation BIGINT NOT NULL
);
-- +goose Down
DROP TABLE calendar_day;
DROP TABLE calendar_office;
DROP TABLE calendar_generation;
