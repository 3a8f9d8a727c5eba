"""Checks what an LLM read in an article against the article itself: a claim is kept only where its sentence stands
there word for word, with its place and its controller. Days, and how sure a sentence is, come from the parser."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from index.article import Article
from index.claim import GONE, Certainty, Claim, Origin, Status
from index.claims.days import days_of
from index.claims.listing import LIGHTEST
from index.claims.places import without_article
from index.claims.soundness import sound
from index.claims.telling import certainty_of, is_background, is_of_another_time, is_over
from index.language.annotations import Annotation
from index.language.clauses import Clause, Modality, Tense, clauses_of
from index.language.coreference import Discourse
from index.language.name_spans import is_date_word
from index.language.parser import Sentence, Token
from index.language.predicates import Holding, holding_of, is_place, is_structure
from index.language.words import place_key

# It is shown and counts, but weighs less than what the rules draw from as plain a sentence.
WEIGHT = 0.6
LONGEST_NAME_CHARACTERS = 100
_PRONOUN = re.compile(r"(?:it|its|they|them|he|him|she|her|we|us|this|that|those|these|who|which)", re.IGNORECASE)
_NO_LONGER = (*GONE, Status.HELD_BEFORE)


@dataclass(frozen=True)
class Reading:
    """What an LLM says that a sentence claims, as it wrote it. `place_word` and `controller_word` are the words of the
    sentence that stand for the place and the controller, empty where it names them; `said_by` is who says so."""

    sentence: str
    place: str
    status: str
    controller: str = ""
    place_word: str = ""
    controller_word: str = ""
    certainty: str = ""
    said_by: str = ""


# In place of an entry that is not as it was asked for.
NOTHING = Reading("", "", "")


class Fault(StrEnum):
    """Why a reading is not kept as a claim."""

    FORM = "not in the form asked for"
    SENTENCE = "the sentence is not in the article"
    STATUS = "there is no such status"
    PLACE = "the place is not in the sentence"
    CONTROLLER = "the controller is not in the sentence or the one before"
    UNREAL = "the sentence does not tell it as a fact"
    HISTORY = "history that the article recalls"
    RULES = "the rules had read it"
    TWICE = "the LLM had read it"


@dataclass
class Checked:
    """The claims that stand the check, and why the others do not, each reason with its number."""

    claims: list[Claim] = field(default_factory=list)
    faults: Counter[Fault] = field(default_factory=Counter)


class _Refused(Exception):  # noqa: N818 - it never leaves this module
    def __init__(self, fault: Fault) -> None:
        self.fault = fault


class ReadingCheck:
    """Checks the readings of one article, whose annotated sentences are `lines` and whose claims by the rules, and by
    an LLM that has read other sentences, are `claims`."""

    def __init__(self, article: Article, lines: Sequence[Annotation], claims: Iterable[Claim]) -> None:
        self._article = article
        self._lines = lines
        self._claims = list(claims)
        self._texts = [article.text[line.start : line.end] for line in lines]
        self._discourse = Discourse(places={claim.place for claim in self._claims if not claim.role})
        for number, line in enumerate(lines):
            self._discourse.read(number, line.parsed)

    def check(self, readings: Iterable[Reading], numbers: range | None = None) -> Checked:
        """The claims that `readings` of the sentences with these numbers come to, those of all without numbers."""
        numbers = range(len(self._lines)) if numbers is None else numbers
        where: dict[str, int] = {}
        for number in numbers:
            where.setdefault(_plain(self._texts[number]), number)
        checked = Checked()
        for reading in readings:
            try:
                claim = self._claim(reading, where)
                self._refuse_known(claim, checked.claims)
                checked.claims.append(claim)
            except _Refused as refused:
                checked.faults[refused.fault] += 1
        return checked

    def _claim(self, reading: Reading, where: dict[str, int]) -> Claim:
        if reading == NOTHING:
            raise _Refused(Fault.FORM)
        number = where.get(_plain(reading.sentence))
        if number is None:
            raise _Refused(Fault.SENTENCE)
        line, text = self._lines[number], self._texts[number]
        status = _status(reading.status)
        place, place_word = _place(reading, text, line)
        before = self._texts[number - 1] if number else ""
        holder, holder_word = _holder(reading, text, before)
        clause = _clause_of(line.parsed, place_word or place)
        certainty, speaker = _certainty(reading, text, clause)
        _refuse_unreal(line.parsed, clause, status, holder, certainty)
        days = days_of(line, clause, self._article.date)
        if status is Status.HOLDS and is_over(line.parsed, clause, days[1], self._article.date, role=""):
            status = Status.HELD_BEFORE
        claim = Claim(
            place, holder, _in_its_time(status, clause), certainty, line.start, line.end, *days, speaker, place_word,
            WEIGHT, holder_from=holder_word, origin=Origin.LLM,
        )  # fmt: skip
        if is_background(claim, self._article.date) or is_of_another_time(line.parsed, clause):
            raise _Refused(Fault.HISTORY)
        if claim not in sound([*self._claims, claim], self._discourse):
            # A person, a side, or a word with the capital of its sentence's beginning.
            raise _Refused(Fault.PLACE)
        return claim

    def _refuse_known(self, claim: Claim, new: Iterable[Claim]) -> None:
        """What the rules drew from a sentence about a place stands, unless it decides nothing: a hint, or one that does
        not say who."""
        of_place = [known for known in [*self._claims, *new] if _is_about(known, claim)]
        for known in of_place:
            if known.origin is Origin.RULES and known.weight >= LIGHTEST and (known.holder or not claim.holder):
                raise _Refused(Fault.RULES)
            if known.origin is Origin.LLM and (known.holder, known.status) == (claim.holder, claim.status):
                raise _Refused(Fault.TWICE)


def reading_of(claim: Claim, article: Article) -> Reading:
    """What an LLM must have read for this claim, to be checked anew."""
    return Reading(
        article.text[claim.start : claim.end], claim.place, claim.status.value, claim.holder or "",
        claim.resolved_from, claim.holder_from, claim.certainty.value, claim.said_by or "",
    )  # fmt: skip


def is_in_sentence(claim: Claim, article: Article) -> bool:
    """Whether the sentence of a claim holds the place, or the word that stands for it."""
    return bool(_named(article.text[claim.start : claim.end], claim.resolved_from or claim.place))


def _is_about(known: Claim, claim: Claim) -> bool:
    return known.start == claim.start and not known.role and place_key(known.place) == place_key(claim.place)


def _status(given: str) -> Status:
    try:
        return Status(given.strip().lower())
    except ValueError:
        raise _Refused(Fault.STATUS) from None


def _in_its_time(status: Status, clause: Clause | None) -> Status:
    """ "Had held" is held before."""
    is_before = clause is not None and clause.tense is Tense.BEFORE
    return Status.HELD_BEFORE if is_before and status in (Status.HOLDS, Status.BESIEGED) else status


def _place(reading: Reading, text: str, line: Annotation) -> tuple[str, str]:
    """The place as the sentence writes it; or as the parser knows it, with the word of the sentence that stands for
    it."""
    given = _without_kind(without_article(reading.place.strip()) or "")
    if not given or is_date_word(given) or given[:1].isdigit() or _PRONOUN.fullmatch(given):
        raise _Refused(Fault.PLACE)
    if named := _named(text, given):
        return named, ""
    for word, names in line.resolved:
        for name in names:
            if place_key(name) == place_key(given) and (stands := _named(text, word, any_case=True)):
                return name, stands
    raise _Refused(Fault.PLACE)


def _without_kind(place: str) -> str:
    """ "City of Hama" is Hama, as the rules have it; "airport of Hama" is another place."""
    kind, joined, name = place.partition(" of ")
    is_kind = kind.islower() and is_place(kind) and not is_structure(kind)
    return name if joined and is_kind and name[:1].isupper() else place


def _holder(reading: Reading, text: str, before: str) -> tuple[str | None, str]:
    """The controller as the sentence writes him, or else as the one before does, with the word that stands for him."""
    given = without_article(reading.controller.strip()) or ""
    if not given or _PRONOUN.fullmatch(given):
        return None, ""
    if named := _named(text, given, any_case=True):
        return named, ""
    named = _named(before, given, any_case=True)
    if not named:
        raise _Refused(Fault.CONTROLLER)
    return named, _named(text, reading.controller_word.strip(), any_case=True)


def _certainty(reading: Reading, text: str, clause: Clause | None) -> tuple[Certainty, str | None]:
    """How sure the sentence is, by the parser or the LLM, whichever is less sure; and who says so. A denial needs
    somebody who denies."""
    known = certainty_of(clause)
    named = without_article(_named(text, reading.said_by.strip(), any_case=True))
    speaker = (clause.speaker if clause else None) or named
    given = reading.certainty.strip().lower()
    if known is Certainty.DENIED or given == Certainty.DENIED and speaker:
        return Certainty.DENIED, speaker
    doubted = given in (Certainty.DENIED, Certainty.ATTRIBUTED) or speaker
    return (Certainty.ATTRIBUTED if doubted else known), speaker


def _refuse_unreal(
    sentence: Sentence, clause: Clause | None, status: Status, holder: str | None, certainty: Certainty
) -> None:
    """Refuse what is planned, possible, asked, or said not to be so."""
    if sentence.text.rstrip(" ”’\"'").endswith("?") or clause is not None and clause.modality is not Modality.FACT:
        raise _Refused(Fault.UNREAL)
    if clause is None or certainty is Certainty.DENIED:
        return
    if clause.ended and status not in _NO_LONGER or clause.negated and _is_refuted(clause, status, holder):
        raise _Refused(Fault.UNREAL)


def _is_refuted(clause: Clause, status: Status, holder: str | None) -> bool:
    """Whether a clause that is told not to be so speaks against a claim: "has not left it" against one that he has,
    "has not taken it" against one that he holds it."""
    holding = holding_of(clause.predicate)
    if holding is Holding.HOLD:
        return status not in _NO_LONGER
    if status not in (Status.HOLDS, Status.CONTESTED):
        return True
    agents = " ".join(argument.text for argument in clause.of("agent"))
    return holding not in (Holding.LEAVE, Holding.LOSE) and bool(holder and _named(agents, holder, any_case=True))


def _clause_of(sentence: Sentence, words: str) -> Clause | None:
    """The clause in which the words of a place stand, None where they stand in none."""
    token = _last_token(sentence, words)
    by_verb = {clause.verb: clause for clause in clauses_of(sentence)}
    seen: set[int] = set()
    while token is not None and token.i not in seen:
        if token.i in by_verb:
            return by_verb[token.i]
        seen.add(token.i)
        token = sentence.head(token)
    return None


def _last_token(sentence: Sentence, words: str) -> Token | None:
    match = re.search(_pattern(words), sentence.text, re.IGNORECASE)
    inside = [token for token in sentence.tokens if match and match.start() <= token.start < match.end()]
    return inside[-1] if inside else None


def _named(text: str, name: str, *, any_case: bool = False) -> str:
    """A name as `text` writes it, whatever white space is between its words; empty where it does not stand there."""
    if not name or len(name) > LONGEST_NAME_CHARACTERS:
        return ""
    match = re.search(_pattern(name), text, re.IGNORECASE if any_case else 0)
    return " ".join(match[0].split()) if match else ""


def _pattern(name: str) -> str:
    words = r"\s+".join(map(re.escape, name.split()))
    return rf"(?<!\w){words}(?!\w)" if words else "(?!)"


def _plain(text: str) -> str:
    """A sentence without differences of white space and of how letters are composed."""
    return unicodedata.normalize("NFC", " ".join(text.split()))
