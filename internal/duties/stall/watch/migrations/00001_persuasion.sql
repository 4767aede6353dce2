-- +goose Up
CREATE TABLE persuasion (
	division BYTEA NOT NULL,
	case_id  BYTEA NOT NULL,
	account  BYTEA NOT NULL,
	duty     BYTEA NOT NULL, -- the sign-in it belongs to
	class    TEXT NOT NULL,
	shop     TEXT NOT NULL, -- '' for none
	cluster  TEXT NOT NULL,
	stretch  TEXT NOT NULL, -- '' where no stretch is
	lat      DOUBLE PRECISION NOT NULL,
	lng      DOUBLE PRECISION NOT NULL,
	state    TEXT NOT NULL, -- of the case
	kind     TEXT NOT NULL, -- '' until passed on
	refused  BIGINT NOT NULL, -- 0 for never
	at       BIGINT NOT NULL,
	PRIMARY KEY (division, case_id)
);
CREATE INDEX persuasion_at ON persuasion (division, at);

-- +goose Down
DROP TABLE persuasion;
