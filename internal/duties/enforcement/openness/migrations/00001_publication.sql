-- +goose Up
CREATE TABLE enforcement_publication (
	division  BYTEA NOT NULL,
	kind      TEXT NOT NULL, -- penalty or precedent
	case_id   BYTEA NOT NULL,
	published BIGINT NOT NULL,
	withdrawn BIGINT NOT NULL, -- 0 while it is open to all
	reason    TEXT NOT NULL, -- why it was withdrawn
	title     TEXT NOT NULL,
	words     TEXT NOT NULL, -- what it is found by, in small letters
	content   TEXT NOT NULL, -- JSON
	PRIMARY KEY (division, kind, case_id)
);
CREATE INDEX enforcement_publication_open ON enforcement_publication (division, kind, published, case_id) WHERE withdrawn = 0;
-- +goose Down
DROP TABLE enforcement_publication;
