"""Verifies what an LLM wrote: each sentence keeps the citations of the passages that support it, is given others where
it cited the wrong ones, is left as cited where nothing speaks against it, or is marked as not found in the articles. A
sentence without a citation is looked up as well."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.answer import Citation, Note, Statement, Verdict, plain_of, text_of, without_lookalikes
from chatbot.citations import cite
from chatbot.verification.claim_support import Support, Supporter
from chatbot.verification.coreference import opens_with_reference, resolved
from chatbot.verification.sentences import SentenceStream, WrittenSentence
from chatbot.verification.staleness import Age
from chatbot.verification.stated import NOTHING, Stated
from chatbot.verification.statement import Context
from index.collection import Collection
from index.message import Message
from index.passage import RetrievedPassage

MOST_TRIED = 12
PROVEN = (Verdict.VERIFIED, Verdict.MOVED)
# Why a statement that cites nothing is marked.
NO_PASSAGE = Message("a passage that says so")


@dataclass(frozen=True)
class Verified:
    """A text as blocks, whose citations are numbers of `citations`; `removed` counts the citations that were dropped,
    since they named no passage or one that does not support their sentence. `lacking_facts` are the places of the
    statements of which a fact stands in no passage that they cite."""

    blocks: tuple[Statement | Note, ...]
    citations: tuple[Citation, ...]
    removed: int
    lacking_facts: frozenset[int] = frozenset()

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The sentences that state something."""
        return tuple(block for block in self.blocks if isinstance(block, Statement))


@dataclass(frozen=True)
class _Finding:
    """What came of looking a sentence up: the passages that support it, each with its supporting sentence."""

    verdict: Verdict
    held_by: tuple[tuple[RetrievedPassage, int], ...] = ()
    missing: tuple[str, ...] = ()
    lacks_fact: bool = False


Weighed = Sequence[tuple[RetrievedPassage, Support]]


class Verifier:
    """Verifies what an LLM wrote from passages of one collection."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def verify(self, text: str, shown: Sequence[RetrievedPassage], question: str = "") -> Verified:
        """`text` with its citations in any form, [n] being the n-th of `shown`, as an answer to `question`."""
        verification = self.start(shown, question)
        verification.feed(text)
        verification.finish()
        return verification.verified

    def start(self, shown: Sequence[RetrievedPassage], question: str = "") -> "Verification":
        """The verification of a text that is still being written."""
        return Verification(_Lookup(Supporter(self._collection), shown), question)


class _Lookup:
    """Looks the sentences of one answer up in the passages that the LLM was shown."""

    def __init__(self, supporter: Supporter, shown: Sequence[RetrievedPassage]) -> None:
        self._supporter = supporter
        self.shown = shown

    def finding(self, sentence: WrittenSentence, context: Context, before: _Finding | None) -> _Finding | None:
        """What comes of looking a sentence up, with the one before where it opens with "it"; None where it states
        nothing."""
        if sentence.claim == NOTHING:
            return None
        finding = self._look_up(sentence, context)
        if finding.verdict is not Verdict.VERIFIED and context.before and opens_with_reference(sentence.claim.text):
            finding = self._read_with_previous(sentence, finding, context, before)
        return self._aged(sentence, finding, context)

    def _aged(self, sentence: WrittenSentence, finding: _Finding, context: Context) -> _Finding:
        """The finding, less sure where newer passages may tell otherwise than those that support the sentence."""
        if finding.verdict is Verdict.UNFOUND:
            return finding
        supporting = [passage for passage, _ in finding.held_by]
        age, doubt = self._supporter.age(sentence.claim, supporting, self.shown, context)
        if age is Age.OUTDATED:
            return _Finding(Verdict.UNFOUND, missing=(doubt,))
        return _Finding(Verdict.CITED, finding.held_by) if age is Age.OLDER else finding

    def _look_up(self, sentence: WrittenSentence, context: Context) -> _Finding:
        cited = _cited(sentence, self.shown)
        together = self._supporter.weigh(sentence.claim, cited, context) if cited else None
        weighed = self._weigh(sentence.claim, cited, context)
        if together is not None and together.proves_uncited:
            # Of citations that stand side by side those that prove nothing are dropped, unless only all together do.
            return _Finding(Verdict.VERIFIED, _supporting(_proving(weighed)))
        return self._look_elsewhere(sentence, cited, context, together, weighed)

    def _look_elsewhere(
        self, sentence: WrittenSentence, cited: Sequence[RetrievedPassage], context: Context, together: Support | None,
        weighed: Weighed,
    ) -> _Finding:
        """What comes of a sentence that the passages which it cites do not prove for sure: another may."""
        rest = self._weigh(sentence.claim, _others(self.shown, cited)[:MOST_TRIED], context)
        proven = [pair for pair in rest if pair[1].proves_uncited]
        if proven:
            return _Finding(Verdict.MOVED, _supporting([max(proven, key=lambda pair: pair[1].score)]))
        if together is not None and together.proves:
            return _Finding(Verdict.VERIFIED, _supporting(_proving(weighed)))
        if together is not None and together.holds:
            return _Finding(Verdict.CITED, _supporting(weighed))
        if together is None:
            return _Finding(Verdict.UNFOUND, missing=_nearest(rest))
        return _Finding(Verdict.UNFOUND, missing=together.lacking, lacks_fact=bool(together.missing))

    def _weigh(self, claim: Stated, passages: Sequence[RetrievedPassage], context: Context) -> Weighed:
        return [(passage, self._supporter.weigh(claim, [passage], context)) for passage in passages]

    def _read_with_previous(
        self, sentence: WrittenSentence, finding: _Finding, context: Context, before: _Finding | None
    ) -> _Finding:
        """A sentence that opens with "it" or "this", read with the one before, where that was found: in the passages
        that it cites itself, and in those that support the other. What speaks against the whole counts."""
        cited = _cited(sentence, self.shown)
        others = _others([passage for passage, _ in before.held_by], cited) if before else []
        for text in resolved(sentence.claim.text, context.before[-1].body.strip()):
            for passage in [*cited, *others]:
                support = self._supporter.weigh(Stated("", text), [passage], context)
                if support.proves if passage in cited else support.proves_uncited:
                    verdict = Verdict.VERIFIED if passage in cited else Verdict.MOVED
                    return _Finding(verdict, _supporting([(passage, support)]))
        return finding


class Verification:
    """Verifies a text sentence by sentence as it comes.

    What it lets through is never taken back: it is the text of the blocks that the answer will have. `has_proven` is
    whether the passages prove a statement so far.
    """

    def __init__(self, lookup: _Lookup, question: str) -> None:
        self._lookup = lookup
        self._sentences = SentenceStream()
        self._context = Context(question)
        self._before: _Finding | None = None
        self._blocks: list[Statement | Note] = []
        self._citations: dict[tuple[str, int], Citation] = {}
        self._removed = 0
        self._lacking_facts: set[int] = set()
        self._count = 0
        # The text of the blocks since the last piece, and how much of what follows those before was shown already.
        self._added = ""
        self._shown = 0
        self.has_proven = False

    @property
    def verified(self) -> Verified:
        """What has been verified so far."""
        return Verified(
            tuple(self._blocks), tuple(self._citations.values()), self._removed, frozenset(self._lacking_facts)
        )

    @property
    def written(self) -> str:
        """What was let through, without its citations: nobody may take them for those of another answer."""
        return plain_of(self._blocks) + self._begun()

    def feed(self, piece: str) -> str:
        """What can be shown once `piece` has come: a sentence as far as it is certain, then its citations."""
        for sentence in self._sentences.feed(piece):
            self._add(sentence)
        return self._news()

    def finish(self) -> str:
        """What was held back when the text ended."""
        for sentence in self._sentences.finish():
            self._add(sentence)
        return self._news()

    def _add(self, sentence: WrittenSentence) -> None:
        finding = self._lookup.finding(sentence, self._context, self._before)
        held_by = finding.held_by if finding else ()
        self._removed += len(sentence.numbers) - _confirmed(sentence.numbers, self._lookup.shown, held_by)
        space = sentence.before or " "
        if finding is None:
            self._append(Note(sentence.text, space))
            return
        self._lacking_facts |= {self._count} if finding.lacks_fact else set()
        self._count += 1
        self._before, self._context = finding, self._context.after(sentence.claim)
        numbers = tuple(dict.fromkeys(_number(self._citations, passage, n) for passage, n in held_by))
        self.has_proven |= finding.verdict in PROVEN
        self._append(Statement(sentence.text, finding.verdict, numbers, finding.missing, space))

    def _append(self, block: Statement | Note) -> None:
        self._added += block.space * bool(self._blocks) + text_of([block])
        self._blocks.append(block)

    def _begun(self) -> str:
        """The sentence at work as far as it can be shown, with the white space before it."""
        begun = self._sentences.begun
        if begun is None:
            return ""
        return (begun.before or " ") * bool(self._blocks) + without_lookalikes(begun.text)

    def _news(self) -> str:
        text = self._added + self._begun()
        news = text[self._shown :]
        self._shown = max(self._shown, len(text)) - len(self._added)
        self._added = ""
        return news


def _cited(sentence: WrittenSentence, shown: Sequence[RetrievedPassage]) -> list[RetrievedPassage]:
    """The passages that a sentence cites, each once."""
    return [shown[n - 1] for n in dict.fromkeys(sentence.numbers) if 1 <= n <= len(shown)]


def _others(passages: Sequence[RetrievedPassage], cited: Sequence[RetrievedPassage]) -> list[RetrievedPassage]:
    return [passage for passage in passages if passage not in cited]


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


def _proving(weighed: Weighed) -> Weighed:
    """Those that prove it by themselves; all where only all together do."""
    return [pair for pair in weighed if pair[1].proves] or weighed


def _nearest(weighed: Weighed) -> tuple[str, ...]:
    """What speaks against a statement that cites nothing in the passage that comes nearest to it."""
    nearest = max((support for _, support in weighed), key=lambda support: support.score, default=None)
    return (nearest.lacking or (NO_PASSAGE,)) if nearest else ()
