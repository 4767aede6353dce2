-- +goose Up
CREATE TABLE place_feature (
	division   BYTEA NOT NULL,
	layer      TEXT NOT NULL,
	code       TEXT NOT NULL,
	valid_from TEXT NOT NULL, -- 2006-01-02, '' for always
	valid_to   TEXT NOT NULL, -- the last day, '' for open
	name_zh    TEXT NOT NULL,
	name_en    TEXT NOT NULL,
	kind       TEXT NOT NULL,
	parent     TEXT NOT NULL,
	department TEXT NOT NULL,
	provenance TEXT NOT NULL,
	note       TEXT NOT NULL,
	geometry   TEXT NOT NULL, -- GeoJSON, WGS-84
	pack       TEXT NOT NULL,
	PRIMARY KEY (division, layer, code, valid_from)
);
CREATE TABLE place_generation (
	division   BYTEA PRIMARY KEY,
	generation BIGINT NOT NULL
);
-- +goose Down
DROP TABLE place_feature;
DROP TABLE place_generation;
