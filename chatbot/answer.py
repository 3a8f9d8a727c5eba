"""The answer and its citations, as every reader of them (page, terminal, JSON) receives them."""

import datetime
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

# Ends the note that the built-in answerer took over from an LLM; readers of an Answer show such a note first.
INSTEAD = "The answer is quoted from the articles instead."
# Stands in an answer's text behind a sentence that no passage bears out.
NOT_FOUND = "[not found in the articles]"


@dataclass(frozen=True)
class Citation:
    """One numbered proof: `start` and `end` are offsets of `sentence` in the article's text.

    `page` is where the sentence begins, of an article that has pages.
    """

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
    page: int | None = None

    @property
    def place(self) -> str | None:
        """The page as a reader writes it ("p. 3"), None where there is none."""
        return f"p. {self.page}" if self.page else None

    def to_json(self) -> dict[str, object]:
        """All fields, the date as an ISO string, the page only where there is one."""
        known = {**asdict(self), "date": iso(self.date)}
        return known if self.page else {name: value for name, value in known.items() if name != "page"}


class Verdict(StrEnum):
    """What came of looking a statement up in the passages."""

    VERIFIED = "verified"
    MOVED = "moved"
    UNFOUND = "unfound"


@dataclass(frozen=True)
class Statement:
    """One sentence of an LLM's answer, `text[start:end]` of the answer without its marks, and what came of it.

    MOVED: verified, by another passage than the one that the LLM cited. UNFOUND: no passage bears it out; `missing`
    then says what was not found, such as: the number 12.
    """

    text: str
    start: int
    end: int
    verdict: Verdict
    citations: tuple[int, ...] = ()
    missing: str | None = None


@dataclass(frozen=True)
class Step:
    """What the chain is doing while nothing is written yet, such as: searching."""

    text: str


@dataclass(frozen=True)
class Answer:
    """What is said to one question. `text` holds marks such as [1], each of which names a citation.

    Lines of `text` are paragraphs. A line that opens with "As of" or "Earlier" ends its heading with a colon. When
    `abstained`, `reason` says why in one line, `citations` is empty and `related` holds the nearest passages.
    `statements` holds the verdicts on what an LLM wrote; a quotation needs none. `draft` is what an LLM had written
    when it failed and the built-in answerer took over: nothing in it is checked. `standalone_question` is empty where
    the question is small talk or about the chatbot: it is no context for those after it.
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
    notes: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    draft: str = ""

    @property
    def verified(self) -> str:
        """The line that sums up the verdicts, such as "3 of 4 statements verified"; empty where there are none."""
        if not self.statements:
            return ""
        found = sum(one.verdict is not Verdict.UNFOUND for one in self.statements)
        return f"{found} of {len(self.statements)} statement{'s' if len(self.statements) > 1 else ''} verified"

    @property
    def proven(self) -> str:
        """The text without the statements that no passage bears out: what may be relied on later."""
        text = self.text
        for one in sorted(self.statements, key=lambda one: -one.start):
            if one.verdict is Verdict.UNFOUND:
                text = text[: one.start].rstrip(" ") + text[one.end :].removeprefix(f" {NOT_FOUND}")
        return text.strip()

    def to_json(self) -> dict[str, object]:
        """The object that `ask --json` prints; dates are ISO strings; `notes` and `statements` if any."""
        return {
            "question": self.question,
            "standalone_question": self.standalone_question,
            "answer": self.text,
            "abstained": self.abstained,
            "reason": self.reason,
            "as_of": iso(self.as_of),
            "answered_by": self.answered_by,
            "citations": [c.to_json() for c in self.citations],
            "related": [c.to_json() for c in self.related],
            **({"notes": list(self.notes)} if self.notes else {}),
            **({"statements": [asdict(one) for one in self.statements]} if self.statements else {}),
        }


def with_notes(answer: Answer, notes: Sequence[str]) -> Answer:
    """The answer with these notes behind its own, each once."""
    return replace(answer, notes=tuple(dict.fromkeys([*answer.notes, *notes])))


def iso(date: datetime.date | None) -> str | None:
    """A date as YYYY-MM-DD, and None as itself."""
    return None if date is None else date.isoformat()


def long_date(date: datetime.date | None) -> str:
    """A date as a reader writes it ("5 December 2024"), and "date unknown" for None."""
    return "date unknown" if date is None else f"{date.day} {date:%B %Y}"
