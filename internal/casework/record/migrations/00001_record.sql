-- +goose Up
CREATE TABLE cases (
	division BYTEA NOT NULL,
	id BYTEA NOT NULL,
	procedure TEXT NOT NULL,
	proc_version INTEGER NOT NULL,
	parent BYTEA,
	number TEXT NOT NULL,
	state TEXT NOT NULL,
	terminal BOOLEAN NOT NULL,
	ended TEXT NOT NULL,
	class TEXT NOT NULL,
	dept TEXT NOT NULL,
	assignee TEXT NOT NULL,
	priority TEXT NOT NULL,
	lat DOUBLE PRECISION,
	lng DOUBLE PRECISION,
	accuracy DOUBLE PRECISION,
	cell BIGINT,
	address TEXT NOT NULL,
	grid TEXT NOT NULL,
	street TEXT NOT NULL,
	community TEXT NOT NULL,
	title TEXT NOT NULL,
	source TEXT NOT NULL,
	provenance TEXT NOT NULL,
	opened BIGINT NOT NULL,
	updated BIGINT NOT NULL,
	entered BIGINT NOT NULL,
	due BIGINT NOT NULL,
	due_state TEXT NOT NULL,
	promise_due BIGINT NOT NULL,
	tick BIGINT NOT NULL,
	version BIGINT NOT NULL,
	head BYTEA NOT NULL,
	data JSONB NOT NULL,
	clocks JSONB NOT NULL,
	PRIMARY KEY (division, id)
);
CREATE INDEX cases_due ON cases (division, terminal, due, id);
CREATE INDEX cases_state ON cases (division, state, due, id);
CREATE INDEX cases_dept ON cases (division, dept, state, due, id);
CREATE INDEX cases_assignee ON cases (division, assignee, due, id);
CREATE INDEX cases_cell ON cases (division, cell);
CREATE INDEX cases_number ON cases (division, number);
CREATE INDEX cases_opened ON cases (division, opened, id);
CREATE INDEX cases_parent ON cases (division, parent) WHERE parent IS NOT NULL;
CREATE INDEX cases_tick ON cases (tick);

CREATE TABLE case_events (
	division BYTEA NOT NULL,
	case_id BYTEA NOT NULL,
	seq BIGINT NOT NULL,
	at BIGINT NOT NULL,
	step TEXT NOT NULL,
	actor TEXT NOT NULL,
	dept TEXT NOT NULL,
	recalls BIGINT NOT NULL,
	body TEXT NOT NULL,
	prev BYTEA NOT NULL,
	hash BYTEA NOT NULL,
	PRIMARY KEY (division, case_id, seq)
);

CREATE TABLE personal (
	division BYTEA NOT NULL,
	case_id BYTEA NOT NULL,
	seq BIGINT NOT NULL,
	field TEXT NOT NULL,
	salt BYTEA,
	value TEXT,
	erased_at BIGINT NOT NULL,
	erased_rule TEXT NOT NULL,
	PRIMARY KEY (division, case_id, seq, field)
);

CREATE TABLE case_links (
	division BYTEA NOT NULL,
	case_id BYTEA NOT NULL,
	other BYTEA NOT NULL,
	relation TEXT NOT NULL,
	seq BIGINT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (division, case_id, other, relation)
);
CREATE INDEX case_links_other ON case_links (division, other);

CREATE TABLE idempotency (
	division BYTEA NOT NULL,
	key TEXT NOT NULL,
	hash BYTEA NOT NULL,
	answer TEXT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (division, key)
);
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE number_series (
	division BYTEA NOT NULL,
	series TEXT NOT NULL,
	period TEXT NOT NULL,
	next BIGINT NOT NULL,
	PRIMARY KEY (division, series, period)
);

CREATE TABLE procedure_texts (
	procedure TEXT NOT NULL,
	version INTEGER NOT NULL,
	sum TEXT NOT NULL,
	source TEXT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (procedure, version)
);
-- +goose Down
DROP TABLE procedure_texts;
DROP TABLE number_series;
DROP TABLE idempotency;
DROP TABLE case_links;
DROP TABLE personal;
DROP TABLE case_events;
DROP TABLE cases;
