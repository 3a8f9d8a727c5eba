-- The id that the path of an article gives, where its file was moved and it kept the id that it had.
ALTER TABLE article ADD COLUMN origin_id TEXT;
CREATE INDEX IF NOT EXISTS article_origin ON article (origin_id, id, path) WHERE origin_id IS NOT NULL;
