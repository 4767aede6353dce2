-- +goose Up
CREATE TABLE statement (
	division BYTEA NOT NULL,
	id       BYTEA NOT NULL,
	kind     TEXT NOT NULL, -- bank, nontax
	name     TEXT NOT NULL, -- of the file
	sha256   TEXT NOT NULL,
	added    BIGINT NOT NULL, -- lines
	same     BIGINT NOT NULL, -- lines that an earlier file brought
	at       BIGINT NOT NULL,
	author   TEXT NOT NULL,
	PRIMARY KEY (division, id)
);
CREATE TABLE statement_line (
	division  BYTEA NOT NULL,
	id        BYTEA NOT NULL,
	statement BYTEA NOT NULL,
	kind      TEXT NOT NULL,
	ref       TEXT NOT NULL, -- the bank's own number of the line
	paid_on   TEXT NOT NULL, -- 2026-10-08
	amount    BIGINT NOT NULL, -- fen
	payer     TEXT NOT NULL,
	memo      TEXT NOT NULL,
	receipt   TEXT NOT NULL, -- number of the fiscal receipt, '' where the file has none
	state     TEXT NOT NULL, -- open, matched, aside
	case_id   BYTEA, -- of a matched one
	why       TEXT NOT NULL, -- reasons of the match, or why it is not ours
	settled   BIGINT NOT NULL,
	author    TEXT NOT NULL,
	PRIMARY KEY (division, id),
	UNIQUE (division, kind, ref)
);
CREATE INDEX statement_line_state ON statement_line (division, state, paid_on, id);
CREATE INDEX statement_line_case ON statement_line (division, case_id) WHERE case_id IS NOT NULL;
CREATE TABLE refund (
	division BYTEA NOT NULL,
	id       BYTEA NOT NULL,
	case_id  BYTEA NOT NULL,
	amount   BIGINT NOT NULL, -- fen
	basis    TEXT NOT NULL, -- the paper or judgment that orders it
	reason   TEXT NOT NULL,
	paid_on  TEXT NOT NULL,
	ref      TEXT NOT NULL,
	at       BIGINT NOT NULL,
	author   TEXT NOT NULL,
	PRIMARY KEY (division, case_id, id)
);
-- +goose Down
DROP TABLE refund;
DROP TABLE statement_line;
DROP TABLE statement;
