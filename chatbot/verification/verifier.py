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
    def claim(self) -> str:
        """What is to be looked up: without the point of a list, "Yes." and that the articles do not say something;
        empty where nothing else is stated."""
        text = _REPLY.sub("", _BULLET.sub("", self.text, count=1), count=1)
        rest = _JOINT.sub("", _SAYS_NOTHING.sub("", text))
        if rest != text and len(_HEADING.sub("", rest).split()) < SHORTEST_STATEMENT_WORDS:
            return ""
        announces = self.text.startswith("#") or rest.endswith(":")
        if rest.endswith("?") or (announces and _says_little(rest)):
            return ""
        return rest if any(c.isalnum() for c in rest) else ""


@dataclass(frozen=True)
class _Finding:
    """What came of looking a sentence up: the passages that support it, each with its supporting sentence."""

    verdict: Verdict
    held_by: tuple[tuple[RetrievedPassage, int], ...] = ()
    missing: str | None = None


Weighed = Sequence[tuple[RetrievedPassage, Support]]


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
            finding = self._finding(sentence, shown, before)
            held_by = finding.held_by if finding else ()
            removed += len(sentence.numbers) - _confirmed(sentence.numbers, shown, held_by)
            if finding is None:
                continue
            before = (sentence.claim, finding)
            numbers = tuple(dict.fromkeys(_number(citations, passage, n) for passage, n in held_by))
            statements.append(
                Statement(sentence.text, start, len(written), finding.verdict, numbers, finding.missing)
            )
            written += " " + ("".join(f"[{n}]" for n in numbers) or NOT_FOUND)
        return Verified(written, tuple(citations.values()), tuple(statements), removed)

    def _finding(
        self, sentence: _Sentence, shown: Sequence[RetrievedPassage], before: tuple[str, _Finding] | None
    ) -> _Finding | None:
        """What comes of looking a sentence up, with the one before where it opens with "it"; None where it states
        nothing."""
        if not sentence.claim:
            return None
        finding = self._look_up(sentence, shown)
        if finding.verdict is Verdict.UNFOUND and before and leans(sentence.claim):
            return self._leaning(sentence, shown, *before) or finding
        return finding

    def _look_up(self, sentence: _Sentence, shown: Sequence[RetrievedPassage]) -> _Finding:
        cited = _cited(sentence, shown)
        weighed = self._weigh(sentence.claim, cited)
        holding = [pair for pair in weighed if pair[1].holds]
        if _is_sure(holding):
            return _Finding(Verdict.VERIFIED, _supporting(holding))
        if len(cited) > 1 and not holding and self._supporter.weigh(sentence.claim, cited).holds:
            return _Finding(Verdict.VERIFIED, _supporting(weighed))
        rest = self._weigh(sentence.claim, _others(shown, cited)[:MOST_TRIED])
        if best := _surest_uncited(rest):
            return _Finding(Verdict.MOVED, _supporting([best]))
        if holding:
            return _Finding(Verdict.VERIFIED, _supporting(holding))
        unfound = _Finding(Verdict.UNFOUND, missing=_missing(weighed or rest))
        return self._joined(sentence.claim, weighed, rest) or unfound

    def _weigh(self, claim: str, passages: Sequence[RetrievedPassage]) -> Weighed:
        return [(passage, self._supporter.weigh(claim, [passage])) for passage in passages]

    def _leaning(
        self, sentence: _Sentence, shown: Sequence[RetrievedPassage], before: str, proven: _Finding
    ) -> _Finding | None:
        """A sentence that opens with "it" or "this", read with the one before, where that was found: in the passages
        that it cites itself, and in those that support the other."""
        cited = _cited(sentence, shown)
        others = _others([passage for passage, _ in proven.held_by], cited)
        for claim in resolved(sentence.claim, _HEADING.sub("", before).strip()) if proven.held_by else ():
            for passage in [*cited, *others]:
                support = self._supporter.weigh(claim, [passage])
                if support.holds if passage in cited else support.holds_uncited:
                    verdict = Verdict.VERIFIED if passage in cited else Verdict.MOVED
                    return _Finding(verdict, _supporting([(passage, support)]))
        return None

    def _joined(self, claim: str, weighed: Weighed, rest: Weighed) -> _Finding | None:
        """Two passages that together support what neither does alone: the surest cited one with the surest other."""
        ranked = sorted(rest, key=lambda pair: -pair[1].score)
        first = max(weighed, key=lambda pair: pair[1].score, default=None)
        pair = [first, ranked[0]] if first and ranked else ranked[:2]
        if len(pair) < 2 or not self._supporter.weigh(claim, [passage for passage, _ in pair]).holds_uncited:
            return None
        return _Finding(Verdict.MOVED, _supporting(pair))


def _cited(sentence: _Sentence, shown: Sequence[RetrievedPassage]) -> list[RetrievedPassage]:
    """The passages that a sentence cites, each once."""
    return [shown[n - 1] for n in dict.fromkeys(sentence.numbers) if 1 <= n <= len(shown)]


def _others(passages: Sequence[RetrievedPassage], cited: Sequence[RetrievedPassage]) -> list[RetrievedPassage]:
    return [passage for passage in passages if passage not in cited]


def _is_sure(weighed: Weighed) -> bool:
    return any(support.score >= SURE for _, support in weighed)


def _surest_uncited(weighed: Weighed) -> tuple[RetrievedPassage, Support] | None:
    """Of the passages that support the sentence although it does not cite them the surest."""
    holding = [pair for pair in weighed if pair[1].holds_uncited]
    return max(holding, key=lambda pair: pair[1].score, default=None)


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


def _confirmed(
    numbers: Sequence[int], shown: Sequence[RetrievedPassage], held_by: Sequence[tuple[RetrievedPassage, int]]
) -> int:
    """How many of the cited numbers name a passage that supports their sentence."""
    ids = {passage.passage.id for passage, _ in held_by}
    return sum(1 <= n <= len(shown) and shown[n - 1].passage.id in ids for n in numbers)


def _supporting(weighed: Weighed) -> tuple[tuple[RetrievedPassage, int], ...]:
    """The passages, each with the number of its supporting sentence."""
    return tuple((passage, support.sentence[1]) for passage, support in weighed)


def _number(citations: dict[tuple[str, int], Citation], passage: RetrievedPassage, sentence: int) -> int:
    """The number of the citation of one sentence, which overlapping passages share."""
    key = (passage.article.id, passage.passage.sentences[sentence][0])
    if key not in citations:
        citations[key] = cite_sentence(len(citations) + 1, passage, sentence)
    return citations[key].n


def _missing(weighed: Weighed) -> str | None:
    """What the passage that comes nearest lacks, in words; None where there is no passage."""
    nearest = max((support for _, support in weighed), key=lambda support: support.score, default=None)
    return ", ".join(nearest.lacking() or nearest.lacking(cited=False) or [WHOLE]) if nearest else None
