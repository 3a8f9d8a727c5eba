"""The answer and its citations, as every reader of them (page, terminal, JSON) receives them."""

import datetime
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Citation:
    """One numbered proof: `start` and `end` are offsets of `sentence` in the article's text."""

    n: int
    article_id: str
    title: str
    source: str | None
    date: datetime.date | None
    url: str | None
    passage: str
    sentence: str
    start: int
    end: int


@dataclass(frozen=True)
class Answer:
    """What is said to one question. `text` holds marks such as [1], each of which names a citation.

    Lines of `text` are paragraphs. A line that opens with "As of" or "Earlier" ends its heading with a colon. When
    `abstained`, `reason` says why in one line, `citations` is empty and `related` holds the nearest passages.
    """

    question: str
    standalone_question: str
    text: str
    answered_by: str
    abstained: bool = False
    reason: str | None = None
    as_of: datetime.date | None = None
    citations: tuple[Citation, ...] = ()
    related: tuple[Citation, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, object]:
        """The object that `ask --json` prints; dates are ISO strings."""
        return {
            "question": self.question,
            "standalone_question": self.standalone_question,
            "answer": self.text,
            "abstained": self.abstained,
            "reason": self.reason,
            "as_of": iso(self.as_of),
            "answered_by": self.answered_by,
            "citations": [{**asdict(c), "date": iso(c.date)} for c in self.citations],
            "related": [{**asdict(c), "date": iso(c.date)} for c in self.related],
        }


def iso(date: datetime.date | None) -> str | None:
    """A date as YYYY-MM-DD, and None as itself."""
    return None if date is None else date.isoformat()


def long_date(date: datetime.date | None) -> str:
    """A date as a reader writes it ("5 December 2024"), and "date unknown" for None."""
    return "date unknown" if date is None else f"{date.day} {date:%B %Y}"
