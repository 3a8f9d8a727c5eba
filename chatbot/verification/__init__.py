"""Decides whether the cited evidence supports a statement."""
