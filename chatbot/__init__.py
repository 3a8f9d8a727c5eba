"""Answers questions about the articles with citations: reads a question, answers it, shows the answer. Stands on
`index`."""

__version__ = "0.1.0"
