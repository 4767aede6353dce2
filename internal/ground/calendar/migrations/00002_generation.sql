-- +goose Up
DROP TABLE calendar_generation;
-- +goose Down
SELECT 1;
