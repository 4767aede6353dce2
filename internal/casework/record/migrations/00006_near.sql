-- +goose Up
-- What lies near is asked of open cases, or of those that ended lately: the
-- index answers both without looking at the rows.
DROP INDEX cases_cell;
CREATE INDEX cases_cell ON cases (division, terminal, cell, entered) WHERE cell IS NOT NULL;
-- The desk's figures are counted from two indexes alone.
DROP INDEX cases_due;
DROP INDEX cases_opened;
CREATE INDEX cases_due ON cases (division, terminal, due, id, procedure, state);
CREATE INDEX cases_opened ON cases (division, opened, id, terminal, procedure, state);
-- +goose Down
DROP INDEX cases_due;
DROP INDEX cases_opened;
CREATE INDEX cases_due ON cases (division, terminal, due, id);
CREATE INDEX cases_opened ON cases (division, opened, id);
DROP INDEX cases_cell;
CREATE INDEX cases_cell ON cases (division, cell);
