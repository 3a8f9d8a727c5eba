-- How a date was found, the language, where pages begin, and the hash by which two articles with one text are found.
-- Of the articles there only the hash is known: text_hash is a function of the connection.
ALTER TABLE article ADD COLUMN date_from TEXT;
ALTER TABLE article ADD COLUMN language TEXT;
ALTER TABLE article ADD COLUMN pages TEXT;
ALTER TABLE article ADD COLUMN text_hash TEXT;
UPDATE article SET text_hash = text_hash(text);
CREATE INDEX IF NOT EXISTS article_text_hash ON article (text_hash);
