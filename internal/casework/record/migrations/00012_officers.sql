-- +goose Up
-- Accounts of who took a step together with its actor, with spaces between.
ALTER TABLE case_events ADD COLUMN officers TEXT NOT NULL DEFAULT '';
-- +goose Down
ALTER TABLE case_events DROP COLUMN officers;
