-- +goose Up
CREATE TABLE subscription (
	division BYTEA NOT NULL,
	resident BYTEA NOT NULL,
	case_id  BYTEA NOT NULL,
	party    BYTEA,
	at       BIGINT NOT NULL,
	PRIMARY KEY (division, resident, case_id)
);
CREATE INDEX subscription_case ON subscription (division, case_id);
CREATE TABLE subscription_head (
	division BYTEA PRIMARY KEY,
	position BIGINT NOT NULL
);
CREATE TABLE erase_later (
	division BYTEA NOT NULL,
	party    BYTEA NOT NULL,
	at       BIGINT NOT NULL,
	PRIMARY KEY (division, party)
);
-- +goose Down
DROP TABLE erase_later;
DROP TABLE subscription_head;
DROP TABLE subscription;
