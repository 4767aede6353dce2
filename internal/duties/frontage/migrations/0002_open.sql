-- +goose Up
CREATE INDEX frontage_case_open ON frontage_case (division, procedure, shop, opened, state) WHERE terminal = FALSE;
-- +goose Down
DROP INDEX frontage_case_open;
