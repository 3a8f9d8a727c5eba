-- What the parser found in the articles, and the claims drawn from it. Articles of before are annotated later.
CREATE TABLE IF NOT EXISTS annotation (
    article_id TEXT PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE, version TEXT NOT NULL,
    sentences BYTEA NOT NULL);
CREATE TABLE IF NOT EXISTS claim (
    article_id TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE, number INTEGER NOT NULL,
    place TEXT NOT NULL, place_key TEXT NOT NULL, holder TEXT, status TEXT NOT NULL, certainty TEXT NOT NULL,
    start_at INTEGER NOT NULL, end_at INTEGER NOT NULL, since TEXT, until TEXT, dated TEXT NOT NULL, said_by TEXT,
    resolved_from TEXT NOT NULL, weight REAL NOT NULL, PRIMARY KEY (article_id, number));
CREATE INDEX IF NOT EXISTS claim_place ON claim (place_key);
