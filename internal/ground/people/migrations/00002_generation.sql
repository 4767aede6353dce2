-- +goose Up
DROP TABLE people_generation;
-- +goose Down
SELECT 1;
