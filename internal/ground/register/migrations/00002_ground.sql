-- +goose Up
ALTER TABLE enforcement_row RENAME TO register_row;
ALTER TABLE enforcement_change RENAME TO register_change;
-- +goose Down
ALTER TABLE register_change RENAME TO enforcement_change;
ALTER TABLE register_row RENAME TO enforcement_row;
