-- +goose Up
ALTER TABLE place_feature ADD COLUMN unit TEXT NOT NULL DEFAULT '';
-- +goose Down
ALTER TABLE place_feature DROP COLUMN unit;
