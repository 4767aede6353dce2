-- +goose Up
-- Of the case's chain; empty is SHA-256.
ALTER TABLE cases ADD COLUMN digest TEXT NOT NULL DEFAULT '';
-- +goose Down
ALTER TABLE cases DROP COLUMN digest;
