-- +goose Up
CREATE TABLE stall_permit (
	division  BYTEA NOT NULL,
	case_id   BYTEA NOT NULL,
	person    BYTEA NOT NULL, -- digest of the identity number
	household BYTEA, -- digest of the household number, NULL for none
	state     TEXT NOT NULL, -- of the case
	goods     TEXT NOT NULL, -- separated by spaces, like clusters
	clusters  TEXT NOT NULL,
	band      TEXT NOT NULL,
	power     INTEGER NOT NULL, -- watts
	hardship  BOOLEAN NOT NULL,
	stall     TEXT NOT NULL, -- '' for none
	held      BOOLEAN NOT NULL, -- the stall is kept for this case
	mine      BOOLEAN NOT NULL, -- the person counts as having a stall
	turn      BIGINT NOT NULL, -- waiting since, 0 for not yet
	since     BIGINT NOT NULL, -- of the term's first day, 0 for none
	until     BIGINT NOT NULL,
	revoked   BIGINT NOT NULL, -- 0 for never
	PRIMARY KEY (division, case_id)
);
CREATE UNIQUE INDEX stall_permit_held ON stall_permit (division, stall, band) WHERE held;
CREATE UNIQUE INDEX stall_permit_mine ON stall_permit (division, person) WHERE mine;
CREATE INDEX stall_permit_person ON stall_permit (division, person);
CREATE INDEX stall_permit_household ON stall_permit (division, household) WHERE household IS NOT NULL;
CREATE INDEX stall_permit_state ON stall_permit (division, state, turn);
CREATE TABLE stall_point (
	division BYTEA NOT NULL,
	case_id  BYTEA NOT NULL, -- the record
	permit   BYTEA NOT NULL, -- the case of the permit
	act      TEXT NOT NULL,
	n        INTEGER NOT NULL,
	good     INTEGER NOT NULL,
	state    TEXT NOT NULL,
	at       BIGINT NOT NULL, -- when it was recorded
	day      BIGINT NOT NULL, -- of the act
	PRIMARY KEY (division, case_id)
);
CREATE INDEX stall_point_permit ON stall_point (division, permit, at);
CREATE TABLE stall_attendance (
	division BYTEA NOT NULL,
	permit   BYTEA NOT NULL,
	day      BIGINT NOT NULL, -- days since 1970
	kind     TEXT NOT NULL, -- here, or excused
	at       BIGINT NOT NULL,
	account  BYTEA, -- who scanned; NULL for the program
	PRIMARY KEY (division, permit, day)
);
CREATE TABLE stall_day_pass (
	division BYTEA NOT NULL,
	id       BYTEA NOT NULL,
	stall    TEXT NOT NULL,
	band     TEXT NOT NULL,
	day      BIGINT NOT NULL,
	goods    TEXT NOT NULL,
	phone    BYTEA NOT NULL, -- digest
	last4    TEXT NOT NULL,
	at       BIGINT NOT NULL,
	account  BYTEA, -- NULL where the vendor took it
	PRIMARY KEY (division, id)
);
CREATE UNIQUE INDEX stall_day_pass_place ON stall_day_pass (division, stall, band, day);
CREATE INDEX stall_day_pass_phone ON stall_day_pass (division, phone, day);
-- +goose Down
DROP TABLE stall_day_pass;
DROP TABLE stall_attendance;
DROP TABLE stall_point;
DROP TABLE stall_permit;
