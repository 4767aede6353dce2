-- +goose Up
CREATE TABLE division (
    id       BYTEA   NOT NULL PRIMARY KEY,
    key      TEXT    NOT NULL UNIQUE,
    code     TEXT    NOT NULL,
    name_zh  TEXT    NOT NULL,
    name_en  TEXT    NOT NULL,
    practice BOOLEAN NOT NULL,
    created  BIGINT  NOT NULL
);

CREATE TABLE people_generation (
    division BYTEA  NOT NULL PRIMARY KEY,
    n        BIGINT NOT NULL
);

CREATE TABLE role (
    division BYTEA  NOT NULL,
    id       TEXT   NOT NULL,
    name_zh  TEXT   NOT NULL,
    name_en  TEXT   NOT NULL,
    axis     TEXT   NOT NULL,
    pack     TEXT   NOT NULL,
    PRIMARY KEY (division, id)
);

CREATE TABLE department (
    division   BYTEA   NOT NULL,
    code       TEXT    NOT NULL,
    name_zh    TEXT    NOT NULL,
    name_en    TEXT    NOT NULL,
    parent     TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    street     TEXT    NOT NULL,
    phone      TEXT    NOT NULL,
    valid_from TEXT    NOT NULL,
    valid_to   TEXT    NOT NULL,
    provenance TEXT    NOT NULL,
    pack       TEXT    NOT NULL,
    local      BOOLEAN NOT NULL,
    changed_by TEXT    NOT NULL,
    changed_at BIGINT  NOT NULL,
    PRIMARY KEY (division, code)
);

CREATE TABLE account (
    division     BYTEA   NOT NULL,
    id           BYTEA   NOT NULL,
    login        TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    department   TEXT    NOT NULL,
    phone        TEXT    NOT NULL,
    active       BOOLEAN NOT NULL,
    hash         TEXT    NOT NULL,
    must_change  BOOLEAN NOT NULL,
    failures     BIGINT  NOT NULL,
    locked_until BIGINT  NOT NULL,
    pack         TEXT    NOT NULL,
    local        BOOLEAN NOT NULL,
    changed_by   TEXT    NOT NULL,
    changed_at   BIGINT  NOT NULL,
    PRIMARY KEY (division, id),
    UNIQUE (division, login)
);
CREATE INDEX account_login ON account (login);

CREATE TABLE post (
    division   BYTEA   NOT NULL,
    id         BYTEA   NOT NULL,
    account    BYTEA   NOT NULL,
    role       TEXT    NOT NULL,
    department TEXT    NOT NULL,
    scope      TEXT    NOT NULL,
    valid_from TEXT    NOT NULL,
    valid_to   TEXT    NOT NULL,
    pack       TEXT    NOT NULL,
    local      BOOLEAN NOT NULL,
    changed_by TEXT    NOT NULL,
    changed_at BIGINT  NOT NULL,
    PRIMARY KEY (division, id),
    UNIQUE (division, account, role, department, scope)
);

CREATE TABLE delegation (
    division     BYTEA  NOT NULL,
    id           BYTEA  NOT NULL,
    from_account BYTEA  NOT NULL,
    to_account   BYTEA  NOT NULL,
    roles        TEXT   NOT NULL,
    from_at      BIGINT NOT NULL,
    until_at     BIGINT NOT NULL,
    reason       TEXT   NOT NULL,
    created_by   TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    revoked_at   BIGINT NOT NULL,
    PRIMARY KEY (division, id)
);

CREATE TABLE people_audit (
    division   BYTEA  NOT NULL,
    id         BYTEA  NOT NULL,
    at         BIGINT NOT NULL,
    actor      BYTEA,
    actor_name TEXT   NOT NULL,
    what       TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    old        TEXT   NOT NULL,
    new        TEXT   NOT NULL,
    PRIMARY KEY (division, id)
);

CREATE TABLE sign_in (
    division BYTEA  NOT NULL,
    id       BYTEA  NOT NULL,
    at       BIGINT NOT NULL,
    account  BYTEA  NOT NULL,
    ip       TEXT   NOT NULL,
    result   TEXT   NOT NULL,
    PRIMARY KEY (division, id)
);
CREATE INDEX sign_in_account ON sign_in (division, account, id);

CREATE TABLE api_key (
    division  BYTEA  NOT NULL,
    id        BYTEA  NOT NULL,
    name      TEXT   NOT NULL,
    hash      BYTEA  NOT NULL,
    created   BIGINT NOT NULL,
    revoked   BIGINT NOT NULL,
    last_used BIGINT NOT NULL,
    PRIMARY KEY (division, id)
);
CREATE INDEX api_key_hash ON api_key (hash);

-- +goose Down
DROP TABLE api_key;
DROP TABLE sign_in;
DROP TABLE people_audit;
DROP TABLE delegation;
DROP TABLE post;
DROP TABLE account;
DROP TABLE department;
DROP TABLE role;
DROP TABLE people_generation;
DROP TABLE division;
