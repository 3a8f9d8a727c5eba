"""Articles in, ranked passages out: reading, cutting, embedding, keeping and searching. Knows nothing of answers."""
