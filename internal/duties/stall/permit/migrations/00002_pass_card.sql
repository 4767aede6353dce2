-- +goose Up
DROP INDEX stall_day_pass_phone;
ALTER TABLE stall_day_pass RENAME COLUMN phone TO chain; -- digest of the number, else the id of the first pass of whoever shows the card again
UPDATE stall_day_pass SET chain = id WHERE LENGTH(chain) = 0;
ALTER TABLE stall_day_pass ADD COLUMN code TEXT NOT NULL DEFAULT ''; -- on its card; '' before there were cards
CREATE INDEX stall_day_pass_chain ON stall_day_pass (division, chain, day);
CREATE INDEX stall_day_pass_day ON stall_day_pass (division, day);
CREATE UNIQUE INDEX stall_day_pass_code ON stall_day_pass (division, code) WHERE code <> '';
-- +goose Down
DROP INDEX stall_day_pass_code;
DROP INDEX stall_day_pass_day;
DROP INDEX stall_day_pass_chain;
ALTER TABLE stall_day_pass DROP COLUMN code;
ALTER TABLE stall_day_pass RENAME COLUMN chain TO phone;
CREATE INDEX stall_day_pass_phone ON stall_day_pass (division, phone, day);
