"""Answers a question by quoting the sentences of the articles that answer it, without an LLM."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.answer import Answer
from chatbot.answering.compose import abstained, no_answer_reason, quoted, unknown_names
from chatbot.answering.overviews import Overview, asks_of_days_alone, choose_days, choose_overview, overview_of
from chatbot.extractive.listed_items import with_items
from chatbot.extractive.ranker import Ranked, Ranker
from chatbot.extractive.selection import Choice, choose
from chatbot.filters import EVERYWHERE, QuestionFilter
from chatbot.question.entity_linking import Named
from chatbot.question.parse import ParsedQuestion
from chatbot.question.query import query_of
from index.claims.decisions import aliases_of
from index.claims.holders import Aliases
from index.claims.listing import LIGHTEST
from index.collection import Collection
from index.language.words import STOPWORDS, stem, stems, words
from index.message import Message
from index.passage import RetrievedPassage

# Of the sentences that come nearest, and of the words that are asked about beside the names.
MOST_LOOKED_AT = 24
FEWEST_WORDS = 2
QUOTING = Message("answers by quoting")


@dataclass(frozen=True)
class Task:
    """A question with what was found for it, and the answers before it, oldest first; `is_wide` is whether an LLM says
    that many passages answer it, `scope` which articles the reader asks."""

    named: Named
    passages: Sequence[RetrievedPassage]
    glanced: Sequence[Ranked]
    history: Sequence[Answer]
    is_wide: bool = False
    scope: QuestionFilter = EVERYWHERE


class QuotingAnswerer:
    """The built-in answerer of one collection."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._ranker = Ranker(collection)

    def glance(self, reading: ParsedQuestion, passages: Sequence[RetrievedPassage]) -> list[Ranked]:
        """The sentences of `passages`, the likeliest answer first, before they are read together with the question."""
        return self._ranker.glance(reading, passages)

    def answer(self, task: Task) -> Answer:
        """What the sentences say that answer, or why there is no answer."""
        named, reading = task.named, task.named.reading
        ranked = self._ranker.reread(reading, task.glanced)
        choice = None if named.unknown else self.overview(task) or self.choice(reading, ranked)
        if choice is not None:
            notes = (*named.notes, *choice.notes)
            places = _places(choice) if self._asks_who_holds(reading) else ()
            return quoted(reading, with_items(choice), answered_by=QUOTING, notes=notes, places=places)
        summary = self._collection.summary()
        reason = unknown_names(named.unknown) if named.unknown else no_answer_reason(
            named, summary, task.scope, searched=bool(task.passages)
        )
        return abstained(
            reading, reason, task.passages, summary, answered_by=QUOTING, notes=named.notes,
            nearest=[sentence.candidate for sentence in ranked],
        )

    def choice(self, reading: ParsedQuestion, ranked: Sequence[Ranked]) -> Choice | None:
        """What would be quoted: of who holds a place the sentences tell at a glance, of all else once they are read."""
        return choose(reading, ranked, aliases=self._aliases())

    def bears_on(self, named: Named, glanced: Sequence[Ranked]) -> bool:
        """Whether what was found has to do with the question: else an LLM would answer from its memory. A name that no
        article holds is no obstacle where a sentence fits what else is asked."""
        texts = (ranked.candidate.text for ranked in glanced[:MOST_LOOKED_AT])
        if named.unknown and not any(fits_otherwise(named, text) for text in texts):
            return False
        return self.choice(named.reading, glanced) is not None or self._ranker.is_relevant(glanced)

    def overview(self, task: Task) -> Choice | None:
        """What is quoted where the question asks for what many articles tell; None where it asks for a fact."""
        reading, scope, kind = task.named.reading, task.scope, self._kind(task.named.reading)
        of_days = scope.filters(since=reading.since, until=reading.until)
        # What is held at a time is told before it.
        filters = of_days if kind is Overview.NEWS else scope.filters()
        choice = choose_overview(kind, reading, self._collection, filters, aliases=self._aliases()) if kind else None
        if choice is None and asks_of_days_alone(reading):
            return choose_days(self._collection, of_days)
        return choice

    def is_overview(self, reading: ParsedQuestion) -> bool:
        """Whether the question asks for what many articles tell: what is new, what happened on a day."""
        return self._kind(reading) is not None

    def _kind(self, reading: ParsedQuestion) -> Overview | None:
        return overview_of(reading, query_of(self._collection.parse(reading.own)))

    def _asks_who_holds(self, reading: ParsedQuestion) -> bool:
        if reading.asks_holder or reading.asks_loser:
            return True
        return self._kind(reading) in (Overview.HOLDINGS, Overview.TIMELINE)

    def _aliases(self) -> Aliases:
        return aliases_of(self._collection.aliases(), self._collection.name_decisions())


def _places(choice: Choice) -> list[str]:
    """The places of the board that the quoted sentences tell of, by their claims."""
    claims = [sentence.claim for sentence in (*choice.lead, *choice.earlier) if sentence.claim]
    held = [claim.place for claim in claims if claim.place and not claim.role and claim.weight >= LIGHTEST]
    return list(dict.fromkeys([*choice.places, *held]))


def fits_otherwise(named: Named, sentence: str) -> bool:
    """Whether a sentence holds a name of the question that articles know, or two words of what else it asks."""
    held = set(stems(sentence))
    unknown = {stem(word) for name in named.unknown for word in words(name)}
    known = [set(stems(name)) - unknown for name in named.reading.names if name not in named.unknown]
    if any(name and name <= held for name in known):
        return True
    rest = {stem(word) for word in words(named.reading.own) if word.lower() not in STOPWORDS} - unknown
    return len(rest & held) >= FEWEST_WORDS
