-- +goose Up
-- What became of cases within a time. The report itself is no change, so a new
-- case costs this index nothing.
CREATE INDEX case_events_at ON case_events (division, at, case_id, seq) WHERE seq > 1;
-- +goose Down
DROP INDEX case_events_at;
