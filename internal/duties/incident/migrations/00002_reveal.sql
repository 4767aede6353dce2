-- +goose Up
CREATE TABLE incident_reveal (
	division  BYTEA NOT NULL,
	id        BYTEA NOT NULL,
	case_id   BYTEA NOT NULL,
	at        BIGINT NOT NULL,
	account   BYTEA NOT NULL,
	name      TEXT NOT NULL,
	purpose   TEXT NOT NULL,
	PRIMARY KEY (division, id)
);
-- +goose Down
DROP TABLE incident_reveal;
