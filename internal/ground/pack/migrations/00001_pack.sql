-- +goose Up
CREATE TABLE pack_state (
    division   BYTEA  NOT NULL,
    pack       TEXT   NOT NULL,
    version    TEXT   NOT NULL,
    applied_at BIGINT NOT NULL,
    applied_by TEXT   NOT NULL,
    PRIMARY KEY (division, pack)
);

-- Files that are taken whole: layers, holiday tables.
CREATE TABLE pack_file (
    division BYTEA NOT NULL,
    pack     TEXT  NOT NULL,
    path     TEXT  NOT NULL,
    hash     BYTEA NOT NULL,
    holds    TEXT  NOT NULL, -- keys of a layer's features, one a line
    PRIMARY KEY (division, pack, path)
);

-- Every version a case may have been opened under.
CREATE TABLE pack_procedure (
    division BYTEA  NOT NULL,
    id       TEXT   NOT NULL,
    version  BIGINT NOT NULL,
    pack     TEXT   NOT NULL,
    path     TEXT   NOT NULL,
    body     TEXT   NOT NULL,
    PRIMARY KEY (division, id, version)
);

CREATE TABLE setting (
    division   BYTEA   NOT NULL,
    key        TEXT    NOT NULL,
    value      TEXT    NOT NULL,
    pack_value TEXT    NOT NULL,
    pack       TEXT    NOT NULL,
    local      BOOLEAN NOT NULL,
    author     TEXT    NOT NULL,
    changed_at BIGINT  NOT NULL,
    PRIMARY KEY (division, key)
);

CREATE TABLE pack_generation (
    division BYTEA  NOT NULL PRIMARY KEY,
    n        BIGINT NOT NULL
);

-- +goose Down
DROP TABLE pack_generation;
DROP TABLE setting;
DROP TABLE pack_procedure;
DROP TABLE pack_file;
DROP TABLE pack_state;
