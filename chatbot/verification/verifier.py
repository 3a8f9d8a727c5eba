"""The whole text of an LLM and the passages that it was given in, verified text out: each sentence keeps the marks of
the passages that bear it out, is given others where it cited the wrong ones, or is marked as not found in the articles.
Nothing is taken on trust: a sentence without a mark is looked up as well."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.answer import NOT_FOUND, Citation, Statement, Verdict
from chatbot.citations import cite_sentence, normalise
from chatbot.verification.claim_support import SURE, WHOLE, Support, Supporter
from chatbot.verification.coreference import leans, resolved
from chatbot.verification.facts import FactKind, facts_of
from index.collection import Collection
from index.language.sentences import sentence_spans
from index.passage import RetrievedPassage

SHORTEST_STATEMENT_WORDS = 3
MOST_TRIED = 12

_HEADING = re.compile(r"(?:As of|Earlier)\b[^:\n]{0,200}+:")
_SOURCES = re.compile(
    r"(?:(?<=\w)|\A)(?P<before>[^\w\n]*+)\n\W*+(?:sources|references|citations)[^\w:\n]*+[:\n].*\Z",
    re.IGNORECASE | re.DOTALL,
)
# What an LLM may have copied from the answers before, and emphasis.
_NOISE = re.compile(rf"(?<![ \t])[ \t]*+{re.escape(NOT_FOUND)}|\*\*|__", re.IGNORECASE)
# A year in brackets is text.
_MARKS = re.compile(r"(?<![ \t])[ \t]*+\[(?!(?:1[5-9]|20)\d\d\])(\d+)\]")
_BULLET = re.compile(r"^(?:#+|[-*•–]|\(?\d{1,2}[.)]) +")
_REPLY = re.compile(r"^(?:yes|no|correct|indeed|partly)(?:[.,!]|$)\s*", re.IGNORECASE)
_NOTHING = (
    r"(?:\b(?:the|these|those|provided|given|available)\s++){0,6}+(?:"
    r"\b(?:articles?|passages?|reports?|sources?) (?:do|does|did)(?: not|n['’]t) "
    r"(?:say|mention|tell|state|specify|name|give)"
    r"|\bnot (?:said|mentioned|stated|specified|reported) in the (?:articles|passages))"
)
_SAYS_NOTHING = re.compile(
    rf"^(?:although|though|while)\b[^,]*{_NOTHING}[^,]*,"
    rf"|{_NOTHING}[^;:]*?(?=[;:]|,? (?:but|yet|though|although|while|however)\b|, and\b|$)",
    re.IGNORECASE,
)
_JOINT = re.compile(r"^[\s,;:.]++(?:(?:but|yet|and|though|although|while|however)\b)?+[\s,]*+", re.IGNORECASE)


@dataclass(frozen=True)
class Verified:
    """`text` with marks [1]..[m] that each name one of `citations`; `statements` are its sentences with their verdicts;
    `removed` counts the marks that were dropped, since they named no passage or one that does not bear them out."""

    text: str
    citations: tuple[Citation, ...]
    statements: tuple[Statement, ...]
    removed: int


@dataclass(frozen=True)
class _Sentence:
    """A sentence of the LLM's text without its marks, what stood before it, and the numbers that it cites."""

    text: str
    before: str
    numbers: tuple[int, ...]

    @property
    def said(self) -> str:
        """What is to be looked up: without the point of a list, "Yes." and that the articles do not say something;
        empty where nothing else is stated."""
        said = _REPLY.sub("", _BULLET.sub("", self.text, count=1), count=1)
        rest = _JOINT.sub("", _SAYS_NOTHING.sub("", said))
        if rest != said and len(_HEADING.sub("", rest).split()) < SHORTEST_STATEMENT_WORDS:
            return ""
        announces = self.text.startswith("#") or rest.endswith(":")
        if rest.endswith("?") or (announces and _says_little(rest)):
            return ""
        return rest if any(c.isalnum() for c in rest) else ""


@dataclass(frozen=True)
class _Finding:
    """What came of looking a sentence up: the passages that bear it out, each with its supporting sentence."""

    verdict: Verdict
    held_by: tuple[tuple[RetrievedPassage, int], ...] = ()
    missing: str | None = None


class Verifier:
    """Verifies what an LLM wrote from passages of one collection."""

    def __init__(self, collection: Collection) -> None:
        self._supporter = Supporter(collection)

    def verify(self, text: str, shown: Sequence[RetrievedPassage]) -> Verified:
        """`text` with its marks in any form, [n] being the n-th of `shown`."""
        # A list of sources at the end repeats, unproven, what the citations say.
        sentences = _sentences(_SOURCES.sub(r"\g<before>", _NOISE.sub("", normalise(text)).strip()))
        written = ""
        citations: dict[tuple[str, int], Citation] = {}
        statements: list[Statement] = []
        removed = 0
        before: tuple[str, _Finding] | None = None
        for sentence in sentences:
            start = len(written) + len(sentence.before)
            written += sentence.before + sentence.text
            finding = self._looked_up(sentence, shown) if sentence.said else None
            if finding and finding.verdict is Verdict.UNFOUND and before and leans(sentence.said):
                finding = self._leaning(sentence, shown, *before) or finding
            held_by = finding.held_by if finding else ()
            removed += len(sentence.numbers) - _kept(sentence.numbers, shown, held_by)
            if finding is None:
                continue
            before = (sentence.said, finding)
            numbers = tuple(dict.fromkeys(_number(citations, found, place) for found, place in held_by))
            statements.append(
                Statement(sentence.text, start, len(written), finding.verdict, numbers, finding.missing)
            )
            written += " " + ("".join(f"[{n}]" for n in numbers) or NOT_FOUND)
        return Verified(written, tuple(citations.values()), tuple(statements), removed)

    def _looked_up(self, sentence: _Sentence, shown: Sequence[RetrievedPassage]) -> _Finding:
        cited = [shown[n - 1] for n in dict.fromkeys(sentence.numbers) if 1 <= n <= len(shown)]
        weighed = [(found, self._supporter.weigh(sentence.said, [found])) for found in cited]
        holding = [(found, support) for found, support in weighed if support.holds]
        if any(support.score >= SURE for _, support in holding):
            return _Finding(Verdict.VERIFIED, _places(holding))
        if len(cited) > 1 and not holding and self._supporter.weigh(sentence.said, cited).holds:
            return _Finding(Verdict.VERIFIED, _places(weighed))
        others = [one for one in shown if one not in cited][:MOST_TRIED]
        rest = [(found, self._supporter.weigh(sentence.said, [found])) for found in others]
        best = max((pair for pair in rest if pair[1].holds_uncited), key=lambda pair: pair[1].score, default=None)
        if best is not None:
            return _Finding(Verdict.MOVED, _places([best]))
        if holding:
            return _Finding(Verdict.VERIFIED, _places(holding))
        joined = self._joined(sentence.said, weighed, rest)
        return joined or _Finding(Verdict.UNFOUND, missing=_missing([support for _, support in weighed or rest]))

    def _leaning(
        self, sentence: _Sentence, shown: Sequence[RetrievedPassage], before: str, proven: _Finding
    ) -> _Finding | None:
        """A sentence that opens with "it" or "this", read with the one before, where that was found: in the passages
        that it cites itself, and in those that bear out the other."""
        cited = [shown[n - 1] for n in dict.fromkeys(sentence.numbers) if 1 <= n <= len(shown)]
        others = [found for found, _ in proven.held_by if found not in cited]
        for said in resolved(sentence.said, _HEADING.sub("", before).strip()) if proven.held_by else ():
            for found in [*cited, *others]:
                support = self._supporter.weigh(said, [found])
                if support.holds if found in cited else support.holds_uncited:
                    return _Finding(Verdict.VERIFIED if found in cited else Verdict.MOVED, _places([(found, support)]))
        return None

    def _joined(
        self,
        statement: str,
        weighed: Sequence[tuple[RetrievedPassage, Support]],
        rest: Sequence[tuple[RetrievedPassage, Support]],
    ) -> _Finding | None:
        """Two passages that together bear out what neither does alone: the surest cited one with the surest other."""
        ranked = sorted(rest, key=lambda pair: -pair[1].score)
        first = max(weighed, key=lambda pair: pair[1].score, default=None)
        pair = [first, ranked[0]] if first and ranked else ranked[:2]
        if len(pair) < 2 or not self._supporter.weigh(statement, [found for found, _ in pair]).holds_uncited:
            return None
        return _Finding(Verdict.MOVED, _places(pair))


def _sentences(text: str) -> list[_Sentence]:
    """The sentences of a text with normalised marks; a mark belongs to the sentence that it follows or stands in."""
    plain, marks = "", []
    at = 0
    for mark in _MARKS.finditer(text):
        plain += text[at : mark.start()]
        at = mark.end()
        line = text[at:].partition("\n")[0]
        if plain[-1:] in ("", "\n") and _MARKS.sub("", line).strip():
            # A mark at the head of a line is that line's.
            marks.append((len(plain) + 1, int(mark[1])))
            at += len(line) - len(line.lstrip())
        else:
            marks.append((len(plain.rstrip()), int(mark[1])))
    plain += text[at:]
    spans = _joined_spans(plain)
    sentences = []
    end = 0
    for n, (start, stop) in enumerate(spans):
        until = spans[n + 1][0] if n + 1 < len(spans) else len(plain) + 1
        numbers = tuple(number for place, number in marks if start < place <= max(until - 1, stop))
        sentences.append(_Sentence(plain[start:stop], plain[end:start], numbers))
        end = stop
    return sentences


def _joined_spans(text: str) -> list[tuple[int, int]]:
    """The spans of the sentences; a heading ("As of 5 December 2024, Desk:") is one with the next, and so is what says
    next to nothing ("Yes.")."""
    spans: list[tuple[int, int]] = []
    for start, end in sentence_spans(text):
        last = text[slice(*spans[-1])] if spans else ""
        short = bool(last) and len(last.split()) < SHORTEST_STATEMENT_WORDS and "\n" not in text[spans[-1][1] : start]
        if short or _HEADING.fullmatch(_BULLET.sub("", last, count=1)):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def _says_little(announcement: str) -> bool:
    """Whether a heading or "These are the cities:" states nothing by itself: it names one name at most."""
    facts = facts_of(announcement)
    return not facts or [fact.kind for fact in facts] == [FactKind.NAME]


def _kept(
    numbers: Sequence[int], shown: Sequence[RetrievedPassage], held_by: Sequence[tuple[RetrievedPassage, int]]
) -> int:
    """How many of the marks name a passage that bears their sentence out."""
    ids = {found.passage.id for found, _ in held_by}
    return sum(1 <= n <= len(shown) and shown[n - 1].passage.id in ids for n in numbers)


def _places(weighed: Sequence[tuple[RetrievedPassage, Support]]) -> tuple[tuple[RetrievedPassage, int], ...]:
    return tuple((found, support.sentence[1]) for found, support in weighed)


def _number(citations: dict[tuple[str, int], Citation], found: RetrievedPassage, place: int) -> int:
    """The number of the citation of one sentence, which overlapping passages share."""
    key = (found.article.id, found.passage.sentences[place][0])
    if key not in citations:
        citations[key] = cite_sentence(len(citations) + 1, found, place)
    return citations[key].n


def _missing(supports: Sequence[Support]) -> str | None:
    """What the passage that comes nearest lacks, in words; None where there is no passage."""
    nearest = max(supports, key=lambda support: support.score, default=None)
    return ", ".join(nearest.lacking() or nearest.lacking(cited=False) or [WHOLE]) if nearest else None
