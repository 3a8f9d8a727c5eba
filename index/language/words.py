"""Words of a text as they are compared: lower case, no diacritics, stemmed, without the words that say nothing."""

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import Stemmer

from index.characters import plain_letters

STOPWORDS = frozenset(
    """a about above after again all also am an and any are as at be because been before being below between both but by
    can could did do does doing done down during each either else ever every few for from further get had has have
    having he her here hers herself him himself his how i if in into is it its itself just let like may me might mine
    more most much must my myself no nor not now of off on once one only or other our ours ourselves out over own
    please same she should since so some such tell than that the their theirs them themselves then there these they
    this those though through till to too under until up upon us very was we were what whatever when where whether
    which while who whom whose why will with within without would you your yours""".split()
)
LONGEST_SENTENCE_CHARACTERS = 1_000
# Most words have none of these, and each question looks at thousands.
_MARKED = re.compile(r"['’.]")
_APOSTROPHE = re.compile(r"['’ʼ‘`]")
_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*")


def words(text: str) -> list[str]:
    """The words of `text` as they stand, without possessive endings and stops: "U.S." is "US"."""
    return list(_words_of_sentence(text) if len(text) <= LONGEST_SENTENCE_CHARACTERS else _words(text))


def _words(text: str) -> Iterator[str]:
    return (bare(match.group()) for match in _WORD.finditer(text))


# The features of a sentence each look at its words.
@lru_cache(maxsize=10_000)
def _words_of_sentence(text: str) -> tuple[str, ...]:
    return tuple(_words(text))


def bare(word: str) -> str:
    """A word without its possessive 's and inner stops."""
    if not _MARKED.search(word):
        return word
    word = re.sub(r"['’]s?$|['’]s(?=\W|$)", "", word)
    return word.replace(".", "") if re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]?", word) else word


def last_word(name: str) -> str:
    """The last word of a name, in lower case; empty where it has none."""
    return name.split()[-1].lower() if name.split() else ""


@lru_cache(maxsize=50_000)
def all_stems(text: str) -> frozenset[str]:
    """The stems of all words of `text`. Each question looks at the same sentences and their arguments."""
    return frozenset(stem(word) for word in words(text))


@lru_cache(maxsize=50_000)
def telling_stems(text: str) -> frozenset[str]:
    """The stems of those words of `text` that say something."""
    return frozenset(stems(text))


@lru_cache(maxsize=20_000)
def place_key(place: str) -> str:
    """What spellings of one place have in common: the stems of its words, without articles, case and diacritics."""
    return " ".join(stem(word) for word in words(place) if word.lower() not in ("the", "of"))


def stems(text: str) -> list[str]:
    """The stems of the words of `text` that say something, in order, repeats included."""
    return [stem(word) for word in words(text) if word.lower() not in STOPWORDS]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The Porter stem of one word, lower case, without diacritics: as SQLite's FTS5 keeps it, but for an apostrophe,
    which it splits at: "Sana'a" is "Sanaa" here, however it is typed."""
    marked = unicodedata.normalize("NFKD", plain_letters(_APOSTROPHE.sub("", word.lower())))
    folded = "".join(c for c in marked if not unicodedata.combining(c))
    return str(_stemmers.porter.stemWord(folded))


class _Stemmers(threading.local):
    """A stemmer for each thread: one that two threads use at once gives wrong stems, which the cache would keep."""

    def __init__(self) -> None:
        self.porter = Stemmer.Stemmer("porter")


_stemmers = _Stemmers()
