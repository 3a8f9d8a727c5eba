"""Answers which places somebody holds, took or lost, which changed hands, and who disputes a place: from the board,
place by place, each with the sentences that it rests on."""

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from chatbot.extractive.lexical_features import Candidate
from chatbot.extractive.ranker import Ranked
from chatbot.extractive.selection import Choice
from chatbot.question.parse import ParsedQuestion
from chatbot.question.query import Query
from index.claim import GONE, HOLDING, Certainty, Claim, ReportedClaim, Status
from index.claims.board import BoardRow, board
from index.claims.changes import daily_changes, grounds
from index.claims.holders import Aliases, are_alike, are_same_side, is_named, known_as, last_day, name_words
from index.claims.listing import LIGHTEST
from index.claims.parties import HANDS, POWERS, holders_beside
from index.claims.sides import sides
from index.collection import Collection
from index.language.predicates import Holding, holding_of, is_denial, is_place, nation_of
from index.language.time_expressions import find_times
from index.language.words import place_key, stems
from index.message import Message
from index.storage.filters import Filters

MOST_SENTENCES = 12
MOST_DAYS = 31
# What a place is called that is of no kind in particular.
_ANYWHERE = frozenset("area land ground part location locality".split())
_ASKED = (Holding.HOLD, Holding.TAKE, Holding.LOSE)
_IN = ("in", "near", "around", "along", "within", "inside")
_CHANGE = frozenset("change switch swap".split())
_DISPUTE = frozenset("dispute contest".split())
_WHAT = re.compile(r"\bwho (?:holds|controls|has|owns|runs|rules) what\b", re.IGNORECASE)


@dataclass(frozen=True)
class AskedHoldings:
    """What is asked of which places: that `sides` hold, took or lost them, or None, that they changed hands. No sides
    are all. `names_places` is whether it asks for places in so many words: towns, areas. `region` is where they lie,
    empty for anywhere and for a country. `disputed` is whether it asks who disputes `places`, or which are disputed."""

    kind: Holding | None
    sides: tuple[str, ...] = ()
    names_places: bool = True
    region: str = ""
    disputed: bool = False
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Known:
    """The claims that may be looked at, and until which day."""

    claims: Sequence[ReportedClaim]
    aliases: Aliases
    as_of: datetime.date | None


def asked_holdings(reading: ParsedQuestion, query: Query) -> AskedHoldings | None:
    """What a question asks of places as such, None where it asks no such thing."""
    if _WHAT.search(reading.own):
        return AskedHoldings(Holding.HOLD)
    if query.clause is None:
        return None
    if _asks_changes(query):
        return AskedHoldings(None, region=_region(query))
    if _asks_dispute(query, reading):
        places = () if query.role == "patient" else tuple(reading.names)
        return AskedHoldings(Holding.HOLD, region=_region(query), disputed=True, places=places)
    kind = _kind(query)
    if kind is not None:
        agents = tuple(argument.text for argument in query.arguments if argument.role == "agent")
        return AskedHoldings(kind, agents or tuple(reading.names), _names_places(query), _region(query))
    holders = _in_whose_hands(query) if _names_places(query) else ()
    return AskedHoldings(Holding.HOLD, holders, region=_region(query)) if holders else None


def choose_holdings(
    asked: AskedHoldings, reading: ParsedQuestion, collection: Collection, filters: Filters, aliases: Aliases
) -> Choice | None:
    """The sentences that tell it of each place, the newest report's first; None where the board has nothing of it."""
    known = _Known(collection.reported_claims(filters), aliases, reading.until)
    if asked.kind is None:
        return _choice(_changed(known, reading), asked, collection)
    if asked.disputed:
        return _choice(_disputed(asked, known), asked, collection)
    wanted = frozenset[str]().union(*(_names_of(side, known) for side in asked.sides))
    if asked.sides and not wanted:
        return None
    if asked.kind is not Holding.HOLD:
        return _choice(_events(asked.kind, wanted, known, reading), asked, collection)
    return _held(asked, wanted, known, collection)


def _held(asked: AskedHoldings, wanted: frozenset[str], known: _Known, collection: Collection) -> Choice | None:
    """The places that the sides hold; where they hold none, those that they held."""
    rows = board(known.claims, known.aliases, known.as_of)
    held = [row for row in rows if row.controllers and (not asked.sides or wanted.intersection(row.controllers))]
    if held or not asked.names_places or not asked.sides:
        return _choice(_grounds(held), asked, collection)
    lost = [row for row in rows if any(_side(report.claim) in wanted for report in row.history)]
    note = Message("By the newest reports none of these places is held by %(name)s.", name=asked.sides[0])
    return _choice(_grounds(lost), asked, collection, note)


def _disputed(asked: AskedHoldings, known: _Known) -> list[ReportedClaim]:
    """What the disputed places rest on, those that are named or all."""
    names = {place_key(name) for name in asked.places}
    rows = [row for row in board(known.claims, known.aliases, known.as_of) if row.disputed]
    return _grounds(row for row in rows if not names or place_key(row.place) in names)


def _names_places(query: Query) -> bool:
    return query.focus is not None and (is_place(query.focus) or query.focus in _ANYWHERE)


def _kind(query: Query) -> Holding | None:
    """What a question asks that somebody does with places: "Which towns has the army lost?", "What does it hold?"."""
    assert query.clause is not None
    kind = holding_of(query.clause.predicate)
    if query.role != "patient" or kind not in _ASKED:
        return None
    return kind if _names_places(query) or query.focus is None and kind is Holding.HOLD else None


def _side(claim: Claim) -> str | None:
    """Who has or had a place by a claim, or denies that another has."""
    return claim.said_by if claim.certainty is Certainty.DENIED else claim.holder


def _asks_changes(query: Query) -> bool:
    """ "What changed hands on 5 December?" """
    clause = query.clause
    assert clause is not None
    hands = any(query.sentence.tokens[argument.head].lemma == "hand" for argument in clause.of("patient"))
    return query.role == "agent" and clause.lemma in _CHANGE and hands


def _asks_dispute(query: Query, reading: ParsedQuestion) -> bool:
    """ "Who disputes Lindby?", "Who denies that the army holds it?", "Which towns are disputed?" """
    clause = query.clause
    assert clause is not None
    if query.role == "patient":
        return clause.lemma in _DISPUTE and _names_places(query)
    asks_who = query.role == "agent" and bool(reading.names) and not clause.negated
    return asks_who and (clause.lemma in _DISPUTE or is_denial(clause.lemma))


def _region(query: Query) -> str:
    """Where the places lie that are asked for: "in Darfur"; a country is where all the news are from."""
    for argument in query.arguments:
        head = query.sentence.tokens[argument.head]
        is_time = bool(find_times(argument.text, datetime.date.today()))
        if argument.role in _IN and head.is_name and not nation_of(head.text) and not is_time:
            return argument.text
    return ""


def _in_whose_hands(query: Query) -> tuple[str, ...]:
    """Whose control or hands places are asked for that are under or in them."""
    sentence = query.sentence
    grips = [
        token
        for token in sentence.tokens
        if token.lemma in HANDS | POWERS and sentence.head(token).text.lower() in ("under", "in", "within")
    ]
    return tuple(holder for grip in grips for holder in holders_beside(sentence, grip) if holder)


def _names_of(side: str, known: _Known) -> frozenset[str]:
    """All names of the sides that are called by this name; where none is, of those of which it is another description:
    "the rebels" may be "the opposition"."""
    every = sides(known.claims, known.aliases)
    own = [each for each in every if is_named(side, [name.name for name in each.names], known.aliases)]
    alike = [each for each in every if are_alike(name_words(side), name_words(each.name))]
    return frozenset(name.name for each in own or alike for name in each.names)


def _events(
    kind: Holding, wanted: frozenset[str], known: _Known, reading: ParsedQuestion
) -> list[ReportedClaim]:
    """Of each place the newest claim that one of these took or lost it, within the days that are asked about."""
    newest: dict[str, ReportedClaim] = {}
    for report in known.claims:
        claim = report.claim
        if _weighs(claim) and _tells(claim, kind, wanted) and _is_within(report, reading):
            newest[place_key(claim.place)] = report
    return list(newest.values())


def _tells(claim: Claim, kind: Holding, wanted: frozenset[str]) -> bool:
    if kind is Holding.TAKE:
        return claim.status is Status.TOOK and claim.holder is not None and (not wanted or claim.holder in wanted)
    return claim.status in GONE and claim.holder in wanted


def _is_within(report: ReportedClaim, reading: ParsedQuestion) -> bool:
    day = last_day(report.claim, report.reported or datetime.date.min)
    return (reading.since is None or day >= reading.since) and (reading.until is None or day <= reading.until)


def _changed(known: _Known, reading: ParsedQuestion) -> list[ReportedClaim]:
    """What places rest on that changed hands within the days that are asked about, or at any time where no few days
    are: a board is made for each day."""
    since, until = reading.since, reading.until
    if since is None or until is None or (until - since).days > MOST_DAYS:
        rows = board(known.claims, known.aliases, until)
        return _grounds(row for row in rows if _had_other_holder(row, known.aliases))
    day_before = since - datetime.timedelta(since > datetime.date.min)
    changes = daily_changes(known.claims, known.aliases, day_before, until)
    changed: dict[str, BoardRow] = {}
    for change in changes:
        if change.before is not None and change.after.controllers != change.before.controllers:
            changed.setdefault(place_key(change.place), change.after)
    return _grounds(changed.values())


def _had_other_holder(row: BoardRow, aliases: Aliases) -> bool:
    """Whether an earlier claim gives the place to another side than those who hold it now."""
    now = [known_as(name, aliases) for name in row.controllers]
    held = [report.claim for report in row.history if report.claim.status in HOLDING and _weighs(report.claim)]
    before = (known_as(claim.holder, aliases) for claim in held if claim.holder)
    return bool(now) and any(not any(are_same_side(name, other) for other in now) for name in before)


def _weighs(claim: Claim) -> bool:
    return not claim.role and claim.certainty is not Certainty.DENIED and claim.weight >= LIGHTEST


def _grounds(rows: Iterable[BoardRow]) -> list[ReportedClaim]:
    """The claims that these rows rest on, in the words of a sentence that names the place where the report has one."""
    return [_naming_place(report, row) for row in rows for report in grounds(row)]


def _naming_place(report: ReportedClaim, row: BoardRow) -> ReportedClaim:
    """The claim, or one of the same report that says the same of the place by its name."""
    own = report.claim
    same = (
        other
        for other in row.history
        if other.article_id == report.article_id
        and (other.claim.holder, other.claim.status, other.claim.certainty) == (own.holder, own.status, own.certainty)
        and not other.claim.resolved_from
    )
    return next(same, report) if own.resolved_from else report


def _choice(
    reports: Sequence[ReportedClaim], asked: AskedHoldings, collection: Collection, *notes: Message
) -> Choice | None:
    newest_first = _in_order(reports, asked)
    by_sentence: dict[tuple[str, int], ReportedClaim] = {}
    for report in newest_first:
        by_sentence.setdefault((report.article_id, report.claim.start), report)
    # Each is looked up in the ledger: no more of them than are shown.
    placed = ((report, _candidate(report, collection)) for report in by_sentence.values())
    fitting = (
        Ranked(candidate, 1.0, report.claim, {}, is_settled=True)
        for report, candidate in placed
        if candidate is not None and _lies_in(asked.region, candidate)
    )
    shown = tuple(islice(fitting, MOST_SENTENCES))
    if not asked.region and len(by_sentence) > MOST_SENTENCES:
        notes = (*notes, Message("The board has %(count)s more.", count=len(by_sentence) - len(shown)))
    starts = {(each.candidate.article.id, each.candidate.start) for each in shown}
    places = [report.claim.place for report in newest_first if (report.article_id, report.claim.start) in starts]
    return Choice(shown, notes=notes, places=tuple(dict.fromkeys(places))) if shown else None


def _in_order(reports: Sequence[ReportedClaim], asked: AskedHoldings) -> list[ReportedClaim]:
    """The newest first; of a dispute those who deny before those who claim."""
    newest_first = sorted(reports, key=_order, reverse=True)
    return sorted(newest_first, key=lambda report: asked.disputed and report.claim.certainty is not Certainty.DENIED)


def _lies_in(region: str, candidate: Candidate) -> bool:
    """Whether the passage speaks of the region."""
    return set(stems(region)) <= set(stems(candidate.passage.text))


def _order(report: ReportedClaim) -> tuple[datetime.date, str, str, int]:
    return report.reported or datetime.date.min, report.source or "", report.article_id, -report.claim.start


def _candidate(report: ReportedClaim, collection: Collection) -> Candidate | None:
    """The sentence of a claim, in its passage."""
    own, claim = Filters(articles=(report.article_id,)), report.claim
    for near in collection.claiming(claim.place, filters=own):
        if (claim.start, claim.end) in near.passage.sentences:
            return Candidate(near.passage, near.article, claim.start, claim.end, np.zeros(0, np.float32), "")
    return None
