-- +goose Up
-- One row per entry: a few hundred small documents that are always read
-- together and never queried by their parts.
CREATE TABLE catalogue_entry (
    division   BYTEA   NOT NULL,
    kind       TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    body       JSONB   NOT NULL, -- in force: the pack's, or the local change
    pack_body  JSONB   NOT NULL, -- what the pack says; {} for a purely local entry
    pack       TEXT    NOT NULL,
    local      BOOLEAN NOT NULL,
    author     TEXT    NOT NULL,
    changed_at BIGINT  NOT NULL,
    PRIMARY KEY (division, kind, key)
);

CREATE TABLE catalogue_generation (
    division BYTEA  NOT NULL PRIMARY KEY,
    n        BIGINT NOT NULL
);

-- +goose Down
DROP TABLE catalogue_generation;
DROP TABLE catalogue_entry;
