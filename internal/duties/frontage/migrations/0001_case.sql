-- +goose Up
CREATE TABLE frontage_case (
	division  BYTEA NOT NULL,
	case_id   BYTEA NOT NULL,
	procedure TEXT NOT NULL,
	shop      TEXT NOT NULL, -- code in the register
	parent    BYTEA, -- the pledge it hangs on
	state     TEXT NOT NULL,
	terminal  BOOLEAN NOT NULL,
	opened    BIGINT NOT NULL,
	moved     BIGINT NOT NULL, -- into the present state
	stretch   TEXT NOT NULL, -- of a pledge
	signed    BIGINT NOT NULL, -- of a pledge, 0 for never
	until     BIGINT NOT NULL, -- a pledge's last instant, a list entry's, 0 for none
	routine   BOOLEAN NOT NULL, -- of an inspection
	total     BIGINT NOT NULL, -- points
	failed    BIGINT NOT NULL, -- first time it was not corrected, 0 for never
	list      TEXT NOT NULL, -- red or black, of a list entry
	PRIMARY KEY (division, case_id)
);
CREATE INDEX frontage_case_shop ON frontage_case (division, shop, procedure, opened);
CREATE INDEX frontage_case_opened ON frontage_case (division, procedure, opened);
-- +goose Down
DROP TABLE frontage_case;
