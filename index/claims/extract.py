"""Draws the claims of an article from its sentences: relations, with their places, days and speakers worked out."""

import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from index.claim import Certainty, Claim, Status
from index.claims.offices import ROLES, Tenure, tenures_of
from index.claims.parties import can_hold
from index.claims.relation import Relation
from index.claims.relations import relations_of
from index.claims.table_rows import claims_of_row, row_of
from index.language.annotations import Annotation
from index.language.clauses import Clause, Tense, clauses_of, noun_phrase
from index.language.coreference import NEAR_TOKENS, Discourse, is_body, is_definite_body, is_definite_place, name_span
from index.language.parser import Parser, Sentence, Token, dateline_end
from index.language.predicates import is_people, is_place, post_of
from index.language.time_expressions import MONTHS, TimeExpression, find_times

_LABEL = re.compile(r"(?P<name>[^\W\d_a-z][\w’' .-]{1,40}?)(?: \([^()]{1,40}\))?: (?P<rest>\S.*)", re.DOTALL)
# "Deir al-Zour", "Isle of Man": what the words of a name begin with, and those that stand between them.
_IN_NAMES = re.compile(r"(?:[a-z]{1,3}[-’'])?[^\W\d_a-z]|(?:of|de|del|la|al|el|ed|es|upon)$")
BACKGROUND_DAYS = 400
# How sure it is whose office it is that stands alone: "the mayor, Ada Lund".
_UNNAMED_BODY = 0.75
_HELD = (Status.HOLDS, Status.HELD_BEFORE)
NEAR_CHARACTERS = 30
_STOPS = ".!?\"'”’)…:"
_PARTS = frozenset(
    "most all much part rest half some whole remains outskirts entrance centre center heart edge quarter".split()
)
_FRAGMENT = re.compile(r"(?:(?:Still|Now|Again|Back|Also) )?(?:[Ww]ith|[Uu]nder|[Ii]n) (?:\w+ ){1,4}\w+\.$")
# "In July of that year", "that spring": of a time that another sentence names.
_OF_THAT_TIME = re.compile(rf"\bthat (?:same )?(?:year|month|spring|summer|autumn|winter|{'|'.join(MONTHS)})\b", re.I)
_PAST_MARKS = re.compile(
    r"\b(?:once|formerly|previously|until (?:then|now|recently|that|the)|used to)\b", re.IGNORECASE
)


def annotate(
    text: str, date: datetime.date | None, spans: Sequence[tuple[int, int]], parser: Parser,
    pause: Callable[[], None] = lambda: None,
) -> list[Annotation]:
    """The sentences of an article, parsed, each with the day that the heading above it names and what its pronouns
    stand for. `pause` is called now and then."""
    rows: list[tuple[int, int, str, TimeExpression | None, str]] = []
    heading: TimeExpression | None = None
    run_in: TimeExpression | None = None
    for start, end in spans:
        sentence = text[start:end]
        if start == 0 or "\n" in text[max(0, start - 2) : start]:
            run_in = None
        day = _day_alone(sentence, date)
        if sentence[-1:] not in _STOPS:
            heading = day
        elif day is not None:
            run_in = day
        label = _LABEL.fullmatch(sentence)
        named = label is not None and not row_of(sentence) and all(map(_IN_NAMES.match, label["name"].split()))
        rows.append((start, end, sentence, run_in or heading, label["name"] if label and named else ""))
    parsed = parser.parse([_readable(sentence, label) for _, _, sentence, _, label in rows], pause)
    lines = [
        Annotation(start, end, tree, day, label) for (start, end, _, day, label), tree in zip(rows, parsed, strict=True)
    ]
    return [replace(line, resolved=resolved) for line, resolved in zip(lines, _resolved(lines), strict=True)]


def _resolved(lines: Sequence[Annotation]) -> Iterator[tuple[tuple[str, tuple[str, ...]], ...]]:
    discourse = Discourse()
    for number, line in enumerate(lines):
        discourse.read(number, line.parsed)
    discourse.mentions.clear()
    discourse.pairs.clear()
    for number, line in enumerate(lines):
        discourse.read(number, line.parsed)
        yield tuple(
            (token.text.lower(), tuple(names))
            for token in line.parsed.tokens
            if (token.tag in ("PRP", "EX") or is_definite_place(line.parsed, token) or token.text.lower() == "both")
            and (names := discourse.resolve(number, line.parsed, token))
        )


def claims_of(title: str, date: datetime.date | None, lines: Sequence[Annotation]) -> list[Claim]:
    """The claims of an article, in the order of its sentences."""
    discourse = Discourse()
    # Twice: what is a place may be told only later.
    for _ in range(2):
        discourse.mentions.clear()
        discourse.pairs.clear()
        claims: list[Claim] = []
        for number, line in enumerate(lines):
            if cells := row_of(line.parsed.text):
                new = list(claims_of_row(line, cells, date))
                discourse.places.update(claim.place for claim in new)
                claims += new
                continue
            discourse.read(number, line.parsed)
            for relation in _relations(line):
                new = list(_claims(number, line, relation, discourse, date))
                discourse.places.update(claim.place for claim in new if not claim.resolved_from)
                claims += new
            for tenure in tenures_of(line.parsed):
                if " " in tenure.holder:
                    discourse.persons.add(tenure.holder)
                if tenure.owner is not None and tenure.owner.is_name:
                    discourse.bodies.add(line.parsed.text[slice(*name_span(line.parsed, tenure.owner))])
                claims.append(_office_claim(number, line, tenure, discourse, date))
    return [claim for claim in dict.fromkeys(claims) if not _is_background(claim, date)]


def _is_background(claim: Claim, date: datetime.date | None) -> bool:
    """History that an article recalls: an event that ended long before the report and is told as past."""
    return (
        date is not None
        and claim.until is not None
        and (date - claim.until).days > BACKGROUND_DAYS
        and claim.status is not Status.HOLDS
    )


def _relations(line: Annotation) -> list[Relation]:
    found = relations_of(line.parsed)
    if line.label and not any(relation.clause for relation in found):
        found += _of_label(line)
    return found


def _readable(sentence: str, label: str) -> str:
    """A line such as "Bakhmut: under Russian control" as a sentence about what stands before its colon."""
    if not label:
        # "Still with the rebels.": an answer to the question before it.
        return f"It is {sentence[0].lower()}{sentence[1:]}" if _FRAGMENT.match(sentence) else sentence
    return f"{label} is {sentence.split(': ', 1)[1]}"


def _of_label(line: Annotation) -> Iterator[Relation]:
    """ "Nyala: the RSF." A holder alone behind a place."""
    for clause in clauses_of(line.parsed):
        if line.parsed.tokens[clause.verb].lemma == "be":
            for place in clause.of("agent"):
                for holder in clause.of("complement"):
                    if can_hold(line.parsed, holder):
                        yield Relation(Status.HOLDS, place, holder.text, clause, 0.9)
            return


def _claims(
    number: int, line: Annotation, relation: Relation, discourse: Discourse, date: datetime.date | None
) -> Iterator[Claim]:
    sentence, clause = line.parsed, relation.clause
    if clause is not None and clause.tense is not Tense.PRESENT and _OF_THAT_TIME.search(sentence.text):
        return
    since, until, dated = _day_of(line, clause, date)
    status = relation.status
    if status is Status.HOLDS and _PAST_MARKS.search(_around(sentence, clause)):
        status = Status.HELD_BEFORE
    if (
        status is Status.HOLDS
        and clause is not None
        and clause.tense == "past"
        and until
        and date
        and (date - until).days > 366
    ):
        status = Status.HELD_BEFORE
    certainty = Certainty.FACT
    if clause is not None and clause.denied:
        certainty = Certainty.DENIED
    elif clause is not None and clause.speaker:
        certainty = Certainty.ATTRIBUTED
    post = post_of(clause.predicate) if clause is not None and status in _HELD else None
    role = ROLES.get(post, "") if post is not None else ""
    if role and clause is not None and clause.tense is Tense.PAST and status is Status.HOLDS:
        # Who "led" or "owned" it does so no longer.
        status = Status.HELD_BEFORE
    for name, word in _places(number, sentence, relation, discourse):
        yield Claim(
            name,
            _without_article(relation.holder),
            status,
            certainty,
            line.start,
            line.end,
            since,
            until,
            dated,
            clause.speaker if clause else None,
            word,
            relation.weight,
            role,
        )


def _office_claim(
    number: int, line: Annotation, tenure: Tenure, discourse: Discourse, date: datetime.date | None
) -> Claim:
    clause = tenure.clause
    since, until, dated = _day_of(line, clause, date)
    body, word = _body_of(number, line.parsed, tenure, discourse)
    certainty = Certainty.ATTRIBUTED if clause is not None and clause.speaker else Certainty.FACT
    return Claim(
        body,
        tenure.holder,
        tenure.status,
        certainty,
        line.start,
        line.end,
        since,
        until,
        dated,
        clause.speaker if clause else None,
        word,
        tenure.weight * (1.0 if tenure.owner is not None else _UNNAMED_BODY),
        tenure.role,
    )


def _around(sentence: Sentence, clause: Clause | None) -> str:
    """The text around a clause's verb, all of the sentence where there is no clause."""
    if clause is None:
        return sentence.text
    return sentence.text[max(0, clause.start - NEAR_CHARACTERS) : clause.end + NEAR_CHARACTERS]


def _body_of(number: int, sentence: Sentence, tenure: Tenure, discourse: Discourse) -> tuple[str, str]:
    """The name of the body whose office it is, and the word that stands for it where it is another, such as "its"."""
    owner = tenure.owner
    if owner is None or owner.tag in ("PRP", "PRP$") or is_definite_body(sentence, owner):
        holder = sentence.text.find(tenure.holder)
        name = discourse.body(number, owner.start if owner is not None else max(holder, 0))
        if name and name not in tenure.holder and (owner is None or owner.tag != "NN" or name in discourse.bodies):
            return name, owner.text if owner is not None else "its"
    if owner is None or owner.tag in ("PRP", "PRP$"):
        return "", ""
    start, end = (name_span if owner.is_name else noun_phrase)(sentence, owner)
    name = _without_article(sentence.text[start:end]) or ""
    return name.removesuffix("'s").removesuffix("’s"), ""


def _places(number: int, sentence: Sentence, relation: Relation, discourse: Discourse) -> list[tuple[str, str]]:
    """The names that the place of a relation has, each with the word that stands for it where it is another."""
    token = sentence.tokens[relation.place.head]
    without = frozenset(filter(None, [relation.holder, _without_article(relation.holder)]))
    if relation.place.role == "implied":
        name = discourse.antecedent(number, token.start, without=without)
        return [(name, "there")] if name else []
    for _ in range(4):
        if token.is_name:
            start, end = name_span(sentence, token)
            name = sentence.text[start:end]
            leads = relation.clause is not None and post_of(relation.clause.predicate) in ROLES
            return [(name, "")] if name not in without and (leads or not is_body(name)) else []
        names = [child for child in sentence.of(token, "compound", "nmod") if child.is_name]
        if names and is_place(token.lemma):
            start, _ = name_span(sentence, names[0])
            return [(sentence.text[start : token.end], "")]
        beside = [child for child in sentence.of(token, "appos") if child.is_name and child.i - token.i < NEAR_TOKENS]
        if beside:
            return [(sentence.text[slice(*name_span(sentence, beside[0]))], "")]
        meant = _meant(number, sentence, token, relation, discourse, without)
        if meant is not None:
            return meant
        deeper = _inside(sentence, token)
        if deeper is None:
            break
        token = deeper
    owned = any(child.tag == "PRP$" for child in sentence.of(token))
    if owned or not is_place(token.lemma) and not (is_people(token.lemma) and relation.status is Status.HOLDS):
        return []
    return [(relation.place.text, "")]


def _meant(
    number: int, sentence: Sentence, token: Token, relation: Relation, discourse: Discourse, without: frozenset[str]
) -> list[tuple[str, str]] | None:
    """The names that a pronoun, "the town" or "the club" stands for; None where `token` is none of these."""
    leads = relation.clause is not None and post_of(relation.clause.predicate) in ROLES
    if is_definite_body(sentence, token) or leads and token.tag == "PRP":
        name = discourse.body(number, token.start)
        if name and name not in without:
            return [(name, token.text)]
        return [(token.text, "")] if token.is_noun and leads else []
    definite = is_definite_place(sentence, token)
    if (
        definite
        or token.tag in ("PRP", "EX", "DT", "CD", "RB", "PDT")
        or any(child.text.lower() == "both" for child in sentence.of(token, "det", "predet"))
    ):
        names = discourse.resolve(number, sentence, token, without=without)
        if names or definite or token.tag in ("PRP", "EX", "RB"):
            return [(name, token.text) for name in names if not is_body(name)]
    return None


def _inside(sentence: Sentence, token: Token) -> Token | None:
    """What a part or kind of place belongs to: the square of X, most of X, the entrance to X, X's square."""
    if not (is_place(token.lemma) or token.lemma in _PARTS or token.tag in ("JJS", "CD", "DT", "PDT")):
        return None
    for owner in sentence.of(token, "poss"):
        if owner.is_name:
            return owner
    for preposition in sentence.of(token, "prep"):
        if preposition.text.lower() in ("of", "to", "at", "in"):
            for noun in sentence.of(preposition, "pobj"):
                return noun
    return None


def _day_of(
    line: Annotation, clause: Clause | None, date: datetime.date | None
) -> tuple[datetime.date | None, datetime.date | None, str]:
    """The days of the event: named in the clause, in the sentence, by the heading, else unknown."""
    sentence = line.parsed
    times = find_times(sentence.text, date)
    if dateline_end(sentence.text):
        times = [time for time in times if time.start >= dateline_end(sentence.text)]
    if clause is not None and times:
        verb = sentence.tokens[clause.verb]
        inside = {t.start for t in sentence.subtree(verb)}
        below = {
            t.start
            for other in sentence.subtree(verb)
            if other.is_verb and other.i != verb.i and other.dep in ("relcl", "advcl", "ccomp", "conj", "acl")
            for t in sentence.subtree(other)
        }
        own = [time for time in times if time.start in inside and time.start not in below]
        if not own and len(times) > 0 and not clause.speaker:
            own = [time for time in times if time.start in inside]
        if own:
            best = min(own, key=lambda time: (not time.exact, abs(time.start - verb.start)))
            return best.first, best.last, "relative" if best.relative else "named"
        past = clause.tense in (Tense.PAST, Tense.BEFORE) and line.day is None
        if past and date is not None and all((date - time.last).days > BACKGROUND_DAYS for time in times):
            # What is told beside a year long past and names no day of its own is of that time.
            return times[-1].first, times[-1].last, "named"
    if line.day is not None:
        return line.day.first, line.day.last, "heading"
    return None, None, ""


def _day_alone(sentence: str, date: datetime.date | None) -> TimeExpression | None:
    """The day that a line or sentence consists of, such as a timeline's heading; None where it says more."""
    if len(sentence) > 40:
        return None
    times = [time for time in find_times(sentence, date) if time.exact]
    if len(times) != 1:
        return None
    rest = sentence[: times[0].start] + sentence[times[0].end :]
    return times[0] if not re.search(r"\w{3,}", rest) else None


def _without_article(holder: str | None) -> str | None:
    return re.sub(r"^(?:the|a|an|its|their|his|her)\s+", "", holder, flags=re.IGNORECASE) if holder else None
