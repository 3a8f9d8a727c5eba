-- What editors have set right about an article. It outlives a later reading of the article, hence no foreign key.
CREATE TABLE IF NOT EXISTS correction (
    serial INTEGER PRIMARY KEY, article_id TEXT NOT NULL, field TEXT NOT NULL, found TEXT, value TEXT,
    restored INTEGER NOT NULL, changed_by TEXT NOT NULL, changed TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS correction_article ON correction (article_id);
