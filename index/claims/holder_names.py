"""Finds which side "it", "they" and "its fighters" mean where they are told to hold a place: the side that acts before.

Only what is clear is resolved: who says so of itself, else who acted last in the sentence or in the ones before it.
"""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from index.claims.described import side_of
from index.claims.parties import can_hold, is_force_or_nation
from index.language.clauses import Argument, Clause, clauses_of
from index.language.coreference import is_body
from index.language.name_spans import name_span
from index.language.parser import Sentence, Token
from index.language.predicates import nation_of
from index.language.words import last_word

REACH_SENTENCES = 2
_NEUTER, _PERSONAL = frozenset("it its".split()), frozenset("he his she her".split())
_PLURAL = frozenset("they their them".split())
_PRONOUNS = _NEUTER | _PERSONAL | _PLURAL


@dataclass(frozen=True)
class _Actor:
    """Who acts in a clause: its words, in which sentence (from 0) and where they start, and whether they are plural."""

    name: str
    sentence: int
    start: int
    plural: bool


@dataclass
class Sides:
    """The sides that an article has told to act so far, and by the stem of a noun the one that it alone stands for."""

    described: Mapping[str, str] = field(default_factory=dict)
    # Whose office somebody has, by the last part of his name: what "his men" do is done by them.
    led: dict[str, str] = field(default_factory=dict)
    acting: list[_Actor] = field(default_factory=list)

    def read(self, number: int, sentence: Sentence) -> None:
        """Take in who acts in the sentence with this number in its article."""
        for clause in clauses_of(sentence):
            for argument in clause.of("agent", *(["patient"] if clause.passive else [])):
                if self._is_side(sentence, argument):
                    head = sentence.tokens[argument.head]
                    plural = head.tag in ("NNS", "NNPS")
                    self.acting.append(_Actor(_words(sentence, argument), number, head.start, plural))

    def note_office(self, person: str, body: str, places: Container[str]) -> None:
        """Take in that somebody has an office of a body; of a town's mayor the town's men are not."""
        if body and body[:1].isupper() and body not in places:
            self.led[last_word(person)] = body

    def resolve(
        self, number: int, clause: Clause | None, holder: str | None, persons: Container[str], places: Container[str]
    ) -> str | None:
        """Whom the pronoun that `holder` opens with, or a noun alone, stands for, where `persons` and `places` are
        names of such; None where it is neither, or where that is not clear."""
        pronoun = (holder or "").lower().partition(" ")[0]
        if pronoun not in _PRONOUNS or clause is None:
            return side_of(holder or "", self.described)
        acting = self._before(number, clause.start)
        fitting = [side for side in acting if _fits(side, pronoun, persons) and _may_act(side, places)]
        telling = _telling(fitting, number, holder or "", clause.speaker or "")
        return self.led.get(last_word(telling), telling) if telling else _nearest(fitting, number, pronoun)

    def _before(self, number: int, start: int) -> list[_Actor]:
        """The sides that act before the character `start` of a sentence, as far back as one is looked for."""
        near = takewhile(lambda side: side.sentence >= number - REACH_SENTENCES, reversed(self.acting))
        return [side for side in near if side.sentence < number or side.start < start][::-1]

    @staticmethod
    def _is_side(sentence: Sentence, argument: Argument) -> bool:
        head = sentence.tokens[argument.head]
        if head.tag in ("PRP", "DT", "EX") or not head.is_name and _is_somebodys(sentence, head):
            return False
        return can_hold(sentence, argument) and (head.is_name or is_force_or_nation(sentence, argument))


def _telling(sides: Sequence[_Actor], number: int, holder: str, speaker: str) -> str | None:
    """Who says so of himself or of those whom he leads."""
    return (_speaking(sides, number, speaker) or _leading(holder, speaker)) if speaker else None


def _speaking(sides: Sequence[_Actor], number: int, speaker: str) -> str | None:
    """The side that says so of itself in the sentence `number`."""
    own = [side.name for side in sides if side.sentence == number and side.name.lower() in speaker.lower()]
    return own[-1] if own and speaker.lower().split()[0] not in _PRONOUNS else None


def _leading(holder: str, speaker: str) -> str | None:
    """The speaker, where it says that "its men" or "his troops" hold a place."""
    of_somebody = " " in holder and speaker.lower().split()[0] not in (*_PRONOUNS, "i", "we")
    return re.sub(r"\A(?:the|a|an) ", "", speaker, flags=re.IGNORECASE) if of_somebody else None


def _nearest(sides: Sequence[_Actor], number: int, pronoun: str) -> str | None:
    """The side that acted last before; of a sentence before only where one side alone acts in it, or one of many for
    "they"."""
    for back in range(REACH_SENTENCES + 1):
        near = [side for side in sides if side.sentence == number - back]
        if near:
            return near[-1].name if back == 0 else _only(near) or _only(_many(near, pronoun))
    return None


def _only(sides: Sequence[_Actor]) -> str | None:
    names = {side.name for side in sides}
    return names.pop() if len(names) == 1 else None


def _many(sides: Sequence[_Actor], pronoun: str) -> list[_Actor]:
    return [side for side in sides if side.plural] if pronoun in _PLURAL else []


def _is_somebodys(sentence: Sentence, head: Token) -> bool:
    """Whether it is "its fighters": whose that is another word says."""
    return any(child.tag == "PRP$" for child in sentence.of(head, "poss"))


def _fits(side: _Actor, pronoun: str, persons: Container[str]) -> bool:
    """Whether a pronoun may stand for a side: an army may be "they", rebels are not "it", "he" is a person."""
    if pronoun in _PLURAL:
        return side.name not in persons
    return not side.plural and (side.name in persons) == (pronoun in _PERSONAL)


def _may_act(side: _Actor, places: Container[str]) -> bool:
    """A town acts for nobody, a country does."""
    return side.name not in places or is_body(side.name) or nation_of(side.name) is not None


def _words(sentence: Sentence, argument: Argument) -> str:
    """A name as it stands, without what follows it; of a common noun the whole phrase."""
    head = sentence.tokens[argument.head]
    return sentence.text[slice(*name_span(sentence, head))] if head.is_name else argument.text
