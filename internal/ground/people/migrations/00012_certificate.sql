-- +goose Up
CREATE TABLE certificate (
    division   BYTEA   NOT NULL,
    id         BYTEA   NOT NULL,
    account    BYTEA   NOT NULL,
    kind       TEXT    NOT NULL,
    number     TEXT    NOT NULL,
    issuer     TEXT    NOT NULL,
    valid_from TEXT    NOT NULL,
    valid_to   TEXT    NOT NULL,
    revoked    TEXT    NOT NULL,
    pack       TEXT    NOT NULL,
    local      BOOLEAN NOT NULL,
    changed_by TEXT    NOT NULL,
    changed_at BIGINT  NOT NULL,
    PRIMARY KEY (division, id),
    UNIQUE (division, account, kind, number)
);
-- +goose Down
DROP TABLE certificate;
