-- +goose Up
CREATE TABLE component (
	division        BYTEA NOT NULL,
	code            TEXT NOT NULL, -- 6 division + 5 class + 6 serial
	class           TEXT NOT NULL, -- digits 7 to 11 of the code
	name            TEXT NOT NULL,
	state           TEXT NOT NULL,
	supervisor_code TEXT NOT NULL,
	supervisor      TEXT NOT NULL,
	owner_code      TEXT NOT NULL,
	owner           TEXT NOT NULL,
	maintainer_code TEXT NOT NULL,
	maintainer      TEXT NOT NULL,
	grid            TEXT NOT NULL,
	address         TEXT NOT NULL,
	initial         TEXT NOT NULL, -- 2006-01-02
	changed         TEXT NOT NULL, -- 2006-01-02, '' for never
	source          TEXT NOT NULL,
	accuracy        TEXT NOT NULL,
	note            TEXT NOT NULL,
	provenance      TEXT NOT NULL,
	geometry        TEXT NOT NULL, -- GeoJSON, WGS-84
	spread          BOOLEAN NOT NULL, -- a line or an area
	lat             DOUBLE PRECISION NOT NULL,
	lng             DOUBLE PRECISION NOT NULL,
	cell            BIGINT NOT NULL, -- S2 leaf cell of lat, lng
	pack            TEXT NOT NULL, -- that brought it, '' for none
	local           BOOLEAN NOT NULL, -- changed here since
	PRIMARY KEY (division, code)
);
CREATE INDEX component_cell ON component (division, cell);
CREATE INDEX component_class ON component (division, class, code);
CREATE INDEX component_grid ON component (division, grid, code);
CREATE TABLE component_change (
	division BYTEA NOT NULL,
	code     TEXT NOT NULL,
	id       BYTEA NOT NULL,
	at       BIGINT NOT NULL,
	actor    BYTEA, -- NULL for the program itself
	name     TEXT NOT NULL, -- of the actor, then
	what     TEXT NOT NULL, -- create, import, edit, retire
	old      TEXT NOT NULL, -- JSON of the attributes that changed
	new      TEXT NOT NULL,
	PRIMARY KEY (division, code, id)
);
CREATE TABLE component_twin (
	division BYTEA NOT NULL,
	a        TEXT NOT NULL, -- the smaller code
	b        TEXT NOT NULL,
	metres   DOUBLE PRECISION NOT NULL,
	answer   TEXT NOT NULL, -- '' is open, 'both', or the code that was kept
	name     TEXT NOT NULL, -- who answered
	at       BIGINT NOT NULL, -- 0 while open
	PRIMARY KEY (division, a, b)
);
CREATE INDEX component_twin_open ON component_twin (division, a, b) WHERE answer = '';
CREATE INDEX component_twin_second ON component_twin (division, b);
CREATE TABLE component_draft (
	division BYTEA NOT NULL,
	account  BYTEA NOT NULL,
	name     TEXT NOT NULL,
	crs      TEXT NOT NULL,
	body     BYTEA NOT NULL,
	at       BIGINT NOT NULL,
	PRIMARY KEY (division, account)
);
-- +goose Down
DROP TABLE component_draft;
DROP TABLE component_twin;
DROP TABLE component_change;
DROP TABLE component;
