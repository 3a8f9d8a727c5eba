"""Tells which arguments of a clause may hold a place, and whose hands, control or flag a noun is."""

import re

from index.language.clauses import Argument, noun_phrase
from index.language.parser import Sentence, Token
from index.language.predicates import is_force, is_governing, is_people, is_place, nation_of

# Idioms of English for holding: in their hands, under their control.
HANDS = frozenset("hand hands possession".split())
POWERS = frozenset(
    "control rule occupation command authority administration power government charge sway leadership grip hold "
    "majority reign".split()
)


def can_hold(sentence: Sentence, argument: Argument) -> bool:
    """Whether an argument may be who holds a place: a name, a people, an armed or governing body."""
    head = sentence.tokens[argument.head]
    if head.tag in ("PRP",):
        return head.text.lower() not in ("it", "there", "him", "her", "me", "us", "you")
    if head.tag in ("WP", "WDT"):
        return False
    if is_force(head.lemma) or is_force(head.text.lower()) or nation_of(head.text):
        return True
    return (
        head.is_name
        and not re.search(r"\b(the )?(city|town|village) of\b", argument.text.lower())
        or (head.lemma in ("side", "man", "ally", "neither", "none") and not is_place(head.lemma))
    )


def may_take(sentence: Sentence, argument: Argument) -> bool:
    """Whether an agent may be who takes or holds a place: any noun that is none itself; many groups have names that no
    dictionary tells from things ("the opposition")."""
    head = sentence.tokens[argument.head]
    return can_hold(sentence, argument) or head.tag == "PRP" or head.is_noun and not is_place(head.lemma)


def names_person(sentence: Sentence, noun: Token) -> bool:
    """Whether a noun is told to be a person: "the winner", "Defender Ada Lund"; no council, no club."""
    own = [noun] if not noun.is_name else sentence.of(noun, "compound", "nmod")
    return any(is_people(each.lemma.lower()) and not is_governing(each.lemma.lower()) for each in own)


def is_pronoun(sentence: Sentence, argument: Argument) -> bool:
    """Whether its head is a pronoun."""
    return sentence.tokens[argument.head].tag == "PRP"


def is_force_or_nation(sentence: Sentence, argument: Argument) -> bool:
    """Whether an argument is told to be an armed or governing body, or a nation's people."""
    head = sentence.tokens[argument.head]
    return is_force(head.lemma) or is_force(head.text.lower()) or nation_of(head.text) is not None


def is_power(sentence: Sentence, argument: Argument) -> bool:
    """Whether it is a word for holding, such as control or hands."""
    return sentence.tokens[argument.head].lemma in POWERS | HANDS


def objects_of(sentence: Sentence, noun: Token) -> list[Argument]:
    """The arguments behind "of" and "over" of a noun, control of the town, and behind "on" of one such as grip."""
    return [
        Argument("of", sentence.text[a.start : a.end], a.i, a.start, a.end)
        if not a.is_noun
        else noun_argument(sentence, a)
        for preposition in sentence.of(noun, "prep")
        if preposition.text.lower() in ("of", "over") or preposition.text.lower() == "on" and noun.lemma in POWERS
        for first in sentence.of(preposition, "pobj")
        for a in sentence.conjuncts(first)
    ]


def holders_beside(sentence: Sentence, noun: Token, *, of: bool = True) -> list[str | None]:
    """Whose hands, control or flag: what stands before the noun or, with `of`, behind "of"."""
    beside = sentence.of(noun, "poss", "compound", "amod", "nmod", "npadvmod")
    before = [child for child in beside if _may_name_holder(child)]
    if before:
        start, _ = noun_phrase(sentence, before[0]) if before[0].is_noun else (before[0].start, 0)
        return [sentence.text[start : before[-1].end]]
    return [argument.text for argument in objects_of(sentence, noun)] if of else []


def _may_name_holder(word: Token) -> bool:
    names = word.is_noun or nation_of(word.text) is not None or is_force(word.lemma)
    return names or word.tag == "PRP$" or word.tag == "JJ" and word.text[:1].isupper()


def noun_argument(sentence: Sentence, token: Token) -> Argument:
    """The noun phrase of `token` as an argument."""
    start, end = noun_phrase(sentence, token)
    return Argument("of", sentence.text[start:end], token.i, start, end)
