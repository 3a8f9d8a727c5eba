"""Tells whether an article has changed since it was indexed."""

import json

from index.article import Article
from index.digest import text_digest

CUTTING_VERSION = 1


def content_hash(article: Article) -> str:
    """SHA-256 of all that an article's passages are made from or shown with."""
    parts = [article.text, article.title, article.source, article.author, str(article.date), article.url, article.path]
    if article.pages:
        parts.append(str(article.pages))
    return text_digest(json.dumps([CUTTING_VERSION, *parts]))
