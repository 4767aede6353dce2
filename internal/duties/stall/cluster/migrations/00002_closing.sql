-- +goose Up
CREATE TABLE stall_closing (
	division BYTEA NOT NULL,
	cluster  TEXT NOT NULL,
	day      BIGINT NOT NULL, -- of the opening, days since 1970
	photo    TEXT NOT NULL, -- digest of the photo taken after the last vendor left
	clean    BOOLEAN NOT NULL,
	words    TEXT NOT NULL, -- what was left, and who cleans it
	account  BYTEA NOT NULL,
	at       BIGINT NOT NULL,
	PRIMARY KEY (division, cluster, day)
);
-- +goose Down
DROP TABLE stall_closing;
