"""A collection of three articles with their claims, and uploads that add nothing."""

import datetime
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.article import Article
from index.claim import Certainty, Claim, Origin, ReportedClaim, Status
from index.errors import ArticleNotFoundError, LockedError, VectorStoreError
from index.message import Message
from index.name_decision import NameDecision
from index.passage import Passage, RetrievedPassage, Vectors
from index.storage.articles import Browsing, Listed
from index.storage.corrections import Correction
from index.storage.filters import Filters
from tests.support.canned_articles import DAMAGED, HAMA, HOSTILE, HOSTILE_TEXT, LINES

if TYPE_CHECKING:
    from index.ingest.report import Report


def claimed(
    article: Article, sentence: str, place: str, holder: str | None, status: Status, **more: object
) -> ReportedClaim:
    """The claim of a sentence that stands in the article."""
    start = article.text.index(sentence)
    claim = Claim(place, holder, status, Certainty.FACT, start, start + len(sentence))
    claim = replace(claim, **more)  # type: ignore[arg-type]
    return ReportedClaim(claim, article.id, article.title, article.source, article.url, article.date, sentence)


REMAINED = "Hama, Homs and Damascus remained in the hands of the government."
WITHDREW = "The army said that it had withdrawn its units from Hama."
# The oldest article's first, as a collection has them.
CLAIMS = [
    claimed(HOSTILE, HOSTILE_TEXT, f"Nowhere {HOSTILE_TEXT}", f"Side {HOSTILE_TEXT}", Status.HOLDS,
            said_by=HOSTILE_TEXT, resolved_from=HOSTILE_TEXT),
    claimed(HOSTILE, "Before.", "Lindby", f"Ada {HOSTILE_TEXT}", Status.HOLDS, role="mayor"),
    *[claimed(LINES, REMAINED, place, "government", Status.HOLDS) for place in ("Hama", "Homs", "Damascus")],
    claimed(LINES, "Further north, most of Aleppo is held by the opposition.", "Aleppo", "opposition", Status.HOLDS,
            origin=Origin.LLM),
    claimed(HAMA, "Opposition forces took the city of Hama on Thursday.", "Hama", "Opposition forces", Status.TOOK,
            since=HAMA.date, until=HAMA.date, dated="relative"),
    claimed(HAMA, WITHDREW, "Hama", "army", Status.LEFT, said_by="The army", holder_from="it",
            certainty=Certainty.ATTRIBUTED),
    claimed(HAMA, "The road to Homs, the next city to the south, was open on Thursday evening.", "Homs", None,
            Status.CONTESTED),
]  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What the collection holds."""

    articles: int = 11
    passages: int = 40
    first: datetime.date | None = datetime.date(2024, 11, 27)
    last: datetime.date | None = datetime.date(2024, 12, 11)


class CannedCollection:
    """Three articles, one of them hostile; whoever browses for "damaged" finds the ledger so."""

    def __init__(self) -> None:
        self._articles = {article.id: article for article in (HAMA, LINES, HOSTILE)}

    def summary(self) -> Known:
        return Known()

    def fault(self) -> str | None:
        return None

    def reported_claims(self) -> list[ReportedClaim]:
        return CLAIMS

    def aliases(self) -> frozenset[tuple[str, str]]:
        return frozenset()

    def name_decisions(self) -> tuple[NameDecision, ...]:
        return ()

    def sources(self) -> list[tuple[str | None, int]]:
        return [("Sample Desk", 9), ("Other Desk", 1), (None, 1)]

    def browse(self, wanted: Browsing, *, most: int, after: int) -> tuple[list[Listed], int]:
        if wanted.words == "damaged":
            raise DAMAGED
        rows = [
            Listed(a.id, a.title, a.source, a.date, a.path, 3, "2026-01-02T03:04:05+00:00", "page", a.url)
            for a in self._articles.values()
            if wanted.words in a.text and wanted.source in (None, a.source or "")
        ]
        return rows[after : after + most], len(rows)

    def article(self, id: str) -> Article:
        if id not in self._articles:
            raise ArticleNotFoundError(f"No article has the id '{id}'.")
        return self._articles[id]

    def search(self, question: str, *, filters: Filters, limit: int) -> list[RetrievedPassage]:
        if "fail" in question:
            raise VectorStoreError("Chroma cannot be searched.")
        return [
            RetrievedPassage(Passage(a.id, 0, 0, len(a.text), a.text, ((0, a.text.index(".") + 1),)), a, 0.5, 0.1)
            for a in self._articles.values()
        ]

    def sentence_vectors(self, passage: Passage) -> Vectors:
        return np.ones((len(passage.sentences), 2), dtype=np.float32)

    def question_vector(self, question: str) -> Vectors:
        return np.ones(2, dtype=np.float32)

    def remove(self, article_id: str) -> bool:
        return self._articles.pop(article_id, None) is not None


class CannedUploads:
    """Adds nothing, and says that it has added what it was sent; "locked" cannot be added, and "broken" breaks."""

    def add_file(
        self, path: Path, name: str, say: Callable[[str], None], on_written: Callable[[Article], None],
        passages: Callable[[str, int, int], None], groups: Sequence[str] | None = None,
    ) -> "Report":
        from index.ingest.report import Report

        if "locked" in name:
            say("Somebody else is writing.")
            raise LockedError("The index is still being written by process 1.")
        if "broken" in name:
            raise ZeroDivisionError("secret detail")
        if "long" in name:
            for done in range(0, 1000, 10):
                passages("A long text", done, 1000)
                time.sleep(0.1)
        on_written(HAMA)
        return Report(added=[f"{name}: {path.stat().st_size} bytes"])

    def add_text(
        self, path: Path, say: Callable[[str], None], on_written: Callable[[Article], None],
        passages: Callable[[str, int, int], None], groups: Sequence[str] | None = None,
    ) -> "Report":
        return self.add_file(path, path.read_text(), say, on_written, passages)

    def add_folder(
        self, path: Path, say: Callable[[str], None], on_written: Callable[[Article], None],
        passages: Callable[[str, int, int], None],
    ) -> "Report":
        from index.ingest.report import Report

        return Report(added=[path.name])

    def add_url(
        self, url: str, say: Callable[[str], None], on_written: Callable[[Article], None],
        passages: Callable[[str, int, int], None], groups: Sequence[str] | None = None,
    ) -> "Report":
        from index.ingest.report import Report
        from index.readers.registry import Refusal

        return Report(refused=[Refusal(url, Message("the page has no article in it."))])


    def correct(
        self, article_id: str, values: Mapping[str, object], by: str, restore: Sequence[str] = ()
    ) -> tuple[Article, list[Correction]]:
        return HAMA, []

    def corrections(self, article_id: str) -> list[Correction]:
        return [Correction("date", "2024-12-04", "2024-12-05", False, "ada", "2026-01-02T03:04:05+00:00")]

    def restrict(self, article_ids: Sequence[str], groups: Sequence[str]) -> None:
        """Every article is for everybody here."""

    def merge_names(self, name: str, other: str, by: str) -> None:
        raise LockedError("Another process is writing.")

    def split_name(self, name: str, by: str) -> None:
        raise LockedError("Another process is writing.")

    def undo_decision(self, name: str, other: str, by: str) -> None:
        raise LockedError("Another process is writing.")

    def remove(self, article_ids: Sequence[str]) -> int:
        return 0
