"""Verifies what an LLM wrote: each sentence keeps the marks of the passages that support it, is given others where it
cited the wrong ones, or is marked as not found in the articles. A sentence without a mark is looked up as well."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.answer import Citation, Note, Statement, Verdict, plain_of, text_of, without_lookalikes
from chatbot.citations import cite
from chatbot.verification.claim_support import SURE, WHOLE, Support, Supporter
from chatbot.verification.coreference import leans, resolved
from chatbot.verification.sentences import HEADING, Sentence, SentenceStream
from index.collection import Collection
from index.passage import RetrievedPassage

MOST_TRIED = 12

@dataclass(frozen=True)
class Verified:
    """A text as blocks, whose citations are numbers of `citations`; `removed` counts the marks that were dropped, since
    they named no passage or one that does not support their sentence."""

    blocks: tuple[Statement | Note, ...]
    citations: tuple[Citation, ...]
    removed: int

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The sentences that state something."""
        return tuple(block for block in self.blocks if isinstance(block, Statement))


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
        verification = self.start(shown)
        verification.feed(text)
        verification.finish()
        return verification.verified

    def start(self, shown: Sequence[RetrievedPassage]) -> "Verification":
        """The verification of a text that is still being written."""
        return Verification(self, shown)

    def finding(
        self, sentence: Sentence, shown: Sequence[RetrievedPassage], before: tuple[str, _Finding] | None
    ) -> _Finding | None:
        """What comes of looking a sentence up, with the one before where it opens with "it"; None where it states
        nothing."""
        if not sentence.claim:
            return None
        finding = self._look_up(sentence, shown)
        if finding.verdict is Verdict.UNFOUND and before and leans(sentence.claim):
            return self._leaning(sentence, shown, *before) or finding
        return finding

    def _look_up(self, sentence: Sentence, shown: Sequence[RetrievedPassage]) -> _Finding:
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
        self, sentence: Sentence, shown: Sequence[RetrievedPassage], before: str, proven: _Finding
    ) -> _Finding | None:
        """A sentence that opens with "it" or "this", read with the one before, where that was found: in the passages
        that it cites itself, and in those that support the other."""
        cited = _cited(sentence, shown)
        others = _others([passage for passage, _ in proven.held_by], cited)
        for claim in resolved(sentence.claim, HEADING.sub("", before).strip()) if proven.held_by else ():
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


class Verification:
    """Verifies a text sentence by sentence as it comes.

    What it lets through is never taken back: it is the text of the blocks that the answer will have.
    """

    def __init__(self, verifier: Verifier, shown: Sequence[RetrievedPassage]) -> None:
        self._verifier = verifier
        self._shown = shown
        self._sentences = SentenceStream()
        self._before: tuple[str, _Finding] | None = None
        self._blocks: list[Statement | Note] = []
        self._citations: dict[tuple[str, int], Citation] = {}
        self._removed = 0
        self._given = 0

    @property
    def verified(self) -> Verified:
        """What has been verified so far."""
        return Verified(tuple(self._blocks), tuple(self._citations.values()), self._removed)

    @property
    def written(self) -> str:
        """What was let through, without its marks: nobody may take them for those of another answer."""
        return plain_of(self._blocks) + self._begun()

    def feed(self, piece: str) -> str:
        """What can be shown once `piece` has come: a sentence as far as it is certain, its marks once it is whole."""
        for sentence in self._sentences.feed(piece):
            self._add(sentence)
        return self._news()

    def finish(self) -> str:
        """What was held back when the text ended."""
        for sentence in self._sentences.finish():
            self._add(sentence)
        return self._news()

    def _add(self, sentence: Sentence) -> None:
        finding = self._verifier.finding(sentence, self._shown, self._before)
        held_by = finding.held_by if finding else ()
        self._removed += len(sentence.numbers) - _confirmed(sentence.numbers, self._shown, held_by)
        space = sentence.before or " "
        if finding is None:
            self._blocks.append(Note(sentence.text, space))
            return
        self._before = (sentence.claim, finding)
        numbers = tuple(dict.fromkeys(_number(self._citations, passage, n) for passage, n in held_by))
        self._blocks.append(Statement(sentence.text, finding.verdict, numbers, finding.missing, space))

    def _begun(self) -> str:
        """The sentence at work as far as it can be shown, with the white space before it."""
        begun = self._sentences.begun
        if begun is None:
            return ""
        return (begun.before or " ") * bool(self._blocks) + without_lookalikes(begun.text)

    def _news(self) -> str:
        text = text_of(self._blocks) + self._begun()
        news = text[self._given :]
        self._given = max(self._given, len(text))
        return news


def _cited(sentence: Sentence, shown: Sequence[RetrievedPassage]) -> list[RetrievedPassage]:
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
        citations[key] = cite(
            len(citations) + 1, passage.article, passage.passage, passage.passage.sentences[sentence]
        )
    return citations[key].n


def _missing(weighed: Weighed) -> str | None:
    """What the passage that comes nearest lacks, in words; None where there is no passage."""
    nearest = max((support for _, support in weighed), key=lambda support: support.score, default=None)
    return ", ".join(nearest.lacking() or nearest.lacking(cited=False) or [WHOLE]) if nearest else None
