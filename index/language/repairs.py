"""Puts right what the parser gets wrong: verbs such as "re-elected", which are one word; who says something, where this
stands behind a name; and names that open a sentence and are common words, too, such as "Apple"."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from index.language.predicates import is_known, is_speech

if TYPE_CHECKING:
    from index.language.parser import Token

# In a headline all words but those that are shorter may have capitals.
_SHORT_WORD = 4


def names_of_common_words(sentences: Iterable[Sequence["Token"]]) -> frozenset[str]:
    """The common words that are names in an article, given as the tokens of its sentences: inside a sentence they have
    a capital, and nowhere they have none."""
    named: set[str] = set()
    plain: set[str] = set()
    for tokens in sentences:
        words = [token for token in tokens if token.text.isalpha()]
        lower = [token.text for token in words if token.text.islower()]
        plain.update(map(str.title, lower))
        if any(len(word) >= _SHORT_WORD for word in lower):
            named.update(token.text for token in words[1:] if _is_common_name(token))
    return frozenset(named - plain)


def _is_common_name(token: "Token") -> bool:
    return token.is_name and is_known(token.text.lower())


def with_first_name(tokens: Sequence["Token"], names: frozenset[str]) -> list["Token"]:
    """The tokens of a sentence whose first word is a name if it is one of `names`."""
    return [replace(each, tag="NNP") if not each.i and each.text in names else each for each in tokens]


def with_whole_prefixes(tokens: Sequence["Token"]) -> list["Token"]:
    """The tokens of a sentence in which no "re-" before a verb counts as a verb; its subject may have been joined to
    the auxiliary."""
    mended = list(tokens)
    for prefix, hyphen, verb in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if prefix.text.lower() == "re" and hyphen.text == "-" and hyphen.start == prefix.end and verb.is_verb:
            for part in (prefix, hyphen):
                mended[part.i] = replace(part, tag="HYPH", dep="punct", head=verb.i)
            for child in tokens:
                auxiliary = tokens[child.head]
                if child.dep == "nsubj" and auxiliary.dep == "auxpass" and auxiliary.head == verb.i:
                    mended[child.i] = replace(child, dep="nsubjpass", head=verb.i)
    return mended


def with_speakers_behind(tokens: Sequence["Token"]) -> list["Token"]:
    """The tokens of a sentence in which who speaks is the subject of what he does: "The flag is back on the island, a
    sailor says" is read as if the island were a sailor."""
    mended = list(tokens)
    subjects = {token.head for token in tokens if token.dep in ("nsubj", "nsubjpass", "expl", "csubj")}
    for verb in tokens:
        if verb.is_verb and is_speech(verb.lemma) and verb.i not in subjects:
            for noun in _speakers(tokens, verb):
                mended[noun.i] = replace(noun, dep="nsubj", head=verb.i)
    return mended


def _speakers(tokens: Sequence["Token"], verb: "Token") -> Iterator["Token"]:
    """The nouns in apposition that stand, with all that depends on them, at once before a verb above them."""
    for noun in filter(lambda token: token.dep == "appos", tokens[: verb.i]):
        last = max(token.i for token in tokens[: verb.i] if noun.i in _above(tokens, token))
        rest = tokens[last + 1 : verb.i]
        if verb.i in _above(tokens, noun) and all(token.head == verb.i and token.is_verb for token in rest):
            yield noun


def _above(tokens: Sequence["Token"], token: "Token") -> list[int]:
    """The places of a token and of all that govern it."""
    above = [token.i]
    while tokens[above[-1]].head != above[-1]:
        above.append(tokens[above[-1]].head)
    return above
