"""Draws the claims of an article from its sentences: relations, with their places, days and speakers worked out."""

import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import repeat, takewhile

from index.claim import Claim, Status
from index.claims.days import Days, day_alone, days_of, is_time_alone
from index.claims.denials import denials_of
from index.claims.described import described_sides
from index.claims.holder_names import Sides
from index.claims.office_clause import ROLES
from index.claims.office_names import without_titles
from index.claims.offices import tenures_of
from index.claims.parties import can_hold
from index.claims.places import body_of, places_of, without_article
from index.claims.relation import Relation
from index.claims.relations import relations_of
from index.claims.soundness import sound
from index.claims.succession import Office, Offices
from index.claims.table_rows import claims_of_row, row_of
from index.claims.tagged_offices import with_offices
from index.claims.tagged_places import with_places
from index.claims.tagger import Tags
from index.claims.telling import certainty_of, is_background, is_of_another_time, is_over
from index.claims.tenure import Tenure
from index.language.annotations import Annotation
from index.language.clauses import Clause, clauses_of
from index.language.coreference import Discourse, is_body, is_definite_place
from index.language.name_spans import name_span
from index.language.parser import Parser, Sentence
from index.language.persons import PRONOUNS
from index.language.predicates import is_known, is_place, nation_of, post_of
from index.language.repairs import names_of_common_words, with_first_name
from index.language.short_forms import short_forms
from index.language.time_expressions import TimeExpression

_LABEL = re.compile(r"(?P<name>[^\W\d_a-z][\w’' .,-]{1,80}?)(?: \([^()]{1,40}\))?: (?P<rest>\S.*)", re.DOTALL)
# "Deir al-Zour", "Isle of Man": what the words of a name begin with, and those that stand between them.
_IN_NAMES = re.compile(r"(?:[a-z]{1,3}[-’'])?[^\W\d_a-z]|(?:of|de|del|la|al|el|ed|es|upon)$")
# Verbs that a line's label is the subject of: "Lindby: fell to the army".
_FINITE = frozenset("has have had is are was were remains remain stays stay fell went came changed passed".split())
# Of a book no more is annotated.
LONGEST_ARTICLE_SENTENCES = 5_000
# How sure it is whose office it is that stands alone: "the mayor, Ada Lund".
_UNNAMED_BODY = 0.75
_HELD = (Status.HOLDS, Status.HELD_BEFORE)
# "Both sides claim to hold it"; of what neither holds a third may be told to have it.
_SHARED = re.compile(r"both\b", re.IGNORECASE)
_PRONOUNS = ("PRP", "PRP$", "EX")
# "- Lindby: held by the army": a point of a list.
_POINT = re.compile(r"\A(?:[-*•–·]|\d{1,2}[.)])\s+(?=[^\W\d_])")
_STOPS = ".!?\"'”’)…:"
_FRAGMENT = re.compile(
    r"(?:(?:Still|Now|Again|Back|Also) )?"
    r"(?:(?:[Ww]ith|[Uu]nder) (?:(?:the|a|an) )?(?:[\w'’-]+ )?[\w'’-]+|[Ii]n (?:[\w'’-]+ ){1,3}(?:hands|control))\.$"
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
    below_time = False
    for start, end in spans:
        sentence = text[start:end]
        if start == 0 or "\n" in text[max(0, start - 2) : start]:
            run_in = None
        day = day_alone(sentence, date)
        if sentence[-1:] not in _STOPS:
            is_time = is_time_alone(sentence)
            # The time and the headline of an entry leave it on the day above.
            heading = heading if is_time or below_time else day
            below_time = is_time
        elif day is not None:
            run_in = day
        sentence = _POINT.sub("", sentence, count=1)
        rows.append((start, end, sentence, run_in or heading, _label(sentence)))
    parsed = _with_names(parser.parse([_readable(sentence, label) for _, _, sentence, _, label in rows], pause))
    lines = [
        Annotation(start, end, tree, day, label) for (start, end, _, day, label), tree in zip(rows, parsed, strict=True)
    ]
    return [replace(line, resolved=resolved) for line, resolved in zip(lines, _resolved(lines), strict=True)]


def _with_names(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The sentences of an article, with the names that open them and are common words, too."""
    names = names_of_common_words(sentence.tokens for sentence in sentences)
    return [Sentence(sentence.text, with_first_name(sentence.tokens, names)) for sentence in sentences]


def _label(sentence: str) -> str:
    """The name before the colon of a line such as "Lindby: held by the army", "" where there is none."""
    label = _LABEL.fullmatch(sentence)
    if label is None or row_of(sentence):
        return ""
    names = re.split(r",? and |, ", label["name"])
    if all(is_known(name.lower()) and not is_place(name.lower()) for name in names):
        # "Correction: an earlier version said ..."
        return ""
    return label["name"] if all(_IN_NAMES.match(word) for name in names for word in name.split()) else ""


def _resolved(lines: Sequence[Annotation]) -> Iterator[tuple[tuple[str, tuple[str, ...]], ...]]:
    discourse = Discourse(short_forms=short_forms(line.parsed for line in lines))
    for number, line in enumerate(lines):
        discourse.read(number, line.parsed)
    discourse.mentions.clear()
    discourse.pairs.clear()
    for number, line in enumerate(lines):
        discourse.read(number, line.parsed)
        yield tuple(
            (token.text.lower(), tuple(names))
            for token in line.parsed.tokens
            if (token.tag in _PRONOUNS or is_definite_place(line.parsed, token) or token.text.lower() == "both")
            and (names := discourse.resolve(number, line.parsed, token))
        )


def claims_of(
    title: str, date: datetime.date | None, lines: Sequence[Annotation], tags: Sequence[Tags] | None = None
) -> list[Claim]:
    """The claims of an article, in the order of its sentences. `tags` are those of each sentence, None where the rules
    alone are to read them."""
    discourse = Discourse(short_forms=short_forms(line.parsed for line in lines))
    discourse.common_names |= names_of_common_words(line.parsed.tokens for line in lines)
    # What a sentence says by itself is the same both times.
    alone = list(map(_read_alone, lines, tags or repeat(None)))
    described = described_sides(line.parsed for line in lines)
    # Twice: what is a place may be told only later.
    for _ in range(2):
        discourse.mentions.clear()
        discourse.pairs.clear()
        claims: list[Claim] = []
        sides = Sides(described)
        posts = Offices()
        for number, line in enumerate(lines):
            if cells := row_of(line.parsed.text):
                new = list(claims_of_row(line, cells, date))
                discourse.places.update(claim.place for claim in new)
            else:
                before = _made_in(lines[number - 1], claims) if number else []
                new = _claims_of_sentence(number, line, alone[number], before, discourse, sides, posts, date)
            claims += new
    return [claim for claim in sound(claims, discourse) if not is_background(claim, date)]


def _claims_of_sentence(
    number: int, line: Annotation, alone: tuple[list[Relation], list[Tenure]], before: Sequence[Claim],
    discourse: Discourse, sides: Sides, posts: Offices, date: datetime.date | None,
) -> list[Claim]:  # fmt: skip
    """The claims of a sentence that says this by itself; `before` are those of the one before it."""
    discourse.read(number, line.parsed)
    sides.read(number, line.parsed)
    relations, tenures = alone
    offices = list(_office_claims(number, line, tenures, discourse, posts, date))
    for office in offices:
        sides.note_office(office.holder or "", office.place, discourse.places | discourse.located)
    claims: list[Claim] = []
    for relation in relations:
        new = list(_claims(number, line, relation, discourse, sides, date))
        if relation.tagged:
            new = [claim for claim in new if not any(map(claim.contradicts, claims))]
        discourse.places.update(claim.place for claim in new if not (claim.resolved_from or claim.role))
        claims += new
    return [*claims, *denials_of(line, claims or before), *offices]


def _made_in(line: Annotation, claims: Sequence[Claim]) -> list[Claim]:
    """Those of the newest claims that a sentence makes."""
    return list(takewhile(lambda claim: claim.start == line.start, reversed(claims)))


def _read_alone(line: Annotation, tags: Tags | None) -> tuple[list[Relation], list[Tenure]]:
    """What a sentence says, before it is known what its pronouns and the like stand for; a table's row says nothing."""
    if row_of(line.parsed.text):
        return [], []
    relations, tenures = _relations(line), tenures_of(line.parsed)
    if tags is None:
        return relations, tenures
    return with_places(line.parsed, relations, tags), with_offices(line.parsed, tenures, tags)


def _relations(line: Annotation) -> list[Relation]:
    relations = relations_of(line.parsed)
    if line.label and not any(relation.clause for relation in relations):
        relations += _of_label(line)
    return relations


def _readable(sentence: str, label: str) -> str:
    """A line such as "Bakhmut: under Russian control" as a sentence about what stands before its colon."""
    if not label:
        # "Still with the rebels.": an answer to the question before it.
        return f"It is {sentence[0].lower()}{sentence[1:]}" if _FRAGMENT.match(sentence) else sentence
    statement = sentence.split(": ", 1)[1]
    if statement.partition(" ")[0] in _FINITE:
        return f"{label} {statement}"
    return f"{label} {'are' if ' and ' in label else 'is'} {statement}"


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
    number: int, line: Annotation, relation: Relation, discourse: Discourse, sides: Sides,
    date: datetime.date | None,
) -> Iterator[Claim]:
    sentence, clause = line.parsed, relation.clause
    if is_of_another_time(sentence, clause):
        return
    days = days_of(line, clause, date)
    role = _role(relation)
    status = relation.status
    if status is Status.HOLDS and is_over(sentence, clause, days[1], date, role=role):
        status = Status.HELD_BEFORE
    holder, pronoun = _holder(number, sentence, relation, role, discourse, sides)
    if relation.tagged and _is_town(holder or "", discourse):
        return
    if status is Status.HOLDS and _SHARED.match(holder or ""):
        status, holder = Status.CONTESTED, None
    for name, word in places_of(number, sentence, relation, discourse):
        made = _claim(line, clause, days, name, holder, status, resolved_from=word, weight=relation.weight, role=role)
        yield replace(made, holder_from=pronoun)


def _holder(
    number: int, sentence: Sentence, relation: Relation, role: str, discourse: Discourse, sides: Sides
) -> tuple[str | None, str]:
    """Who holds what a relation is about, and the word that stands for him where it is another."""
    own = relation.holder or ""
    if role and own.lower() in PRONOUNS:
        return _person(number, sentence, own, discourse)
    named = sides.resolve(number, relation.clause, _pronoun(relation, role), discourse.persons, discourse.places)
    return without_article(named or relation.holder), own if named else ""


def _is_town(holder: str, discourse: Discourse) -> bool:
    """ "Lindby lies in the north of Norvia": a town holds nothing."""
    return holder in discourse.located and not is_body(holder) and nation_of(holder) is None


def _pronoun(relation: Relation, role: str) -> str | None:
    """The holder, for the pronoun in it. Of an office "its chief" is a person, of a place those whom he leads."""
    return None if role and " " in (relation.holder or "") else relation.holder


def _role(relation: Relation) -> str:
    """The office that a relation is about, "" where a place is held as such."""
    if relation.clause is None or relation.status not in _HELD:
        return ""
    post = post_of(relation.clause.predicate)
    return "" if post is None else ROLES.get(post, "")


def _office_claims(
    number: int, line: Annotation, tenures: Sequence[Tenure], discourse: Discourse, posts: Offices,
    date: datetime.date | None,
) -> Iterator[Claim]:  # fmt: skip
    """The claims about offices of a sentence. Who holds one is a person, whose it is a body, from there on."""
    _note_persons(tenures, discourse)
    for tenure, office in posts.inherited(number, line.parsed, tenures, discourse):
        if _names_water_or_land(tenure.holder.lower()):
            continue
        if tenure.owner is not None and tenure.owner.is_name:
            discourse.bodies.add(line.parsed.text[slice(*name_span(line.parsed, tenure.owner))])
        days = days_of(line, tenure.clause, date)
        known = (office.body, office.word) if office and office.body else None
        body, word = known or body_of(number, line.parsed, tenure, discourse)
        weight = tenure.weight * (1.0 if tenure.owner is not None or office else _UNNAMED_BODY)
        holder, pronoun = _person(number, line.parsed, tenure.holder, discourse)
        posts.note(holder or "", Office(tenure.role, body, word))
        made = _claim(
            line, tenure.clause, days, body, holder, tenure.status, resolved_from=word, weight=weight, role=tenure.role
        )
        yield replace(made, holder_from=pronoun)


def _person(number: int, sentence: Sentence, holder: str, discourse: Discourse) -> tuple[str | None, str]:
    """Who has an office, None where "she" is not clear, and the word that stands for him where it is a pronoun."""
    if holder.lower() not in PRONOUNS:
        return holder, ""
    tokens = [token for token in sentence.tokens if token.text.lower() == holder.lower()]
    names = [name for token in tokens for name in discourse.resolve(number, sentence, token)]
    return (without_titles(names[0]) if names else None), holder


def _note_persons(tenures: Sequence[Tenure], discourse: Discourse) -> None:
    names = [tenure.holder for tenure in tenures if " " in tenure.holder]
    discourse.persons.update(name for name in names if not _names_water_or_land(name.lower()))


def _names_water_or_land(name: str) -> bool:
    """ "The Sea of Salt, its mayor": no person; Ada Marsh may be one."""
    first, _, last = name.rpartition(" ")
    return is_place(last) and is_known(last) and (not first or " of " in f" {first} " or first.startswith("the "))


def _claim(
    line: Annotation, clause: Clause | None, days: Days, place: str, holder: str | None, status: Status, *,
    resolved_from: str, weight: float, role: str,
) -> Claim:  # fmt: skip
    """The claim that a clause of the sentence makes: how sure it is and who says so follow from the clause."""
    speaker = clause.speaker if clause else None
    return Claim(
        place, holder, status, certainty_of(clause), line.start, line.end, *days, speaker, resolved_from, weight, role
    )
