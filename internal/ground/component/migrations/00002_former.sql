-- +goose Up
-- The 16 digits of the edition of 2013 that a component came with, '' for none.
ALTER TABLE component ADD COLUMN former TEXT NOT NULL DEFAULT '';
CREATE INDEX component_former ON component (division, former) WHERE former <> '';
-- +goose Down
DROP INDEX component_former;
ALTER TABLE component DROP COLUMN former;
