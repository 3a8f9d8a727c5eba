-- The office that a claim is about, empty where a place is held.
ALTER TABLE claim ADD COLUMN role TEXT NOT NULL DEFAULT '';
CREATE INDEX IF NOT EXISTS claim_role ON claim (role);
