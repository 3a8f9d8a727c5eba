-- Which articles the dense index does not have yet.
CREATE TABLE IF NOT EXISTS pending (
    serial INTEGER PRIMARY KEY AUTOINCREMENT, article_id TEXT NOT NULL UNIQUE, replaces INTEGER NOT NULL);
