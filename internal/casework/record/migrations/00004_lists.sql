-- +goose Up
-- A department's desk reads its open cases by time left; the state in between
-- broke that order.
DROP INDEX cases_dept;
CREATE INDEX cases_dept ON cases (division, dept, terminal, due, id) WHERE dept <> '';
-- "Newest first" of one state, department or class, which among many closed
-- cases may be rare. Other filters walk the newest cases and pick.
CREATE INDEX cases_state_opened ON cases (division, state, opened, id);
CREATE INDEX cases_dept_opened ON cases (division, dept, opened, id) WHERE dept <> '';
CREATE INDEX cases_class_opened ON cases (division, class, opened, id);
-- +goose Down
DROP INDEX cases_class_opened;
DROP INDEX cases_dept_opened;
DROP INDEX cases_state_opened;
DROP INDEX cases_dept;
CREATE INDEX cases_dept ON cases (division, dept, state, due, id) WHERE dept <> '';
