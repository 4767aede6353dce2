-- +goose Up
CREATE TABLE paper (
	division BYTEA NOT NULL,
	id BYTEA NOT NULL,
	case_id BYTEA NOT NULL,
	seq BIGINT NOT NULL, -- the event that fixed it, 0 for a draft
	template TEXT NOT NULL,
	version INTEGER NOT NULL,
	number TEXT NOT NULL,
	state TEXT NOT NULL, -- draft, issued, voided, replaced
	content TEXT NOT NULL, -- JSON: what it says
	issued_at BIGINT NOT NULL,
	issued_by TEXT NOT NULL,
	sha256 TEXT NOT NULL, -- of the PDF, once it is set
	pages INTEGER NOT NULL,
	printed_at BIGINT NOT NULL, -- the last time
	prints INTEGER NOT NULL,
	sealed_at BIGINT NOT NULL,
	scan_sha256 TEXT NOT NULL, -- the signed copy
	scan_pages INTEGER NOT NULL,
	scan_at BIGINT NOT NULL,
	scan_by TEXT NOT NULL,
	ended_at BIGINT NOT NULL,
	ended_by TEXT NOT NULL,
	reason TEXT NOT NULL,
	replaced_by BYTEA,
	PRIMARY KEY (division, id)
);
CREATE INDEX paper_case ON paper (division, case_id, issued_at, id);
CREATE UNIQUE INDEX paper_number ON paper (division, number) WHERE number <> '';
CREATE INDEX paper_template ON paper (division, template, issued_at, id);

-- 用印登记
CREATE TABLE seal_use (
	division BYTEA NOT NULL,
	id BYTEA NOT NULL,
	paper BYTEA NOT NULL,
	asked_by TEXT NOT NULL,
	approved_by TEXT NOT NULL,
	copies INTEGER NOT NULL,
	purpose TEXT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (division, id)
);
CREATE INDEX seal_use_paper ON seal_use (division, paper, at);
CREATE INDEX seal_use_at ON seal_use (division, at, id);

CREATE TABLE paper_delivery (
	division BYTEA NOT NULL,
	id BYTEA NOT NULL,
	paper BYTEA NOT NULL,
	way TEXT NOT NULL,
	at BIGINT NOT NULL, -- the day of lawful service
	receiver TEXT NOT NULL,
	relation TEXT NOT NULL,
	place TEXT NOT NULL,
	witness TEXT NOT NULL,
	proof TEXT NOT NULL, -- digest of a file, empty for none
	noted_by TEXT NOT NULL,
	noted_at BIGINT NOT NULL,
	PRIMARY KEY (division, id)
);
CREATE INDEX paper_delivery_paper ON paper_delivery (division, paper, at);
-- +goose Down
DROP TABLE paper_delivery;
DROP TABLE seal_use;
DROP TABLE paper;
