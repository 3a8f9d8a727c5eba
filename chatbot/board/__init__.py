"""The board: who holds what by the claims of the articles, and what changed."""
