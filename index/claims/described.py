"""Finds which side a noun alone stands for in an article: "the paramilitaries" after "the paramilitary Lund Corps"."""

from collections.abc import Collection, Iterable, Mapping
from itertools import takewhile

from index.language.name_spans import name_span
from index.language.parser import Sentence, Token
from index.language.predicates import is_force, is_office, is_place, nation_of
from index.language.words import stem, words

# How the word for a land's people ends.
_OF_LANDS = ("an", "ish", "ese", "ic", "i")
SHORTEST_ROOT = 3
_ARTICLES = frozenset("the these those".split())


def described_sides(sentences: Iterable[Sentence]) -> Mapping[str, str]:
    """By the stem of a noun the name of the one side beside which it stands in `sentences`: as "the Lund rebels", "the
    rebel Lund Corps" or "the Lund Corps, a rebel group"."""
    sides: dict[str, dict[str, str]] = {}
    sentences = list(sentences)
    lands = {token.text for sentence in sentences for token in sentence.tokens if token.is_name}
    for sentence in sentences:
        for token in sentence.tokens:
            for noun, name in _pairs(sentence, token):
                if not _is_of_land(name, lands):
                    sides.setdefault(stem(noun.lemma.lower()), {}).setdefault(name.lower(), name)
    alone = {noun: _only(names) for noun, names in sides.items()}
    return {noun: name for noun, name in alone.items() if name is not None}


def side_of(holder: str, sides: Mapping[str, str]) -> str | None:
    """The name of the side that `holder` stands for, where it is a noun alone with an article before it."""
    parts = words(holder)
    if len(parts) > 1 and parts[0].lower() in _ARTICLES:
        parts = parts[1:]
    return sides.get(stem(parts[0])) if len(parts) == 1 and parts[0].islower() else None


def _pairs(sentence: Sentence, token: Token) -> list[tuple[Token, str]]:
    """The nouns that describe a side beside its name."""
    if token.is_name:
        name = sentence.text[slice(*name_span(sentence, token))]
        return [(noun, name) for noun in _beside(sentence, token) if _describes(noun)]
    # "The rebel Lund Corps": whatever the parser makes of it, the name follows at once.
    names = [*takewhile(_is_name, sentence.tokens[token.i + 1 :])]
    names = names or [child for child in sentence.of(token, "compound", "nmod", "amod") if _is_name(child)]
    if not names or not _describes(token):
        return []
    start, _ = name_span(sentence, names[0])
    return [(token, sentence.text[start : names[-1].end])]


def _beside(sentence: Sentence, name: Token) -> list[Token]:
    """The nouns before a name and in apposition to it."""
    nouns = [child for child in sentence.of(name, "amod", "compound", "nmod") if child.i < name.i]
    for noun in sentence.of(name, "appos"):
        nouns += [noun, *sentence.of(noun, "amod", "compound")]
    return nouns


def _describes(noun: Token) -> bool:
    return noun.text.islower() and is_force(noun.lemma) and not is_office(noun.lemma) and not is_place(noun.lemma)


def _is_name(token: Token) -> bool:
    """Whether it is a side's name or a nation's: "Russian troops" are another side than "the Lund troops"."""
    return token.is_name or nation_of(token.text) is not None


def _is_of_land(name: str, names: Collection[str]) -> bool:
    """Whether a name is only what is made of another one, a land's: in "Lundian troops", where Lundia is named too."""
    return any(is_of_land(name, land) for land in names)


def is_of_land(name: str, land: str) -> bool:
    """Whether a name is made of a land's: "Lundian" of Lundia."""
    root = land.rstrip("aeiouy")
    return name != land and name.endswith(_OF_LANDS) and len(root) >= SHORTEST_ROOT and name.startswith(root)


def _only(names: Mapping[str, str]) -> str | None:
    """The one side that is named; None where it is a nation, or there are several. A part of a name is no other."""
    longest = max(names, key=len)
    name = names[longest]
    is_alone = all(other in longest for other in names)
    return name if is_alone and name[:1].isupper() and nation_of(name) is None else None
