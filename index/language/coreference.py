"""Finds what "it", "both", "there" and "the town" stand for, among the names that an article mentioned before.

Only what is clear is resolved: the candidate that was mentioned last, in the most prominent role, and fits in kind.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.language.clauses import noun_phrase
from index.language.name_kinds import (
    body_span,
    has_office,
    has_relative,
    is_located,
    is_person,
    names_place_kind,
    nouns_beside,
)
from index.language.name_spans import is_date_word, name_span
from index.language.parser import Sentence, Token
from index.language.persons import PRONOUNS, Genders, acts_on, gender_of, is_subject
from index.language.predicates import (
    Holding,
    holding_of,
    is_force,
    is_governing,
    is_known,
    is_people,
    is_place,
    is_speech,
    nation_of,
)
from index.language.short_forms import ShortForms
from index.language.words import last_word

REACH_SENTENCES = 4
_TOWNS = frozenset("city town capital".split())
# "The capital, Kyiv": a name so near behind a noun is its own.
NEAR_TOKENS = 5
_INITIALS = re.compile(r"[A-Z]{2,6}s?")


@dataclass(frozen=True)
class Mention:
    """A name in an article: as it stands, in which sentence (from 0), how prominent (0 is most), and of what kind."""

    name: str
    sentence: int
    rank: int
    start: int
    place: bool
    person: bool


@dataclass
class Discourse:
    """The names that an article has mentioned so far, for resolving what is said after them."""

    mentions: list[Mention] = field(default_factory=list)
    pairs: list[tuple[int, list[str]]] = field(default_factory=list)
    places: set[str] = field(default_factory=set)
    persons: set[str] = field(default_factory=set)
    actors: set[str] = field(default_factory=set)
    bodies: set[str] = field(default_factory=set)
    # Those that are common words, too.
    common_names: set[str] = field(default_factory=set)
    # Those of `places` that the text itself shows to be some.
    located: set[str] = field(default_factory=set)
    # What each place is said to be: a village, a port.
    kinds: dict[str, set[str]] = field(default_factory=dict)
    genders: Genders = field(default_factory=Genders)
    short_forms: ShortForms = field(default_factory=ShortForms)

    def read(self, number: int, sentence: Sentence) -> None:
        """Take in the names of the sentence with this number in its article."""
        self._note_person(number, sentence)
        seen: set[int] = set()
        for token in sentence.tokens:
            if token.i in seen or not _heads_name(sentence, token):
                continue
            start, end = name_span(sentence, token)
            name = sentence.text[slice(*body_span(sentence, token))]
            if is_date_word(name) or (name not in self.places and opens_with_word(token, name)):
                continue
            seen.update(t.i for t in sentence.tokens if start <= t.start < end)
            place, person = self._kind(sentence, token, name)
            self.mentions.append(Mention(name, number, _rank(sentence, token), start, place, person))
            if names := _coordinated_names(sentence, token):
                self.pairs.append((number, names))
        self._note_genders(number, sentence)

    def _note_genders(self, number: int, sentence: Sentence) -> None:
        """Take in of which gender those are whom "he" and "she" stand for."""
        for token in sentence.tokens:
            if token.text.lower() in ("he", "she") and token.dep in ("nsubj", "nsubjpass"):
                self._person(number, sentence, token)

    def _note_person(self, number: int, sentence: Sentence) -> None:
        """Take in that who was the subject of the sentence before is a person, where "she" or "he" opens this one and
        that one names no other person."""
        first = sentence.tokens[0] if sentence.tokens else None
        if first is None or first.dep not in ("nsubj", "nsubjpass") or first.text.lower() not in ("he", "she"):
            return
        before = self._before(number - 1, number, 0)
        subjects = [each.name for each in before if each.rank == 0 and " " in each.name]
        bodies = self.located | self.short_forms.by_first
        if len(subjects) == 1 and subjects[0] not in bodies and not any(each.person for each in before):
            self.persons.update(subjects)

    def resolve(
        self, number: int, sentence: Sentence, token: Token, *, without: frozenset[str] = frozenset()
    ) -> list[str]:
        """The names that the noun or pronoun `token` stands for, none of `without`; empty where that is not clear."""
        word = token.text.lower()
        if _means_several(sentence, token):
            at, names = self.pairs[-1] if self.pairs else (-3, [])
            return names if at >= number - 2 and word not in ("they", "them") else []
        if word in PRONOUNS:
            person = self._person(number, sentence, token)
            return [person] if person else []
        if word in ("it", "there", "here") or is_definite_place(sentence, token):
            kind = token.lemma if token.is_noun else ""
            name = self.antecedent(number, token.start, without=without, kind=kind)
            return [name] if name else []
        return []

    def antecedent(
        self, number: int, before: int, *, without: frozenset[str] = frozenset(), kind: str = ""
    ) -> str | None:
        """The place that was last spoken of before the character `before` of sentence `number`, rather one that is said
        to be of this kind, such as "village"; None where no name is likely to be one."""
        other = None
        for back in range(REACH_SENTENCES):
            fitting = [
                mention
                for mention in self._before(number - back, number, before)
                if mention.name not in without and self._may_be_place(mention.name)
            ]
            alike = [mention for mention in fitting if kind and kind in self.kinds.get(mention.name, ())]
            if alike:
                return self._most_prominent(alike)
            if fitting:
                other = other or self._most_prominent(fitting)
                if not self._is_of_other_kind(self._most_prominent(fitting), kind):
                    break
        return other

    def _most_prominent(self, mentions: Sequence[Mention]) -> str:
        return min(mentions, key=lambda m: (m.rank + 1.5 * (m.name not in self.places), m.start)).name

    def _is_of_other_kind(self, name: str, kind: str) -> bool:
        """Whether a place is said to be something else: a city may be called a town, and no village."""
        kinds = self.kinds.get(name, set())
        return bool(kind and kinds) and kind not in kinds and not (kind in _TOWNS and kinds & _TOWNS)

    def body(self, number: int, before: int) -> str | None:
        """The company, party or the like that was last spoken of before the character `before` of sentence `number`;
        None where no name is likely to be one."""
        for back in range(REACH_SENTENCES):
            fitting = [
                mention
                for mention in self._before(number - back, number, before)
                if mention.name not in self.persons | self.short_forms.by_last
                and not (mention.person or self._may_be_person(mention.name))
            ]
            if fitting:
                return min(fitting, key=lambda m: (m.name not in self.bodies, m.place, m.rank, m.start)).name
        return None

    def _person(self, number: int, sentence: Sentence, pronoun: Token) -> str | None:
        """The person for whom a pronoun of sentence `number` stands: who was spoken of last, of an object rather one of
        whom it is told that he is of its gender."""
        word, last = pronoun.text.lower(), None
        for back in range(REACH_SENTENCES):
            fitting = self._persons_before(number, sentence, pronoun, back)
            if fitting:
                unsure, _, _, name = min(fitting)
                last = last or name
                if pronoun.dep in ("nsubj", "nsubjpass"):
                    self.genders.note(name, gender_of(word))
                if is_subject(pronoun) or not unsure:
                    return self._in_full(name)
        return last and self._in_full(last)

    def _persons_before(
        self, number: int, sentence: Sentence, pronoun: Token, back: int
    ) -> list[tuple[bool, int, int, str]]:
        """The persons of the sentence so many before `number` for whom a pronoun may stand, with whether their gender
        is not known, how prominent they are, and where they stand."""
        word = pronoun.text.lower()
        return [
            (self.genders.fits(mention.name, word) is None, mention.rank, mention.start, mention.name)
            for mention in self._before(number - back, number, pronoun.start)
            if self._may_be_person(mention.name)
            and self.genders.fits(mention.name, word) is not False
            and not acts_on(sentence, pronoun, mention.name, -1 if back else mention.start)
        ]

    def _may_be_person(self, name: str) -> bool:
        return name not in self.places and (name in self.persons or self._in_full(name) != name)

    def _in_full(self, name: str) -> str:
        """The whole name of a person of whom only the last name is given."""
        if " " in name:
            return name
        return min((each for each in self.persons if each.endswith(f" {name}")), default=name)

    def _before(self, sentence: int, number: int, start: int) -> list[Mention]:
        """The mentions in a sentence; in that with `number` those before the character `start`."""
        near: list[Mention] = []
        # From the last one on: a book has thousands, and its sentences were read in order.
        for mention in reversed(self.mentions):
            if mention.sentence < sentence:
                break
            if mention.sentence == sentence and (sentence < number or mention.start < start):
                near.append(mention)
        return near[::-1]

    def _may_be_place(self, name: str) -> bool:
        if name in self.places:
            # A capital may be "the city", a country is none.
            return not is_body(name) and nation_of(name) != name.lower()
        acts = name in self.persons or name in self.actors
        return not acts and not _may_be_body(name) and nation_of(name) is None

    def _kind(self, sentence: Sentence, token: Token, name: str) -> tuple[bool, bool]:
        """Whether a name is that of a place and of a person, by how it stands here or stood before."""
        beside = nouns_beside(sentence, token)
        in_office = has_office(sentence, token, beside)
        # "The mayor, Ada Ford": who has an office is no ford.
        named = names_place_kind(name) and not in_office
        self.kinds.setdefault(name, set()).update(filter(is_place, beside))
        self.genders.read(name, beside)
        person = not named and (in_office or self._is_of_people(name, beside)) and not is_body(name)
        person |= has_relative(sentence, token, "who")
        if named or is_located(sentence, token, beside, person=person):
            self.places.add(name)
            self.located.add(name)
        if token.dep == "nsubj" and sentence.head(token).is_verb:
            person = self._acts(sentence, token, name, beside) or person
        if person:
            self.persons.add(name)
        return name in self.places or nation_of(name) is not None, name in self.persons - self.places

    def _is_of_people(self, name: str, beside: Sequence[str]) -> bool:
        """Whether a noun beside a name is one for a person; not "Orvane Foods, the cheese maker", which is called
        Orvane elsewhere."""
        return name not in self.short_forms.by_first and any(map(is_person, beside))

    def _acts(self, sentence: Sentence, subject: Token, name: str, beside: Sequence[str]) -> bool:
        """Take in that a name acts, where it does; whether it speaks as a person does."""
        verb = sentence.head(subject)
        speaks = is_speech(verb.lemma)
        if speaks or _acts(sentence, verb) or any(map(is_force, beside)):
            self.actors.add(name)
        if not speaks or " " not in name or " of " in name or is_body(name) or nation_of(name) is not None:
            return False
        return self.short_forms.may_be_person(name)


def _means_several(sentence: Sentence, token: Token) -> bool:
    """Whether it is "both", "the two towns" or the like."""
    if token.text.lower() in ("both", "them", "they", "which") or token.lemma in ("both", "two"):
        return True
    return any(child.text.lower() in ("both", "two") for child in sentence.of(token, "det", "predet", "nummod"))


def is_body(name: str) -> bool:
    """Whether a name is that of a force or the like by its last word: "16th Infantry Division", "Lund Front"."""
    last = last_word(name)
    if last == "front" and " " in name:
        return True
    forms = (last, last.removesuffix("s"))
    return any(map(is_force, forms)) and not any(map(is_place, forms)) and not any(map(is_governing, forms))


def _may_be_body(name: str) -> bool:
    """Whether a name may be that of a force or the like: by its last word, or as initials, which no town has."""
    last = last_word(name)
    return is_body(name) or is_force(last) or is_people(last) or _INITIALS.fullmatch(name) is not None


def opens_with_word(token: Token, name: str) -> bool:
    """Whether a name is a common word with the capital of its sentence's beginning: "Snow fell"."""
    return token.i == 0 and token.text == name and is_known(name.lower()) and nation_of(name) is None


def _acts(sentence: Sentence, verb: Token) -> bool:
    """Whether a verb tells what its subject does to a place: "seized the town"."""
    holding = holding_of(verb.lemma)
    return holding not in (None, Holding.FALL) and bool(sentence.of(verb, "dobj")) and not sentence.of(verb, "prt")


def _heads_name(sentence: Sentence, token: Token) -> bool:
    return token.is_name and not (token.dep == "compound" and sentence.head(token).is_name)


def _coordinated_names(sentence: Sentence, token: Token) -> list[str]:
    """The names of "A, B and C" where `token` is the first of several."""
    if token.dep == "conj":
        return []
    conjuncts = [t for t in sentence.conjuncts(token) if t.is_name]
    return [sentence.text[slice(*name_span(sentence, t))] for t in conjuncts] if len(conjuncts) > 1 else []


def is_definite_place(sentence: Sentence, token: Token) -> bool:
    """Whether a noun is "the town", "that city", "the place": a kind of place that was named before."""
    if not token.is_noun or token.is_name or not is_place(token.lemma):
        return False
    determiners = [child.text.lower() for child in sentence.of(token, "det")]
    restricted = [
        child
        for child in sentence.of(token, "prep", "relcl", "compound", "amod", "appos", "poss", "nummod", "acl", "nmod")
        if child.text.lower() not in ("whole", "entire", "same")
        and child.dep != "relcl"
        # An apposition far behind is seldom the noun's own.
        and not (child.dep == "appos" and child.i - token.i >= NEAR_TOKENS)
    ]
    return bool({"the", "that", "this"} & set(determiners)) and not restricted


def is_definite_body(sentence: Sentence, token: Token) -> bool:
    """Whether a noun is "the club", "the company": a kind of body that was named before."""
    if not token.is_noun or token.is_name or is_place(token.lemma) or not is_people(token.lemma):
        return False
    determiners = [child.text.lower() for child in sentence.of(token, "det")]
    restricted = sentence.of(token, "prep", "compound", "amod", "poss", "nummod", "acl", "nmod")
    return bool({"the", "that", "this"} & set(determiners)) and not restricted and token.tag == "NN"


def _rank(sentence: Sentence, token: Token) -> int:
    """0 for a subject of the main clause, 1 for its object, 2 for a name behind a preposition, 3 for others."""
    # "As for X, ...": what the sentence is about.
    opens = token.dep == "pobj" and sentence.head(token).text.lower() == "for" and sentence.tokens[0].text == "As"
    if token.dep in ("nsubj", "nsubjpass", "ROOT", "attr") or opens:
        return 0
    if token.dep in ("dobj", "appos", "npadvmod"):
        return 1
    return 2 if token.dep == "pobj" else 3


__all__ = ["Discourse", "Mention", "is_body", "is_definite_body", "is_definite_place", "noun_phrase"]
