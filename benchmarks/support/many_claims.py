"""Makes an index of many claims by recombining the sample articles: their sentences with other places, on other days.
Nothing is parsed or embedded again, so that it takes seconds."""

import datetime
import lzma
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

from index.article import Article
from index.claim import Claim, ReportedClaim
from index.claims.gazetteer import FILE
from index.collection import Collection
from index.language import annotations
from index.storage.index_files import LEDGER_FILE
from index.storage.ledger import Ledger

# A name that the text does not have in this form is not replaced.
LEAST_INHABITANTS = 40_000
NO_WORDS = annotations.encode([])


def write(data: Path, model: str, claims: Sequence[ReportedClaim], most: int) -> int:
    """An index in `data` with at least so many claims; how many it has. `claims` are those of the sample articles."""
    with closing(Collection(data, embedding_model=model)) as collection:
        collection.load()
    fitting = [report for report in claims if not report.claim.role and report.claim.place in report.sentence]
    names = sorted({report.claim.place for report in fitting})
    places = _places()
    count = number = 0
    with closing(Ledger(data / LEDGER_FILE)) as ledger, ledger.transaction():
        while count < most:
            others = dict(zip(names, islice(places, len(names)), strict=True))
            for article, made in _articles(fitting, others, number):
                ledger.put(article, article.id, [], set())
                ledger.annotations.put(article.id, annotations.VERSION, NO_WORDS, made)
                count += len(made)
            number += 1
    return count


def _articles(
    claims: Sequence[ReportedClaim], places: dict[str, str], number: int
) -> Iterator[tuple[Article, list[Claim]]]:
    """The articles of the claims once more, about other places and some days later, each with its claims."""
    for ident in dict.fromkeys(report.article_id for report in claims):
        own = [report for report in claims if report.article_id == ident]
        days = datetime.timedelta(number % 300)
        text, made = "", []
        for report in own:
            sentence = report.sentence.replace(report.claim.place, places[report.claim.place])
            start, end = len(text), len(text) + len(sentence)
            text += f"{sentence}\n"
            moved = {
                name: day + days for name in ("since", "until") if (day := getattr(report.claim, name)) is not None
            }
            made.append(replace(report.claim, place=places[report.claim.place], start=start, end=end, **moved))
        day = own[0].reported
        date = day + days if day else None
        yield Article(f"{number}-{ident}", text, own[0].title, f"Desk {number % 9}", date=date), made


def _places() -> Iterator[str]:
    """Names of the gazetteer, those of large places alone."""
    for line in lzma.decompress(FILE.read_bytes()).decode().splitlines():
        _, _, _, inhabitants, name, *_ = line.split("\t")
        if int(inhabitants) >= LEAST_INHABITANTS and name.isascii():
            yield name.title()


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]
