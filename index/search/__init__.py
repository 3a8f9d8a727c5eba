"""Finds passages: the embedding model and the hybrid retriever."""
