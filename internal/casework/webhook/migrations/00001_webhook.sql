-- +goose Up
CREATE TABLE webhook (
	division BYTEA NOT NULL,
	id BYTEA NOT NULL,
	name TEXT NOT NULL,
	url TEXT NOT NULL,
	types TEXT NOT NULL,
	secret TEXT NOT NULL,
	old_secret TEXT NOT NULL,
	old_until BIGINT NOT NULL,
	state TEXT NOT NULL,
	position BIGINT NOT NULL,
	attempts BIGINT NOT NULL,
	failing BIGINT NOT NULL,
	next_at BIGINT NOT NULL,
	holder BYTEA,
	until BIGINT NOT NULL,
	created BIGINT NOT NULL,
	PRIMARY KEY (division, id)
);
CREATE TABLE webhook_try (
	division BYTEA NOT NULL,
	webhook BYTEA NOT NULL,
	id BYTEA NOT NULL,
	at BIGINT NOT NULL,
	event BYTEA,
	type TEXT NOT NULL,
	position BIGINT NOT NULL,
	status BIGINT NOT NULL,
	took BIGINT NOT NULL,
	failure TEXT NOT NULL,
	PRIMARY KEY (division, webhook, id)
);
-- +goose Down
DROP TABLE webhook_try;
DROP TABLE webhook;
