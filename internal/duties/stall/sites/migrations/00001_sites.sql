-- +goose Up
CREATE TABLE stall_candidate (
	division BYTEA NOT NULL,
	id       TEXT NOT NULL,
	name     TEXT NOT NULL,
	lat      DOUBLE PRECISION NOT NULL,
	lng      DOUBLE PRECISION NOT NULL,
	words    TEXT NOT NULL, -- what speaks for it, as its finder says
	finder   TEXT NOT NULL, -- account
	at       BIGINT NOT NULL,
	PRIMARY KEY (division, id)
);
CREATE TABLE stall_scenario (
	division BYTEA NOT NULL,
	id       BYTEA NOT NULL,
	name     TEXT NOT NULL,
	question TEXT NOT NULL, -- JSON, all that the answer rests on
	answer   TEXT NOT NULL, -- JSON
	maker    TEXT NOT NULL, -- account
	at       BIGINT NOT NULL,
	decider  TEXT NOT NULL, -- '' until decided
	decided  BIGINT NOT NULL, -- 0 until then
	words    TEXT NOT NULL, -- of the decision
	PRIMARY KEY (division, id)
);
-- +goose Down
DROP TABLE stall_scenario;
DROP TABLE stall_candidate;
