"""Finds a name in a statement that stands in the place of another: the sentence nearest to it says the same, word
for word, of somebody or something else; or its number belongs to another, as in "Flight 812"."""

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from index.language.months import MONTHS
from index.language.tokens import is_common_word
from index.language.words import STOPWORDS, words

# So many words have to be the same, and so large a share of the statement's.
LEAST_WORDS = 4
LEAST_SHARE = 0.7

# Small words inside names: "Hayat Tahrir al-Sham".
_PARTICLES = frozenset("al el ez ar ad de del der von van bin ibn abu la le".split())
_NUMBER = re.compile(r"\d++(?:[.,]\d++)*+")
_NUMBERED = re.compile(rf"(?<![\w-])([A-Z][\w-]++) ({_NUMBER.pattern})\b")
Same = Callable[[str, str], bool]


def substituted(statement: str, sentences: Sequence[str], same: Same) -> str | None:
    """The name of the statement that has taken the place of another; None where there is none.

    `same(name, other)` is whether two names may be one. Only the sentence that shares most words in their order is
    looked at: what another sentence says in the same words of another is no contradiction.
    """
    own = words(statement)
    matchers = [SequenceMatcher(None, _folded(own), _folded(words(each)), autojunk=False) for each in sentences]
    best = max(range(len(matchers)), key=lambda n: _shared(matchers[n]), default=None)
    if best is None or _shared(matchers[best]) < max(LEAST_WORDS, LEAST_SHARE * len(own)):
        return None
    other = words(sentences[best])
    for kind, a, b, c, d in matchers[best].get_opcodes():
        if kind == "replace" and _is_name(own[a:b]) and _is_name(other[c:d]):
            name = " ".join(own[a:b])
            if not same(name, " ".join(other[c:d])) and not same(" ".join(other[c:d]), name):
                return name
    return None


def wrongly_numbered(statement: str, sentences: Sequence[str], same: Same) -> str | None:
    """The name of the statement that stands before a number which the sentences have behind other names alone; None
    where there is none. `same` is that of `substituted`."""
    held = [pair for text in sentences for pair in _numbered(text)]
    free = {number for text in sentences for number in _NUMBER.findall(_NUMBERED.sub("", text))}
    for name, number in _numbered(statement):
        others = [other for other, its in held if its == number]
        if others and number not in free and not any(same(name, other) for other in others):
            return name
    return None


def _numbered(text: str) -> list[tuple[str, str]]:
    """The names with the numbers behind them; the first word of a sentence may be none, and a month is none."""
    pairs = [(match[1], match[2], match.start()) for match in _NUMBERED.finditer(text)]
    named = [(name, number) for name, number, start in pairs if start or not is_common_word(name)]
    return [pair for pair in named if pair[0].lower() not in STOPWORDS | set(MONTHS)]


def _folded(text: Sequence[str]) -> list[str]:
    return [word.lower() for word in text]


def _shared(matcher: SequenceMatcher[str]) -> int:
    return sum(block.size for block in matcher.get_matching_blocks())


def _is_name(text: Sequence[str]) -> bool:
    """Whether all words that tell something have a capital; the first word of a sentence may have one, too."""
    telling = [word for word in text if word.lower() not in STOPWORDS | _PARTICLES]
    return bool(telling) and all(word[0].isupper() for word in telling)
