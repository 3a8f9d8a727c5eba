"""Real articles cut at random: no piece of a text stops the reading of claims, and each claim stands in a sentence."""

import datetime
import random
from pathlib import Path

import frontmatter
import pytest

from index.claims.extract import annotate, claims_of
from index.language.sentences import sentence_spans
from tests.support.reports import parser

COLLECTIONS = sorted((Path(__file__).parents[2] / "benchmarks" / "news" / "collections").iterdir())
PIECES_AN_ARTICLE = 5
LONGEST_PIECE_WORDS = 14
DAY = datetime.date(2024, 5, 5)


def pieces(text: str, chance: random.Random) -> list[str]:
    """The text, parts of it from word to word, and one with its words in disorder."""
    words = text.split()
    parts = [text]
    for _ in range(PIECES_AN_ARTICLE):
        start = chance.randrange(len(words))
        parts.append(" ".join(words[start : start + chance.randrange(1, LONGEST_PIECE_WORDS)]))
    return [*parts, " ".join(chance.sample(words, min(len(words), LONGEST_PIECE_WORDS)))]


@pytest.mark.parametrize("collection", COLLECTIONS, ids=lambda path: path.name)
def test_every_piece_of_an_article_is_read(collection: Path) -> None:
    # The same pieces each time: what fails can be tried again.
    chance = random.Random(collection.name)
    claimed = 0
    for file in sorted([*collection.glob("*.md"), *collection.glob("*.txt")]):
        for piece in pieces(frontmatter.load(str(file)).content, chance):
            lines = annotate(piece, DAY, sentence_spans(piece), parser())
            spans = {(line.start, line.end) for line in lines}
            claims = claims_of("Title", DAY, lines)
            assert all((claim.start, claim.end) in spans for claim in claims), piece
            claimed += len(claims)
    assert claimed
