"""Reads files of each format into articles: text, title, date and source, without boilerplate."""
