"""Finds passages of articles: reads, cuts, embeds, keeps and searches them. Knows nothing of answers."""
