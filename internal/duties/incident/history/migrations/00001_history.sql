-- +goose Up
CREATE TABLE history_case (
	division   BYTEA NOT NULL,
	origin     TEXT NOT NULL,
	foreign_id TEXT NOT NULL,
	case_id    BYTEA NOT NULL,
	PRIMARY KEY (division, origin, foreign_id)
);
CREATE UNIQUE INDEX history_case_case ON history_case (division, case_id);

CREATE TABLE history_run (
	division BYTEA NOT NULL,
	origin   TEXT NOT NULL,
	sum      BYTEA NOT NULL,
	lines    BIGINT NOT NULL,
	imported BIGINT NOT NULL,
	known    BIGINT NOT NULL,
	rejected BIGINT NOT NULL,
	rejects  BIGINT NOT NULL,
	done     BOOLEAN NOT NULL,
	PRIMARY KEY (division, origin, sum)
);
-- +goose Down
DROP TABLE history_run;
DROP TABLE history_case;
