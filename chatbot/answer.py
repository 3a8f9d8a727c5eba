"""The answer as data: its blocks and the citations that they rest on, and the text and the JSON made of them."""

import datetime
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from index.message import Message, day_message

# Gives a message in the language of the reader; without one it stays English.
Words = Callable[[str], str]
# Stands in an answer's text behind a statement that no passage supports.
NOT_FOUND = "[not found in the articles]"
# What would look like a citation or a verdict in an answer's text, were it not the answer's own.
_LOOKALIKE = re.compile(
    r"[\[【［]\s?(\d{1,3}(?:\s?[,;–-]\s?\d{1,3}){0,9}|not found in the articles)\s?[\]】］]", re.IGNORECASE
)
_REFERENCES = re.compile(rf"[ \t]?(?:\[\d{{1,3}}\]|{re.escape(NOT_FOUND)})")


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
    def page_label(self) -> str | None:
        """The page as a reader writes it ("p. 3"), None where there is none."""
        return Message("p. %(page)s", page=str(self.page)) if self.page else None

    def to_json(self) -> dict[str, object]:
        """All fields, the date as an ISO string, the page only where there is one."""
        known = {**asdict(self), "date": iso(self.date)}
        return known if self.page else {name: value for name, value in known.items() if name != "page"}


class Verdict(StrEnum):
    """What came of looking a statement up in the passages."""

    VERIFIED = "verified"
    MOVED = "moved"
    CITED = "cited"
    UNFOUND = "unfound"


class Ruling(StrEnum):
    """What a judge says of a statement."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NOT_STATED = "not stated"


@dataclass(frozen=True)
class Judgement:
    """A judge's ruling on a statement: the `words` of a passage that prove or contradict it, and `what` of it is
    wrong or not stated."""

    ruling: Ruling
    words: str = ""
    what: str = ""


class DayRelation(StrEnum):
    """What the day of a report is to that of the newest one, which an answer opens with."""

    AS_OF = "as of"
    ON = "on"
    EARLIER = "earlier"
    LATER = "later"


_HEADING_TEMPLATES = {
    DayRelation.AS_OF: "As of %(day)s, %(source)s",
    DayRelation.ON: "On %(day)s, %(source)s",
    DayRelation.EARLIER: "Earlier, on %(day)s, %(source)s",
    DayRelation.LATER: "Later, on %(day)s, %(source)s",
}


@dataclass(frozen=True)
class Heading:
    """When and by whom what follows was reported; `heading_text` words it.

    Of every block `space` is the white space before it: a block whose space holds a line break opens a paragraph.
    """

    date: datetime.date | None
    source: str | None
    relation: DayRelation = DayRelation.AS_OF
    space: str = "\n"

    @property
    def is_earlier(self) -> bool:
        """Whether what follows is told beside something newer."""
        return self.relation is DayRelation.EARLIER


@dataclass(frozen=True)
class Quotation:
    """A sentence of an article, word for word, and the numbers of its citations."""

    text: str
    citations: tuple[int, ...]
    space: str = " "


@dataclass(frozen=True)
class Statement:
    """A sentence of an LLM's answer, without its citations, and what came of looking it up.

    MOVED: supported by another passage than the one that the LLM cited. CITED: nothing in the passages that it cites
    speaks against it, and nothing in them was recognised as its proof. UNFOUND: a fact of it is not in the passages, or
    they say otherwise; `missing` then says what, a reason each, such as: the number 12.
    """

    text: str
    verdict: Verdict
    citations: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()
    space: str = " "


@dataclass(frozen=True)
class Note:
    """A sentence that states nothing of what the articles tell, such as: The articles do not say."""

    text: str
    space: str = "\n"


Block = Heading | Quotation | Statement | Note


@dataclass(frozen=True)
class Understood:
    """A question as it is understood: in its own words, and the question before it where it needs that one.

    Both are empty where the question is small talk or about the chatbot: it is no context for those after it.
    """

    own: str = ""
    context: str = ""

    @property
    def standalone(self) -> str:
        """The question as one that needs no other before it."""
        return f"{self.own} ({self.context})" if self.context else self.own


@dataclass(frozen=True)
class Step:
    """What the chain is doing while nothing is written yet, such as: searching."""

    text: str


@dataclass(frozen=True)
class Preview:
    """The built-in answer, which a reader sees until an LLM has a first verified sentence; None once it has."""

    answer: "Answer | None"


@dataclass(frozen=True)
class Answer:
    """What is said to one question: its blocks, whose citations are numbers of `citations`.

    When `abstained`, `reason` says why in one line, the first of the blocks, `citations` is empty and `related` holds
    the nearest passages.
    `draft` is what an LLM had written when it failed and the built-in answerer took over: nothing in it is checked.
    `notes` are about the answer, such as how a name was read; `instead` is the one of them that says why it is quoted
    although an LLM is to write, None where there is no such note. Of an LLM's answer `quoted` is the built-in one to
    the same question, unless that abstains. `places` are those of the board that the answer tells of, where it is asked
    who holds what.
    """

    question: str
    understood: Understood
    blocks: tuple[Block, ...]
    answered_by: str
    abstained: bool = False
    reason: str | None = None
    as_of: datetime.date | None = None
    citations: tuple[Citation, ...] = ()
    related: tuple[Citation, ...] = ()
    notes: tuple[str, ...] = ()
    instead: str | None = None
    draft: str = ""
    quoted: "Answer | None" = None
    places: tuple[str, ...] = ()

    @property
    def standalone_question(self) -> str:
        """The question as one that needs no other before it; empty for small talk."""
        return self.understood.standalone

    @property
    def text(self) -> str:
        """The blocks as text, with citations such as [1]; a number in brackets that stands in an article is (1)."""
        return text_of(self.blocks)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements of an LLM; a quotation needs no verdict."""
        return tuple(block for block in self.blocks if isinstance(block, Statement))

    @property
    def verified(self) -> str:
        """The line that sums up the verdicts; empty where there are none."""
        return verdict_line([statement.verdict for statement in self.statements])

    @property
    def proven(self) -> str:
        """The text without citations and without what no passage supports: what may be relied on later."""
        unfound = [block for block in self.statements if block.verdict is Verdict.UNFOUND]
        return plain_of([block for block in self.blocks if block not in unfound]).strip()

    def to_json(self) -> dict[str, object]:
        """The object that `ask --json` prints; dates are ISO strings; `notes`, `statements` and `quoted` if any.

        A statement is `answer[start:end]`. In `blocks` each text is as it is in the article or as the LLM wrote it.
        """
        statements = self._statements_json()
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
            **({"statements": statements} if statements else {}),
            "blocks": list(map(block_json, self.blocks)),
            **({"quoted": self.quoted.to_json()} if self.quoted else {}),
        }

    def _statements_json(self) -> list[dict[str, object]]:
        statements: list[dict[str, object]] = []
        at = 0
        for block, lead, body, end in _rendered(self.blocks):
            start = at + len(lead)
            at = start + len(body) + len(end)
            if isinstance(block, Statement):
                known = {"text": body, "start": start, "end": start + len(body), "verdict": block.verdict}
                statements.append({**known, "citations": block.citations, "missing": _reasons(block)})
        return statements


def verdict_line(verdicts: Sequence[str]) -> str:
    """Verdicts in a line: "2 of 4 statements verified, 1 cited but not checked"; empty where there are none."""
    counts, total = Counter(verdicts), len(verdicts)
    verified, cited = counts[Verdict.VERIFIED] + counts[Verdict.MOVED], counts[Verdict.CITED]
    if not total:
        return ""
    line = Message("%(verified)s of %(all)s statements verified", verified=verified, all=total) if total > 1 else (
        Message("%(verified)s of 1 statement verified", verified=verified)
    )
    return Message("%(line)s, %(count)s cited but not checked", line=line, count=cited) if cited else line


def block_json(block: Block) -> dict[str, object]:
    """A block as an object of JSON; a heading is worded, and what a statement lacks is one line, None where it lacks
    nothing."""
    kind = type(block).__name__.lower()
    if isinstance(block, Heading):
        return {"kind": kind, "text": heading_text(block), "is_earlier": block.is_earlier, "space": block.space}
    known = {"kind": kind, **asdict(block)}
    return {**known, "missing": _reasons(block)} if isinstance(block, Statement) else known


def _reasons(statement: Statement) -> str | None:
    return ", ".join(statement.missing) or None


def heading_text(heading: Heading, words: Words = str) -> str:
    """A heading without a colon: As of 5 December 2024, Desk. `words` translates its parts."""
    source = heading.source or Message("source unknown")
    if heading.date is None:
        return words(Message("Date unknown, %(source)s", source=source))
    return words(Message(_HEADING_TEMPLATES[heading.relation], day=heading.date, source=source))


def text_of(blocks: Sequence[Block], words: Words = str) -> str:
    """The blocks as text, with their citations such as [1]; `words` translates headings."""
    return "".join(f"{lead}{body}{end}" for _, lead, body, end in _rendered(blocks, words))


def plain_of(blocks: Sequence[Block]) -> str:
    """The blocks as text, without citations."""
    return "".join(f"{lead}{body}" for _, lead, body, _ in _rendered(blocks))


def _rendered(blocks: Sequence[Block], words: Words = str) -> Iterator[tuple[Block, str, str, str]]:
    """Each block with the white space before it, its text, and the citations behind it."""
    for number, block in enumerate(blocks):
        yield block, block.space if number else "", *_text(block, words)


def _text(block: Block, words: Words) -> tuple[str, str]:
    """A block's text and what stands behind it."""
    if isinstance(block, Heading):
        return f"{without_lookalikes(heading_text(block, words))}:", ""
    body = without_lookalikes(block.text)
    if isinstance(block, Note):
        return body, ""
    references = "".join(f"[{n}]" for n in block.citations)
    if isinstance(block, Quotation):
        return f"“{body}”", f" {references}" if references else ""
    return body, f" {references or NOT_FOUND}"


def without_references(text: str) -> str:
    """A text that was streamed, without its citations: where no answer follows, they name nothing."""
    return _REFERENCES.sub("", text)


def without_lookalikes(text: str) -> str:
    """`text` with round brackets in place of those that would make it look like a citation, [2], or like a verdict."""
    return _LOOKALIKE.sub(r"(\1)", text)


def iso(date: datetime.date | None) -> str | None:
    """A date as YYYY-MM-DD, and None as itself."""
    return None if date is None else date.isoformat()


def long_date(date: datetime.date | None) -> str:
    """A date as a reader writes it ("5 December 2024"), and "date unknown" for None."""
    return str(day_message(date))
