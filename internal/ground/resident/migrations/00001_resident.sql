-- +goose Up
CREATE TABLE resident (
	division BYTEA NOT NULL,
	id       BYTEA NOT NULL,
	address  TEXT NOT NULL,
	lang     TEXT NOT NULL,
	news     BOOLEAN NOT NULL,
	at       BIGINT NOT NULL,
	PRIMARY KEY (division, id)
);
CREATE UNIQUE INDEX resident_address ON resident (division, address);
CREATE TABLE resident_code (
	division BYTEA NOT NULL,
	address  BYTEA NOT NULL,
	code     BYTEA NOT NULL,
	tries    INTEGER NOT NULL,
	sent     INTEGER NOT NULL,
	since    BIGINT NOT NULL,
	at       BIGINT NOT NULL,
	PRIMARY KEY (division, address)
);
-- +goose Down
DROP TABLE resident_code;
DROP TABLE resident;
