-- +goose Up
-- Where the duties of a department went that was merged into another.
ALTER TABLE department ADD COLUMN heir TEXT NOT NULL DEFAULT '';
-- +goose Down
ALTER TABLE department DROP COLUMN heir;
