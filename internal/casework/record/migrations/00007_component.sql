-- +goose Up
-- The component 部件 a case is about; most name none.
ALTER TABLE cases ADD COLUMN component TEXT NOT NULL DEFAULT '';
CREATE INDEX cases_component ON cases (division, component, opened, id) WHERE component <> '';
-- +goose Down
DROP INDEX cases_component;
ALTER TABLE cases DROP COLUMN component;
