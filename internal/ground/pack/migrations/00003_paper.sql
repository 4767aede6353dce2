-- +goose Up
-- Every version of a template that a paper may have been fixed with.
CREATE TABLE pack_paper (
    division BYTEA  NOT NULL,
    id       TEXT   NOT NULL,
    version  BIGINT NOT NULL,
    pack     TEXT   NOT NULL,
    path     TEXT   NOT NULL,
    body     TEXT   NOT NULL,
    PRIMARY KEY (division, id, version)
);
-- +goose Down
DROP TABLE pack_paper;
