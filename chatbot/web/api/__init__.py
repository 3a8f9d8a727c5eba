"""The HTTP API: asking questions and adding articles."""
