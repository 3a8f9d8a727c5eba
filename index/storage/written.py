"""An article as it is written to the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.article import Article
from index.claim import Claim
from index.storage.passages import Entry


@dataclass(frozen=True)
class Written:
    """An article with its content hash, passages, short names, encoded annotations and claims by the rules.

    `embedded` is whether its passages were embedded for this. With `keeps_passages` those that it has stay as they are,
    and `entries` is empty. `copied_from` is the id of another article with this text, whose passages these are.
    """

    article: Article
    content_hash: str
    entries: Sequence[Entry]
    aliases: set[tuple[str, str]]
    annotations: bytes | None = None
    claims: Sequence[Claim] = ()
    embedded: bool = True
    keeps_passages: bool = False
    copied_from: str | None = None
