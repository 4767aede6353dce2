-- +goose Up
CREATE TABLE enforcement_party_key (
	division BYTEA NOT NULL,
	secret   BYTEA NOT NULL, -- of the digests
	PRIMARY KEY (division)
);
CREATE TABLE enforcement_party (
	division BYTEA NOT NULL,
	id       BYTEA NOT NULL,
	kind     TEXT NOT NULL, -- citizen, soletrader, organisation
	name     TEXT NOT NULL,
	number   TEXT NOT NULL, -- of the identity card or the credit code
	digest   BYTEA NOT NULL, -- of the number, keyed
	born     TEXT NOT NULL, -- 2006-01-02, '' for no person
	operator TEXT NOT NULL, -- who runs a sole trader's shop, or acts for an organisation
	address  TEXT NOT NULL,
	phone    TEXT NOT NULL,
	at       BIGINT NOT NULL,
	author   TEXT NOT NULL,
	PRIMARY KEY (division, id)
);
CREATE UNIQUE INDEX enforcement_party_digest ON enforcement_party (division, digest);
CREATE TABLE enforcement_past (
	division  BYTEA NOT NULL,
	digest    BYTEA NOT NULL, -- of the party
	id        BYTEA NOT NULL,
	case_id   BYTEA, -- NULL for one that came from elsewhere
	violation TEXT NOT NULL,
	act_from  TEXT NOT NULL, -- 2006-01-02
	act_to    TEXT NOT NULL,
	decided   TEXT NOT NULL,
	fine      BIGINT NOT NULL, -- fen
	exempt    BOOLEAN NOT NULL, -- no penalty, with education
	annulled  BOOLEAN NOT NULL,
	PRIMARY KEY (division, digest, id)
);
CREATE TABLE enforcement_party_reveal (
	division BYTEA NOT NULL,
	id       BYTEA NOT NULL,
	party    BYTEA NOT NULL,
	at       BIGINT NOT NULL,
	account  BYTEA NOT NULL,
	name     TEXT NOT NULL,
	purpose  TEXT NOT NULL,
	PRIMARY KEY (division, id)
);
-- +goose Down
DROP TABLE enforcement_party_reveal;
DROP TABLE enforcement_past;
DROP TABLE enforcement_party;
DROP TABLE enforcement_party_key;
