-- +goose Up
DROP TABLE catalogue_generation;
-- +goose Down
SELECT 1;
