-- Which groups of readers may read an article; without a row everybody may. The rows outlive the article, so that what
-- was shared of it stays closed: hence no foreign key.
CREATE TABLE IF NOT EXISTS article_group (
    article_id TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (article_id, name)) WITHOUT ROWID;
