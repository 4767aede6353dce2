-- +goose Up
CREATE TABLE incident_ruling (
	division   BYTEA NOT NULL,
	class      TEXT NOT NULL,
	grid       TEXT NOT NULL,
	department TEXT NOT NULL,
	case_id    BYTEA NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (division, class, grid)
);
-- +goose Down
DROP TABLE incident_ruling;
