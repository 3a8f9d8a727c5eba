-- What editors have decided of two names of controllers: that they are one side's, two sides', or (NULL) as the articles
-- have it. The last row about two names counts. It hangs on no article.
CREATE TABLE IF NOT EXISTS name_decision (
    serial INTEGER PRIMARY KEY, name TEXT NOT NULL, other TEXT NOT NULL, same INTEGER, changed_by TEXT NOT NULL,
    changed TEXT NOT NULL);
