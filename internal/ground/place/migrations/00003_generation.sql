-- +goose Up
DROP TABLE place_generation;
-- +goose Down
SELECT 1;
