-- What stands in the sentence for the holder, such as "it", empty where his name does.
ALTER TABLE claim ADD COLUMN holder_from TEXT NOT NULL DEFAULT '';
