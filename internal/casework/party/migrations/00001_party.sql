-- +goose Up
CREATE TABLE party (
	division BYTEA NOT NULL,
	id BYTEA NOT NULL,
	case_id BYTEA NOT NULL,
	now_case BYTEA NOT NULL,
	kind TEXT NOT NULL,
	seq BIGINT NOT NULL,
	receipt BYTEA,
	last4 TEXT NOT NULL,
	anonymous BOOLEAN NOT NULL,
	call_back BOOLEAN NOT NULL,
	phone_hash BYTEA,
	at BIGINT NOT NULL,
	PRIMARY KEY (division, id)
);
CREATE INDEX party_now ON party (division, now_case, at);
CREATE INDEX party_case ON party (division, case_id);
CREATE INDEX party_receipt ON party (receipt) WHERE receipt IS NOT NULL;
CREATE INDEX party_phone ON party (division, phone_hash, at) WHERE phone_hash IS NOT NULL;
-- +goose Down
DROP TABLE party;
