-- The tables of the first format. IF NOT EXISTS: some of them were added without a new number of the format.
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS article (
    id TEXT PRIMARY KEY, text TEXT NOT NULL, title TEXT NOT NULL, source TEXT, author TEXT, date TEXT, url TEXT,
    path TEXT, hash TEXT NOT NULL, added TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS passage (
    serial INTEGER PRIMARY KEY, article_id TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    number INTEGER NOT NULL, start_at INTEGER NOT NULL, end_at INTEGER NOT NULL, sentences TEXT NOT NULL,
    vector BYTEA NOT NULL, sentence_vectors BYTEA NOT NULL, UNIQUE (article_id, number));
CREATE TABLE IF NOT EXISTS alias (
    article_id TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE, short TEXT NOT NULL, long TEXT NOT NULL,
    PRIMARY KEY (article_id, short, long));
CREATE TABLE IF NOT EXISTS likeness (
    article_id TEXT PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE, signature BYTEA NOT NULL,
    story TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS carried (
    article_id TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE, source TEXT NOT NULL,
    PRIMARY KEY (article_id, source));
CREATE TABLE IF NOT EXISTS superseded (
    serial INTEGER PRIMARY KEY, article_id TEXT NOT NULL, text TEXT NOT NULL, title TEXT NOT NULL, source TEXT,
    date TEXT, url TEXT NOT NULL, added TEXT NOT NULL, replaced TEXT NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (title, body, tokenize = 'porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE IF NOT EXISTS term USING fts5vocab ('words', 'row');
