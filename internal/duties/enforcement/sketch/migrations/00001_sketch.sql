-- +goose Up
CREATE TABLE sketch (
	division BYTEA NOT NULL,
	id       BYTEA NOT NULL,
	case_id  BYTEA NOT NULL,
	title    TEXT NOT NULL,
	doc      TEXT NOT NULL, -- GeoJSON with what was measured
	picture  TEXT NOT NULL, -- SHA-256
	at       BIGINT NOT NULL,
	author   TEXT NOT NULL,
	PRIMARY KEY (division, case_id, id)
);
-- +goose Down
DROP TABLE sketch;
