"""Finds what the index has of an article already, so that a text that was moved, copied or only described anew is
neither embedded nor parsed again."""

from index.article import Article
from index.claim import Origin
from index.collection import Collection
from index.ingest.content import content_hash
from index.language import annotations
from index.language.abbreviations import find_aliases
from index.storage.written import Written


def reused(collection: Collection, article: Article) -> Written | None:
    """An article as it is to be written, with what is kept of the same text, title and date; None where nothing is, or
    where an earlier version of this program cut it."""
    alike = collection.ledger.articles.read_alike(article)
    if alike is None or content_hash(alike[0]) != alike[1]:
        return None
    other = alike[0]
    if other.id == article.id:
        return Written(article, content_hash(article), (), set(), embedded=False, keeps_passages=True)
    return Written(
        article,
        content_hash(article),
        collection.ledger.passages.entries(article.id, other),
        find_aliases(article.text),
        collection.ledger.annotations.get(other.id, annotations.VERSION),
        [claim for claim in collection.ledger.annotations.claims_of(other.id) if claim.origin is Origin.RULES],
        embedded=False,
        copied_from=other.id,
    )
