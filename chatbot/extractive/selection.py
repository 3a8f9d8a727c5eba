"""Chooses which of the ranked sentences make the answer, and in which order: of who holds a place the newest event
leads and what it replaced follows; where reports of one day disagree all of them are quoted."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chatbot.extractive.admissible import (
    ages,
    allowed,
    denials,
    introductions,
    may_tell_holder,
    of_department,
    quoted,
    stated,
    unified,
)
from chatbot.extractive.claim_lookup import office_fit
from chatbot.extractive.ranker import Ranked
from chatbot.extractive.weights import threshold
from chatbot.question.parse import Era, ParsedQuestion, QuestionKind
from index.claim import GONE, HOLDING, Certainty, Claim, Status
from index.claims.holders import Aliases, Holder, differ, holder_of, last_day
from index.language.words import STOPWORDS, stem, stems, words
from index.message import Message

MOST_SENTENCES = 3
MOST_INTRODUCTIONS = 2
_TELLING = (*HOLDING, *GONE, Status.CONTESTED)


@dataclass(frozen=True)
class Choice:
    """The sentences of an answer: `lead` of the newest day that tells, `earlier` what was reported before. `notes` are
    what is said beside them, `places` the places of the board that they tell of beside those of their claims."""

    lead: tuple[Ranked, ...]
    earlier: tuple[Ranked, ...] = ()
    notes: tuple[Message, ...] = ()
    places: tuple[str, ...] = ()


def choose(reading: ParsedQuestion, ranked: Sequence[Ranked], *, aliases: Aliases | None = None) -> Choice | None:
    """The one to three sentences that answer, or None where none of `ranked` is likely enough to."""
    chosen, ranked = None, of_department(reading, ranked)
    if reading.asks_holder and not _asks_whether_in_time(reading):
        chosen = _of_holding(reading, ranked, aliases or Aliases())
    elif reading.asks_loser:
        chosen = _of_losing(reading, ranked)
    return chosen or _likeliest(reading, ranked)


def _asks_whether_in_time(reading: ParsedQuestion) -> bool:
    """Whether it asks if something happened within some days: who held the place at their end does not tell that."""
    return reading.kind is QuestionKind.YES_NO and reading.since is not None


def _likeliest(reading: ParsedQuestion, ranked: Sequence[Ranked]) -> Choice | None:
    """The sentence that is likely enough to answer, and those nearly as likely; of the days asked about."""
    may = allowed(reading, ranked)
    if statements := stated(reading, may):
        return Choice(tuple(_distinct(statements)[:MOST_SENTENCES]))
    if introducing := introductions(may) or ages(reading, may)[:1]:
        return Choice(tuple(_distinct(introducing)[:MOST_INTRODUCTIONS]))
    if not may or may[0].score < threshold("answer"):
        fits = unified(may) or denials(reading, may) or _quoted_of_person(reading, may)
        return Choice(tuple(fits[:1])) if fits else None
    near = [sentence for sentence in may if _is_near(sentence, may[0])]
    # Who denies a claim is told by the denial, not by the claim.
    near.sort(key=lambda sentence: sentence.features.get("claim_disputed", 0.0), reverse=True)
    return Choice(tuple(_distinct(near)[:MOST_SENTENCES]))


def _quoted_of_person(reading: ParsedQuestion, may: Sequence[Ranked]) -> list[Ranked]:
    """Of `may` what holds the words that the question quotes: who said them is likely told there."""
    return quoted(reading, may) if reading.kind is QuestionKind.PERSON else []


def _is_near(sentence: Ranked, first: Ranked) -> bool:
    """Whether a sentence is likely enough to stand beside the first: the surer that one is, the nearer it has to
    come."""
    enough, near = threshold("answer"), threshold("near")
    sure = max(first.score - enough, 0.0) / (1 - enough)
    return sentence.score >= first.score * (near + (threshold("near_sure") - near) * sure)


def _of_holding(reading: ParsedQuestion, ranked: Sequence[Ranked], aliases: Aliases) -> Choice | None:
    """Who holds a place: by the newest event that is told as fact, with those of its day that say otherwise."""
    claimed = [
        sentence
        for sentence in ranked
        if sentence.claim is not None and _in_time(reading, sentence, sentence.claim)
    ]
    telling = _telling(reading, ranked, claimed, aliases)
    ordered = sorted(telling, key=lambda sentence: _order(reading, sentence), reverse=True)
    if not ordered:
        return None
    ordered = _without_who_left_before(reading, ordered, aliases)
    if reading.era is Era.BEFORE:
        return _held_before(reading, claimed, ordered, aliases)
    newest = _event_day(reading, ordered[0])
    day = [sentence for sentence in ordered if _event_day(reading, sentence) == newest]
    day.sort(
        key=lambda sentence: (_is_reported_by_then(reading, sentence), _directness(sentence), sentence.score),
        reverse=True,
    )
    lead = _leading(day, claimed, aliases)
    earlier = [
        sentence
        for sentence in ordered
        if _event_day(reading, sentence) < newest and differ(_holder(sentence, aliases), _holder(lead[0], aliases))
    ]
    return Choice(tuple(lead), tuple(earlier[:1]))


def _of_losing(reading: ParsedQuestion, ranked: Sequence[Ranked]) -> Choice | None:
    """Who lost or left a place: by the newest claim that names him."""
    gone = [
        sentence
        for sentence in ranked
        if sentence.claim
        and sentence.claim.status in GONE
        and sentence.claim.holder
        and sentence.claim.certainty is not Certainty.DENIED
        and sentence.claim.weight >= threshold("claim")
        and _in_time(reading, sentence, sentence.claim)
    ]
    ordered = sorted(gone, key=lambda sentence: _order(reading, sentence), reverse=True)
    return Choice(tuple(_distinct(ordered)[:MOST_SENTENCES])) if ordered else None


def _telling(
    reading: ParsedQuestion, ranked: Sequence[Ranked], claimed: Sequence[Ranked], aliases: Aliases
) -> list[Ranked]:
    """The sentences that tell who holds it: those that claim so directly enough and, beside these, those very likely to
    answer. Where none claims it, the likeliest answers as to any question."""
    telling = [sentence for sentence in claimed if _tells(reading, sentence)]
    if not telling:
        return []
    # No rule knows all ways to say it: what is about as likely to answer as the likeliest counts as telling, too.
    allowed = [sentence for sentence in filter(may_tell_holder, ranked) if sentence.features.get("allowed", 1.0)]
    likeliest = max((sentence.score for sentence in allowed), default=0.0)
    enough = max(threshold("answer"), likeliest * threshold("rival"))
    telling += [sentence for sentence in allowed if sentence.score >= enough and _names_unclaimed(reading, sentence)]
    return [sentence for sentence in telling if not _is_asked_about(reading, sentence, aliases)]


def _names_unclaimed(reading: ParsedQuestion, sentence: Ranked) -> bool:
    """Whether a sentence claims nothing of what is asked about, but names it: a firm called X is no name that the
    question analysis knows, only what is asked about."""
    if sentence.claim is not None:
        return False
    if reading.names or not reading.office:
        return sentence.features.get("named", 1.0) == 1
    held = set(stems(sentence.candidate.text))
    return any(set(stems(topic)) <= held for topic in reading.topics) or not reading.topics


def _tells(reading: ParsedQuestion, sentence: Ranked) -> bool:
    """Whether a sentence claims directly enough who holds it."""
    claim = sentence.claim
    if claim is None or claim.status not in _TELLING or claim.certainty is Certainty.DENIED:
        return False
    return claim.weight * office_fit(reading, claim.role) >= threshold("claim")


def _is_asked_about(reading: ParsedQuestion, sentence: Ranked, aliases: Aliases) -> bool:
    """Whether the holder is one whom a question for a person names itself: "Who succeeded Ada Lund as mayor?"."""
    if reading.kind is not QuestionKind.PERSON or reading.era is Era.BEFORE or not reading.office:
        return False
    holder = _holder(sentence, aliases)[0]
    named = (frozenset(stem(word) for word in words(name)) for name in reading.names)
    return bool(holder) and any(name <= holder for name in named)


def _held_before(
    reading: ParsedQuestion, claimed: Sequence[Ranked], ordered: Sequence[Ranked], aliases: Aliases
) -> Choice | None:
    """Who held it before: before the one whom the question names, else before who holds it now."""
    after = _first_of_named(reading, ordered, aliases) or ordered[0]
    past = [sentence for sentence in claimed if sentence.claim and sentence.claim.status is Status.HELD_BEFORE]
    replaced = [
        sentence
        for sentence in ordered
        if _event_day(reading, sentence) <= _event_day(reading, after)
        and differ(_holder(sentence, aliases), _holder(after, aliases))
    ]
    chosen = _distinct([*replaced[:1], *past, *replaced[1:]])[:MOST_SENTENCES]
    return Choice(tuple(chosen)) if chosen else None


def _first_of_named(reading: ParsedQuestion, ordered: Sequence[Ranked], aliases: Aliases) -> Ranked | None:
    """The oldest of the claims that give the place to a holder whom the question names; None where it names none."""
    named = [frozenset(stem(word) for word in words(name)) for name in reading.names]
    held = [
        sentence
        for sentence in ordered
        if sentence.claim
        and sentence.claim.status in HOLDING
        and any(name & _holder(sentence, aliases)[0] for name in named)
    ]
    return held[-1] if held else None


def _order(reading: ParsedQuestion, sentence: Ranked) -> tuple[datetime.date, bool, datetime.date, float]:
    """By the last day of which a sentence tells; of one day those reported by the time asked about come first."""
    in_time = _is_reported_by_then(reading, sentence)
    event = sentence.claim.until if sentence.claim and sentence.claim.until else datetime.date.min
    return _event_day(reading, sentence), in_time, event, sentence.score


def _is_reported_by_then(reading: ParsedQuestion, sentence: Ranked) -> bool:
    return reading.until is None or _report_day(sentence) <= reading.until


def _leading(day: Sequence[Ranked], claimed: Sequence[Ranked], aliases: Aliases) -> list[Ranked]:
    """The first sentence of a day, and those of its day and denials of its report that say otherwise."""
    lead = [day[0]]
    denials = [
        sentence for sentence in claimed if _is_denial(sentence) and _report_day(sentence) == _report_day(day[0])
    ]
    for sentence in [*day[1:], *denials]:
        if len(lead) < MOST_SENTENCES and sentence not in lead and _says_otherwise(sentence, lead, aliases):
            lead.append(sentence)
    return lead


def _is_denial(sentence: Ranked) -> bool:
    return sentence.claim is not None and sentence.claim.certainty is Certainty.DENIED


def _says_otherwise(sentence: Ranked, lead: Sequence[Ranked], aliases: Aliases) -> bool:
    """Whether a sentence belongs beside those that lead: it denies, tells that the place is contested, or names another
    holder than each of them."""
    if _is_denial(sentence) or (_is_contested(sentence) and not any(map(_is_contested, lead))):
        return True
    holder = _holder(sentence, aliases)
    return all(_is_contested(other) or differ(holder, _holder(other, aliases)) for other in lead)


def _without_who_left_before(
    reading: ParsedQuestion, ordered: Sequence[Ranked], aliases: Aliases
) -> list[Ranked]:
    """Who left does not matter where another is already told to hold the place: only that one's leaving is news. What
    claims nothing that the rules know may tell who came."""
    holder = next((sentence for sentence in ordered if _is_held(sentence)), None)
    if holder is None or ordered[0] is holder or _is_contested(ordered[0]):
        return list(ordered)
    newer = ordered[: ordered.index(holder)]
    untold = reading.era is not Era.BEFORE and any(sentence.claim is None for sentence in newer)
    if untold or _is_news_of(_holder(holder, aliases)[0], newer, aliases):
        return list(ordered)
    return [holder, *(sentence for sentence in ordered if sentence is not holder)]


def _is_news_of(holder: frozenset[str], newer: Sequence[Ranked], aliases: Aliases) -> bool:
    """Whether one of these sentences is about the holder, as each is about one whom nobody names."""
    return not holder or any(holder & _holder(sentence, aliases)[0] for sentence in newer)


def _is_held(sentence: Ranked) -> bool:
    return sentence.claim is not None and sentence.claim.status in HOLDING


def _directness(sentence: Ranked) -> int:
    """Who holds a place is said most directly by a state, then by its taking, then by who left it."""
    if sentence.claim is None:
        return 0
    return {Status.HOLDS: 2, Status.TOOK: 1}.get(sentence.claim.status, 0)


def _is_contested(sentence: Ranked) -> bool:
    return sentence.claim is not None and sentence.claim.status is Status.CONTESTED


def _in_time(reading: ParsedQuestion, sentence: Ranked, claim: Claim) -> bool:
    """Whether a claim tells of a time that is not after the one asked about."""
    if reading.until is None:
        return True
    if claim.since is not None and claim.since > reading.until:
        return False
    day = _report_day(sentence)
    # "Left it in June" does not tell of the middle of that month.
    return day <= reading.until or (claim.until is not None and claim.until <= reading.until)


def _event_day(reading: ParsedQuestion, sentence: Ranked) -> datetime.date:
    """The last day of which a claim tells: of a state that of the report, of an event its own if it is known."""
    if reading.until is not None and _report_day(sentence) > reading.until:
        return sentence.claim.since if sentence.claim and sentence.claim.since else datetime.date.min
    return event_day(sentence)


def event_day(sentence: Ranked) -> datetime.date:
    """The last day of which a sentence tells, that of its report where it claims nothing."""
    return last_day(sentence.claim, _report_day(sentence))


def _report_day(sentence: Ranked) -> datetime.date:
    return sentence.candidate.article.date or datetime.date.min


def _holder(sentence: Ranked, aliases: Aliases) -> Holder:
    return holder_of(sentence.claim, sentence.candidate.text, aliases)


def _distinct(ranked: Iterable[Ranked]) -> list[Ranked]:
    """Without the sentences that say in the same words what one before them says."""
    distinct: list[tuple[Ranked, frozenset[str]]] = []
    for sentence in ranked:
        stems = frozenset(stem(word) for word in words(sentence.candidate.text) if word.lower() not in STOPWORDS)
        if all(len(stems & other) < threshold("same") * max(min(len(stems), len(other)), 1) for _, other in distinct):
            distinct.append((sentence, stems))
    return [sentence for sentence, _ in distinct]
