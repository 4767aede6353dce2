-- +goose Up
CREATE TABLE enforcement_row (
	division BYTEA NOT NULL,
	register TEXT NOT NULL,
	code     TEXT NOT NULL, -- the row's key
	cells    TEXT NOT NULL, -- JSON
	words    TEXT NOT NULL, -- what it is found by, in small letters
	cell     BIGINT NOT NULL, -- S2 leaf cell of its place, 0 for none
	pack     TEXT NOT NULL, -- that brought it, '' for none
	local    BOOLEAN NOT NULL, -- changed here since
	PRIMARY KEY (division, register, code)
);
CREATE INDEX enforcement_row_cell ON enforcement_row (division, register, cell) WHERE cell <> 0;
CREATE TABLE enforcement_change (
	division BYTEA NOT NULL,
	register TEXT NOT NULL,
	code     TEXT NOT NULL,
	id       BYTEA NOT NULL,
	at       BIGINT NOT NULL,
	actor    BYTEA, -- NULL for the program itself
	name     TEXT NOT NULL, -- of the actor, then
	why      TEXT NOT NULL,
	old      TEXT NOT NULL, -- JSON of the cells that changed
	new      TEXT NOT NULL,
	PRIMARY KEY (division, register, code, id)
);
-- +goose Down
DROP TABLE enforcement_change;
DROP TABLE enforcement_row;
