-- +goose Up
-- Photos of procedures that say faces: blurred, and those in which one was missed.
ALTER TABLE evidence ADD COLUMN veiled BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE evidence ADD COLUMN hidden BIGINT NOT NULL DEFAULT 0;
ALTER TABLE evidence ADD COLUMN hidden_by TEXT NOT NULL DEFAULT '';
-- +goose Down
ALTER TABLE evidence DROP COLUMN hidden_by;
ALTER TABLE evidence DROP COLUMN hidden;
ALTER TABLE evidence DROP COLUMN veiled;
