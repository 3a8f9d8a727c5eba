"""The features by which a sentence is judged as an answer: its words and meaning, its clauses, its claims, its time."""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Self

from chatbot.extractive.claim_lookup import claimed_elsewhere, office_fit
from chatbot.extractive.lexical_features import Candidate, LexicalEvidence
from chatbot.extractive.unification import Fit, best_fit, stems
from chatbot.question.parse import Era, ParsedQuestion, QuestionKind
from chatbot.question.query import Gap, Query
from index.article import Article
from index.claim import GONE, HOLDING, Certainty, Claim, Status
from index.language.annotations import Annotation
from index.language.clauses import Clause
from index.language.mood import Tense
from index.language.parser import Token, dateline_end
from index.language.predicates import Holding, holding_of, is_denial, is_office, is_people, is_speech, post_of
from index.language.words import all_stems, stem, words

LIMIT_PASSAGE_RANK = 30
# What an article is about stands in its title and here.
LEAD_CHARACTERS = 300
BY_PRONOUN = 0.5
# What is called so is denied.
_UNTRUE = frozenset("false untrue baseless unfounded groundless fabricated nonsense".split())
# Of these the difference to the best candidate's counts as well.
RELATIVE = ("similarity", "overlap", "words", "whole")
# These mean something else where it is asked who holds a thing, who held it before, or of a certain time, of the
# present or of the past.
OF_TIME = (
    "holds",
    "gone",
    "contested",
    "held_before",
    "directness",
    "claim_denied",
    "recency",
    "recency_story",
    "allowed",
    "open",
    "denied",
    "claim_actor",
    "claim_elsewhere",
)
ASKED = ("asks_control", "asks_before", "asks_dated", "asks_office", "asks_event")
ASKED_TENSE = ("asks_present", "asks_past")
_PRESENT, _PAST = (Tense.PRESENT, Tense.PERFECT), (Tense.PAST,)


@dataclass(frozen=True)
class Stories:
    """Which of the articles that were found tell of what a question names: the share of the names that each holds, by
    its id, and the days of those that hold all."""

    shares: Mapping[str, float]
    days: tuple[datetime.date, ...]

    @classmethod
    def of(cls, names: Sequence[frozenset[str]], articles: Iterable[Article]) -> Self:
        """Those of a question that asks of these names, each the stems of its words."""
        once = {article.id: article for article in articles}
        shares = {ident: _held(names, f"{article.title} {article.text}") for ident, article in once.items()}
        days = {article.date for ident, article in once.items() if article.date is not None and shares[ident] == 1}
        return cls(shares, tuple(sorted(days)))

    def recency(self, article: Article) -> float:
        """How late an article is among those that hold all names, 0 to 1; 0 where it does not hold them."""
        return _recency(self.days, article.date) if self.shares[article.id] == 1 else 0.0


@dataclass(frozen=True)
class QuestionContext:
    """What all candidates of a question share: how it is read, its syntax, the stems of its names, the days of the
    articles found, the claims about its names by article and sentence start, all claims likewise, the places of the
    passages, and what else a name's concept is called."""

    reading: ParsedQuestion
    query: Query
    names: tuple[frozenset[str], ...]
    days: tuple[datetime.date, ...]
    stories: Stories
    claims: Mapping[tuple[str, int], Claim]
    every_claim: Mapping[tuple[str, int], Sequence[Claim]]
    ranks: Mapping[str, int]
    aliases: Mapping[str, frozenset[str]]

    @cached_property
    def asked(self) -> Mapping[str, float]:
        """The features of the question, which all candidates have."""
        return _asked(self.reading, self.query, len(self.names))


def glance_features(
    context: QuestionContext, candidate: Candidate, evidence: LexicalEvidence, annotation: Annotation | None, *,
    allowed: bool,
) -> dict[str, float]:
    """The features of a sentence that need no run of the embedding model, by name."""
    reading, query = context.reading, context.query
    known = {word: stems(names) for word, names in annotation.resolved} if annotation else {}
    fit = best_fit(query, annotation.parsed, annotation.clauses, known, context.aliases) if annotation else Fit()
    place = candidate.article.id, candidate.start
    claim = context.claims.get(place)
    elsewhere = claimed_elsewhere(reading, context.every_claim.get(place, ())) if claim is None else 0.0
    own = all_stems(candidate.text[dateline_end(candidate.text) :]).union(*known.values())
    return {
        "similarity": evidence.similarity,
        "overlap": evidence.overlap,
        "names": evidence.names,
        "names_nearby": evidence.names_nearby,
        "words": evidence.words,
        "focus": evidence.focus,
        "typed": evidence.typed,
        "nearness": evidence.nearness,
        "predicate": fit.predicate,
        "arguments": fit.arguments,
        "roles": fit.roles,
        "gap": fit.gap,
        "denied": fit.denied,
        "open": fit.open,
        "other_name": fit.other_name,
        "whole": fit.whole,
        "heading": float(candidate.is_heading),
        "dangling": float(candidate.is_dangling),
        "lead": float(candidate.is_lead),
        "rank": float(min(context.ranks.get(candidate.passage.id, LIMIT_PASSAGE_RANK), LIMIT_PASSAGE_RANK)),
        "recency": _recency(context.days, candidate.article.date),
        "names_article": context.stories.shares[candidate.article.id],
        "names_lead": _held(context.names, f"{candidate.article.title} {candidate.article.text[:LEAD_CHARACTERS]}"),
        "recency_story": context.stories.recency(candidate.article),
        "story": float(candidate.article.id in reading.story),
        "allowed": float(allowed),
        "named": _share_of_names(context.names, own),
        "length": float(len(words(candidate.text))),
        "resolved": float(bool(known)),
        "spoken": _spoken(reading, annotation, known),
        "denies": _denies(annotation, claim),
        "introduces": float(reading.asks_who_is and annotation is not None and _introduces(reading, annotation)),
        "claim_elsewhere": elsewhere,
        **_claimed(reading, query, claim),
        **context.asked,
    }


def _held(names: Sequence[frozenset[str]], text: str) -> float:
    """The mean share of the names' words that stand in a text; 1 where nothing is named."""
    if not names:
        return 1.0
    return _share_of_names(names, _stems_of_text(text))


def _share_of_names(names: Sequence[frozenset[str]], held: frozenset[str]) -> float:
    return sum(len(name & held) / len(name) for name in names) / len(names) if names else 1.0


# An article is long, and only a few are looked at for a question.
@lru_cache(maxsize=500)
def _stems_of_text(text: str) -> frozenset[str]:
    # Where a report was written is not what it tells of.
    lines = (line[dateline_end(line) :] for line in text.split("\n"))
    return frozenset(stem(word) for line in lines for word in words(line))


def _spoken(reading: ParsedQuestion, annotation: Annotation | None, known: Mapping[str, frozenset[str]]) -> float:
    """1 where a sentence tells what one of those said of whom the question asks that, and names him; less where only a
    pronoun does, of which `known` says whom it stands for."""
    if annotation is None or not reading.speakers:
        return 0.0
    # By the last name: "Dr." is many people's first.
    asked = frozenset().union(*(stems(words(speaker)[-1:]) for speaker in reading.speakers))
    speakers = _speakers(annotation.clauses)
    if asked & stems(speakers):
        return 1.0
    return BY_PRONOUN * bool(asked & frozenset().union(*(known.get(each.lower(), frozenset()) for each in speakers)))


def _introduces(reading: ParsedQuestion, annotation: Annotation) -> bool:
    """Whether a sentence says who somebody is beside his name: "the bookkeeper, Ada Lund", "Mayor Ada Lund"."""
    sentence = annotation.parsed
    asked = stems(words(name)[-1] for name in reading.names if words(name))
    for token in sentence.tokens:
        if token.is_name and asked & stems(words(token.text)[-1:]):
            head = sentence.head(token)
            # The parser knows some names behind a comma for no apposition.
            beside = sentence.of(token, "appos", "compound", "nmod") + [head] * (token.dep in ("appos", "npadvmod"))
            beside += [child for child in sentence.of(head, "attr") if token.dep == "nsubj" and head.lemma == "be"]
            if any(is_people(noun.lemma.lower()) or is_office(noun.lemma.lower()) for noun in beside):
                return True
    return False


def _denies(annotation: Annotation | None, claim: Claim | None) -> float:
    """1 where a sentence tells that somebody denies what is said, "It said it had not left"; less where only a pronoun
    stands for that, "The army denies it"."""
    if claim is not None and claim.certainty is Certainty.DENIED:
        return 1.0
    if annotation is None:
        return 0.0
    tokens = annotation.parsed.tokens
    if _UNTRUE & {token.lemma.lower() for token in tokens}:
        return 1.0
    return max((_denial(clause, tokens) for clause in annotation.clauses), default=0.0)


def _denial(clause: Clause, tokens: Sequence[Token]) -> float:
    if clause.negated:
        return float(clause.speaker is not None)
    if not is_denial(clause.lemma):
        return 0.0
    pointing = any(tokens[argument.head].tag in ("PRP", "DT") for argument in clause.of("patient"))
    return BY_PRONOUN if pointing else 1.0


def _speakers(clauses: Sequence[Clause]) -> list[str]:
    """Who says something in these clauses."""
    speakers = [clause.speaker for clause in clauses if clause.speaker]
    for clause in clauses:
        if is_speech(clause.lemma):
            speakers += [argument.text for argument in clause.of("agent")]
    return speakers


def _claimed(reading: ParsedQuestion, query: Query, claim: Claim | None) -> dict[str, float]:
    if claim is None:
        return dict.fromkeys(_OF_CLAIM, 0.0)
    status, denied = claim.status, claim.certainty is Certainty.DENIED
    answers = status in _answering_statuses(query)
    return {
        "holds": float(status in HOLDING),
        "gone": float(status in GONE),
        "contested": float(status in (Status.BESIEGED, Status.CONTESTED)),
        "held_before": float(status is Status.HELD_BEFORE),
        "directness": claim.weight * office_fit(reading, claim.role),
        "claim_denied": float(denied),
        "claim_attributed": float(claim.certainty is Certainty.ATTRIBUTED),
        "claim_answers": float(answers),
        "claim_time": float(answers and query.gap is Gap.TIME and claim.since is not None),
        "claim_actor": _same_actor(query, claim) if answers else 0.0,
        "claim_disputed": float(denied and _asks_of_denial(query)),
        "claim_resolved": float(bool(claim.resolved_from)),
    }


_OF_CLAIM = (
    "holds", "gone", "contested", "held_before", "directness", "claim_denied", "claim_attributed", "claim_answers",
    "claim_time", "claim_actor", "claim_disputed", "claim_resolved",
)  # fmt: skip
_EVENTS = frozenset({Status.TOOK, *GONE})
_STATUSES = {Holding.HOLD: frozenset(HOLDING), Holding.BESIEGE: frozenset({Status.BESIEGED})}


def _answering_statuses(query: Query) -> frozenset[Status]:
    """The statuses of the claims that tell what the question's predicate asks: that a place fell tells who took it."""
    if query.clause is None:
        return frozenset()
    predicate = query.clause.predicate
    holding = holding_of(predicate)
    if holding is None:
        return _EVENTS if post_of(predicate) or predicate.startswith("change") else frozenset()
    return _STATUSES.get(holding, _EVENTS)


def _same_actor(query: Query, claim: Claim) -> float:
    """1 where who acts in the question is the claim's holder, -1 where he is another, 0 where one is not told."""
    actors = [argument for argument in query.arguments if argument.role == "agent"]
    if not actors or claim.holder is None:
        return 0.0
    return 1.0 if stems([a.text for a in actors]) & stems([claim.holder]) else -1.0


def _asks_of_denial(query: Query) -> bool:
    return query.clause is not None and is_denial(query.clause.lemma)


def _asked(reading: ParsedQuestion, query: Query, names: int) -> dict[str, float]:
    """What is asked, the same for all candidates: trees split on it before they weigh the rest."""
    holding = query.clause is not None and holding_of(query.clause.predicate) is not None
    return {
        "asks_names": float(names),
        "asks_control": float(reading.control),
        "asks_before": float(reading.era is Era.BEFORE),
        "asks_dated": float(bool(reading.since or reading.until)),
        "asks_holding": float(holding),
        "asks_office": float(bool(reading.office)),
        "asks_event": float(_answering_statuses(query) == _EVENTS),
        "asks_present": _asks_in(_PRESENT, reading, query),
        "asks_past": _asks_in(_PAST, reading, query),
        **{f"kind_{kind.name}": float(reading.kind is kind) for kind in QuestionKind},
        **{f"gap_{gap.name}": float(query.gap is gap) for gap in Gap},
    }


def _asks_in(tenses: Collection[Tense], reading: ParsedQuestion, query: Query) -> float:
    """1 where the question's verb stands in one of these tenses, and no day is named: what is so now is told by the
    newest report, what once happened by that of its time."""
    if query.clause is None or reading.since or reading.until:
        return 0.0
    return float(query.clause.tense in tenses)


def _recency(days: Sequence[datetime.date], day: datetime.date | None) -> float:
    """How late a day is among those of the articles found, 0 to 1; the only one is the newest, and where none is known
    none is older."""
    if day not in days:
        return 0.5 if days else 1.0
    return days.index(day) / (len(days) - 1) if len(days) > 1 else 1.0
