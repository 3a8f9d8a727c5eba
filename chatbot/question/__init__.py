"""Understands a question: what is asked for, of which names, at what time."""
