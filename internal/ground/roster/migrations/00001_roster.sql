-- +goose Up
CREATE TABLE roster_volunteer (
	division BYTEA NOT NULL,
	id       BYTEA NOT NULL,
	name     TEXT NOT NULL,
	phone    TEXT NOT NULL,
	wish     TEXT NOT NULL, -- where and when, in own words
	state    TEXT NOT NULL, -- asked, confirmed, declined, left
	account  BYTEA, -- of a confirmed one
	asked    BIGINT NOT NULL,
	decided  BIGINT NOT NULL, -- 0 for not yet
	decider  BYTEA,
	PRIMARY KEY (division, id)
);
CREATE UNIQUE INDEX roster_volunteer_phone ON roster_volunteer (division, phone) WHERE state IN ('asked', 'confirmed');
CREATE INDEX roster_volunteer_state ON roster_volunteer (division, state, asked);
CREATE TABLE roster_turn (
	division BYTEA NOT NULL,
	id       BYTEA NOT NULL,
	account  BYTEA NOT NULL,
	place    TEXT NOT NULL, -- code of a stretch or a cluster
	begins   BIGINT NOT NULL,
	ends     BIGINT NOT NULL,
	planner  BYTEA NOT NULL,
	PRIMARY KEY (division, id)
);
CREATE UNIQUE INDEX roster_turn_account ON roster_turn (division, account, begins);
CREATE INDEX roster_turn_begins ON roster_turn (division, begins);
CREATE TABLE roster_sign (
	division BYTEA NOT NULL,
	id       BYTEA NOT NULL,
	account  BYTEA NOT NULL,
	turn     BYTEA, -- NULL for a duty that nobody planned
	place    TEXT NOT NULL,
	lat      DOUBLE PRECISION NOT NULL,
	lng      DOUBLE PRECISION NOT NULL,
	accuracy DOUBLE PRECISION NOT NULL,
	begins   BIGINT NOT NULL,
	due      BIGINT NOT NULL, -- when the program signs out who forgot to
	ends     BIGINT NOT NULL, -- 0 while on duty
	how      TEXT NOT NULL, -- '' while on duty, self, forgotten
	PRIMARY KEY (division, id)
);
CREATE UNIQUE INDEX roster_sign_open ON roster_sign (division, account) WHERE ends = 0;
CREATE INDEX roster_sign_account ON roster_sign (division, account, begins);
CREATE INDEX roster_sign_begins ON roster_sign (division, begins);
CREATE TABLE roster_meeting (
	division BYTEA NOT NULL,
	id       BYTEA NOT NULL,
	grp      TEXT NOT NULL,
	day      BIGINT NOT NULL, -- days since 1970
	topic    TEXT NOT NULL,
	present  TEXT NOT NULL, -- logins of members, separated by spaces, like absent
	absent   TEXT NOT NULL,
	writer   BYTEA,
	PRIMARY KEY (division, id)
);
CREATE INDEX roster_meeting_grp ON roster_meeting (division, grp, day);

-- +goose Down
DROP TABLE roster_meeting;
DROP TABLE roster_sign;
DROP TABLE roster_turn;
DROP TABLE roster_volunteer;
