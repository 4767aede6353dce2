-- +goose Up
DROP TABLE pack_generation;
-- +goose Down
SELECT 1;
