-- +goose Up
-- 用印申请: asked first, answered by another person
ALTER TABLE seal_use ADD COLUMN asked_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE seal_use ADD COLUMN answer TEXT NOT NULL DEFAULT 'approved'; -- open, approved, refused
ALTER TABLE seal_use ADD COLUMN reason TEXT NOT NULL DEFAULT '';
UPDATE seal_use SET asked_at = at;
DROP INDEX seal_use_at;
CREATE INDEX seal_use_asked ON seal_use (division, asked_at DESC, id DESC);

-- personal fields of a paper, apart so that they can be erased
ALTER TABLE paper ADD COLUMN personal TEXT NOT NULL DEFAULT '{}';
ALTER TABLE paper ADD COLUMN erased_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE paper ADD COLUMN erased_rule TEXT NOT NULL DEFAULT '';
-- +goose Down
ALTER TABLE paper DROP COLUMN erased_rule;
ALTER TABLE paper DROP COLUMN erased_at;
ALTER TABLE paper DROP COLUMN personal;
DROP INDEX seal_use_asked;
CREATE INDEX seal_use_at ON seal_use (division, at, id);
ALTER TABLE seal_use DROP COLUMN reason;
ALTER TABLE seal_use DROP COLUMN answer;
ALTER TABLE seal_use DROP COLUMN asked_at;
