"""Tells what a name is that of, a place or a person, by the words beside it and by where it stands."""

from collections.abc import Sequence

from index.language.name_spans import name_span
from index.language.parser import Sentence, Token
from index.language.predicates import is_force, is_known, is_office, is_people, is_place
from index.language.words import last_word

TOWNS = frozenset("city town village capital settlement municipality hamlet port".split())
_NAMING_PREPOSITIONS = frozenset("in at near from around outside of to into over across inside towards toward".split())


def names_place_kind(name: str) -> bool:
    """Whether a name ends in what it is, such as "Pellan Valley"; those who call themselves a front are a force."""
    last = last_word(name)
    return " " in name and is_place(last) and last != "front"


def is_person(noun: str) -> bool:
    """Whether a noun names one person: an office, or people that are no force."""
    return not is_place(noun) and (is_office(noun) or is_people(noun) and not is_force(noun))


def is_located(sentence: Sentence, token: Token, beside: Sequence[str], *, person: bool) -> bool:
    """Whether a name is said to be a place, or stands where places do. That of a person is none, though it may hold
    the word for one: "Maria Ford, the mayor"."""
    shown = any(map(is_place, beside)) or _stands_as_place(sentence, token)
    return has_relative(sentence, token, "where") or shown and not person


def nouns_beside(sentence: Sentence, token: Token) -> list[str]:
    """The lemmas of what a name is said to be: in apposition, before it, or "the town of X"."""
    siblings = sentence.of(token, "appos") + ([sentence.head(token)] if token.dep == "appos" else [])
    # "60,000 inhabitants" beside a name is no person.
    beside = [t.lemma for t in siblings if not sentence.of(t, "nummod")]
    beside += [t.lemma for t in sentence.of(token, "compound", "nmod", "amod")]
    governor = sentence.head(token)
    if token.dep == "pobj" and governor.text.lower() == "of" and is_place(sentence.head(governor).lemma):
        beside.append(sentence.head(governor).lemma)
    return beside


def has_relative(sentence: Sentence, token: Token, word: str) -> bool:
    """Whether "who", which is said of persons alone, or "where", of places, stands for it."""
    inside = (t for clause in sentence.of(token, "relcl") for t in sentence.of(clause, "nsubj", "advmod"))
    return any(part.text.lower() == word for part in inside)


def _stands_as_place(sentence: Sentence, token: Token) -> bool:
    """Whether a name stands where places do: in X, near X."""
    return token.dep == "pobj" and sentence.head(token).text.lower() in _NAMING_PREPOSITIONS - {"of", "to", "from"}


def has_office(sentence: Sentence, token: Token, beside: Sequence[str]) -> bool:
    """Whether a name is told to have or get an office: one stands `beside` it, "was named head coach", "is mayor",
    "works as coach". Who appoints another as coach is none himself."""
    verb = sentence.head(token)
    if any(map(is_office, beside)):
        return True
    objects = sentence.of(verb, "dobj")
    if not verb.is_verb or token not in (objects or sentence.of(verb, "nsubj", "nsubjpass")):
        return False
    nouns = sentence.of(verb, "attr", "oprd")
    nouns += [
        noun
        for part in (verb, *objects)
        for word in sentence.of(part, "prep")
        if word.text == "as"
        for noun in sentence.of(word, "pobj")
    ]
    return any(is_office(noun.lemma) for noun in nouns)


def body_span(sentence: Sentence, token: Token) -> tuple[int, int]:
    """The span of the name around `token`, with the "of" in that of a body: "the Central Bank of Velmar", and not in
    "Mayor of Lindby", "City of Lindby"."""
    start, end = name_span(sentence, token)
    word = token.text.lower()
    if not is_known(word) or is_office(word) or not is_people(word) or word in TOWNS:
        return start, end
    for preposition in sentence.of(token, "prep"):
        if preposition.text.lower() == "of" and preposition.start <= end + 1:
            ends = [name_span(sentence, noun)[1] for noun in sentence.of(preposition, "pobj") if noun.is_name]
            return start, max([end, *ends])
    return start, end
