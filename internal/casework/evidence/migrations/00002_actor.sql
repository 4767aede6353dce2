-- +goose Up
-- Where somebody was last, by their photos.
CREATE INDEX evidence_actor ON evidence (division, actor, received) WHERE lat IS NOT NULL;
-- +goose Down
DROP INDEX evidence_actor;
