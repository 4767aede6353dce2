-- +goose Up
-- Old events are found by their position; one index less for each report.
DROP INDEX outbox_old;
-- +goose Down
CREATE INDEX outbox_old ON outbox (at) WHERE position IS NOT NULL;
