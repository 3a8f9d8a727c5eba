"""The text of an LLM in, cited text out: its marks, in whatever form, become [1], [2], ... each with the sentence that
supports the statement before it; a mark that names no passage is removed and counted. Works on a stream: what it lets
through is never taken back, and is the same however the text was cut into pieces."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from chatbot.answer import Citation
from index.language.sentences import sentence_spans
from index.language.words import stems
from index.passage import Passage, RetrievedPassage

Support = Callable[[str, Passage], int]

LONGEST_MARK_CHARACTERS = 80
LONGEST_RANGE = 50
SHORTEST_STATEMENT_WORDS = 3
STATEMENT_CHARACTERS = 1500

_SPACE = r"[ \t\u00a0]{0,3}"
_LABEL = rf"(?:(?:source|passage|article|document|doc|reference|ref|citation|note|no|p)s?\.?:?{_SPACE})?"
_NUMBER = rf"{_LABEL}[#^]?\d+"
_JOIN = rf"(?:(?:{_SPACE}(?:[,;&/–—-]|and|to))+{_SPACE}| {{1,3}})"
_INSIDE = rf"{_SPACE}({_NUMBER}(?:{_JOIN}{_NUMBER})*)\^?(?:(?::\d+)?†[^\[\]【】［］\n]*)?{_SPACE}"
_MARK = re.compile(rf"[\[【［]{_INSIDE}[\]】］]|\[\[{_INSIDE}\]\]", re.IGNORECASE)
_OPENER = re.compile(r"[\[【［]")
_UNFINISHED = re.compile(r"[\[【［]{1,2}[^\[\]【】［］\n]*|\[\[[^\[\]\n]*\]")
_LINK_TARGET = re.compile(r"\([^()\s]*\)")
_CUT_OFF = re.compile(r"[\[【［]{1,2}\^?\d[\d ,–-]*")
_UNFINISHED_LINK_TARGET = re.compile(r"\([^()\s]*")
_RANGE = re.compile(rf"(\d+)(?:{_SPACE}(?:[–—-]|to){_SPACE}[#^]?(\d+))?", re.IGNORECASE)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_HEADING = re.compile(r"(?:As of|Earlier)\b[^:]{0,200}+:\s++(?=\S)")
_CLOSING = ".,;:!?)"


@dataclass(frozen=True)
class Cited:
    """A text whose marks [1]..[m] each name a citation; `removed` counts the marks that named no passage."""

    text: str
    citations: tuple[Citation, ...]
    removed: int


def cite(text: str, passages: Sequence[RetrievedPassage], support: Support | None = None) -> Cited:
    """The whole `text` of an LLM with its marks, [n] being the n-th of `passages`, made into citations.

    `support(statement, passage)` is the index of the sentence of `passage` that supports `statement` best; one passage
    cited for two statements may so become two citations. By default `support_by_words`.
    """
    marks = MarkFilter(passages, support)
    return Cited(marks.feed(text) + marks.finish(), marks.citations, marks.removed)


def normalise(text: str) -> str:
    """`text` with every form of mark ([1, 2], [1-3], 【1】, [^1], [source 1]) written as [1][2]."""
    return _MARK.sub(lambda mark: "".join(f"[{number}]" for number in _numbers(mark)) or mark[0], text)


def support_by_words(statement: str, passage: Passage) -> int:
    """Index of the sentence of `passage` that shares most words with `statement`, numbers counting double."""
    wanted = set(stems(statement))

    def shared(span: tuple[int, int]) -> int:
        sentence = passage.text[span[0] - passage.start : span[1] - passage.start]
        return sum(2 if re.search(r"\d", word) else 1 for word in wanted & set(stems(sentence)))

    scores = [shared(span) for span in passage.sentences]
    return scores.index(max(scores))


class MarkFilter:
    """Takes the text of an LLM piece by piece and gives it back cited; `citations` and `removed` grow with it."""

    def __init__(self, passages: Sequence[RetrievedPassage], support: Support | None = None) -> None:
        self.removed = 0
        self._passages = passages
        self._support = support or support_by_words
        self._citations: dict[tuple[str, int], Citation] = {}
        self._held = ""
        self._space = ""
        self._space_before_removed: str | None = None
        self._group: set[int] | None = None
        self._statement = ""
        self._sentence = ""
        self._clause = ""

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The citations so far, in the order of their numbers."""
        return tuple(self._citations.values())

    def stream(self, pieces: Iterable[str]) -> Iterator[str]:
        """The cited text of `pieces`, each as soon as nothing that follows can change it; "" where that is nothing."""
        for piece in pieces:
            yield self.feed(piece)
        if rest := self.finish():
            yield rest

    def feed(self, piece: str) -> str:
        """What can be shown once `piece` has arrived; an unfinished mark is held back."""
        self._held += piece
        return self._drained(final=False)

    def finish(self) -> str:
        """What was still held back when the text ended; a mark that was cut off there is left out."""
        if _CUT_OFF.fullmatch(self._held):
            self._held, self._space = "", ""
        return self._drained(final=True) + self._space

    def _drained(self, *, final: bool) -> str:
        shown = ""
        while self._held:
            opener = _OPENER.search(self._held)
            if opener is None or opener.start() > 0:
                shown += self._text(self._taken(opener.start() if opener else len(self._held)))
                continue
            mark = _MARK.match(self._held[:LONGEST_MARK_CHARACTERS])
            if not final and _may_grow(self._held, mark):
                break
            if mark is None or not (numbers := _numbers(mark)):
                shown += self._text(self._taken(1))
                continue
            self._taken(mark.end())
            if target := _LINK_TARGET.match(self._held):
                self._taken(target.end())
            shown += self._marks(numbers)
        return shown

    def _taken(self, length: int) -> str:
        taken, self._held = self._held[:length], self._held[length:]
        return taken

    def _text(self, text: str) -> str:
        body = text.strip()
        self._space += text[: len(text) - len(text.lstrip())]
        if not body:
            return ""
        shown = self._spaced(body)
        self._space = text[len(text.rstrip()) :]
        self._group = None
        self._sentence = (self._sentence + shown)[-STATEMENT_CHARACTERS:]
        self._clause = (self._clause + shown)[-STATEMENT_CHARACTERS:]
        return shown

    def _spaced(self, body: str) -> str:
        """`body` after the white space that waited for it; around a removed mark, one white space of the two stays."""
        space = self._space
        if self._space_before_removed is not None and body[0] not in _CLOSING:
            space = _wider(self._space_before_removed, space)
        self._space, self._space_before_removed = "", None
        return space + body

    def _marks(self, numbers: Sequence[int]) -> str:
        if self._group is None:
            self._group = set()
            clause = _last_sentence(self._clause)
            long_enough = len(clause.split()) >= SHORTEST_STATEMENT_WORDS
            self._statement = clause if long_enough else _last_sentence(self._sentence)
            self._clause = ""
        valid = [n for n in numbers if 1 <= n <= len(self._passages)]
        self.removed += len(numbers) - len(valid)
        cited = dict.fromkeys(self._citation(self._passages[n - 1]).n for n in valid)
        fresh = [n for n in cited if n not in self._group]
        self._group.update(fresh)
        if fresh:
            return self._spaced("".join(f"[{n}]" for n in fresh))
        self._space_before_removed, self._space = _wider(self._space_before_removed or "", self._space), ""
        return ""

    def _citation(self, found: RetrievedPassage) -> Citation:
        chosen = self._support(self._statement, found.passage)
        key = (found.passage.id, chosen)
        if key not in self._citations:
            self._citations[key] = cite_sentence(len(self._citations) + 1, found, chosen)
        return self._citations[key]


def _may_grow(held: str, mark: re.Match[str] | None) -> bool:
    """Whether more text can change what stands at the start of `held`: a mark unfinished, or about to be a link."""
    if mark is None:
        return _UNFINISHED.fullmatch(held) is not None and len(held) <= LONGEST_MARK_CHARACTERS
    after = held[mark.end() :]
    return not after or _UNFINISHED_LINK_TARGET.fullmatch(after) is not None


def _numbers(mark: re.Match[str]) -> list[int]:
    """The numbers of a mark with its ranges written out; none if one is a year, since [2016] is text."""
    numbers: list[int] = []
    for first, last in _RANGE.findall(mark[1] or mark[2]):
        if _YEAR.fullmatch(first):
            return []
        low, high = int(first), int(last or first)
        numbers += range(low, high + 1) if low <= high < low + LONGEST_RANGE else [low, high]
    return numbers


def _wider(one: str, other: str) -> str:
    return max(one, other, key=lambda space: (space.count("\n"), len(space)))


def _last_sentence(text: str) -> str:
    stripped = text.lstrip(_CLOSING + " \n").rstrip()
    spans = sentence_spans(stripped)
    return _HEADING.sub("", stripped[slice(*spans[-1])]) if spans else ""


def cite_sentence(n: int, found: RetrievedPassage, chosen: int) -> Citation:
    """Citation number `n`, of the sentence of `found` at the place `chosen`."""
    article, passage = found.article, found.passage
    start, end = passage.sentences[chosen]
    return Citation(
        n=n,
        article_id=article.id,
        title=article.title,
        source=article.source,
        date=article.date,
        url=article.url,
        passage=passage.text,
        sentence=article.text[start:end],
        start=start,
        end=end,
        page=article.page(start),
    )
