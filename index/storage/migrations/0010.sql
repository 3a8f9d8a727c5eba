-- Who drew a claim: the rules of this program, as all of before, or an LLM; and how far an LLM has read which article.
ALTER TABLE claim ADD COLUMN origin TEXT NOT NULL DEFAULT 'rules';
CREATE TABLE IF NOT EXISTS claim_reading (
    article_id TEXT PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE, model TEXT NOT NULL,
    sentences INTEGER NOT NULL, finished INTEGER NOT NULL);
