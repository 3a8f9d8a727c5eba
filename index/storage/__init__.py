"""Keeps articles, passages and vectors: SQLite, Chroma, locks, snapshots, integrity, export."""
