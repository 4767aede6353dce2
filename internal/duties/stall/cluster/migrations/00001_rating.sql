-- +goose Up
CREATE TABLE stall_rating (
	division BYTEA NOT NULL,
	cluster  TEXT NOT NULL,
	day      BIGINT NOT NULL, -- days since 1970, of the zone
	device   BYTEA NOT NULL, -- digest of the device's key: one voice a day
	stars    INTEGER NOT NULL, -- 1 to 5
	kinds    TEXT NOT NULL, -- complaints, separated by spaces: noise smoke litter
	words    TEXT NOT NULL, -- shown to staff alone
	at       BIGINT NOT NULL,
	PRIMARY KEY (division, cluster, day, device)
);
-- +goose Down
DROP TABLE stall_rating;
