"""Finds the capitalised names of a question or a text, without the words that questions open with."""

import re

from index.language.months import MONTHS
from index.language.predicates import is_known
from index.language.words import STOPWORDS, last_word

_PARTICLE = r"(?:al|el|ez|ad|ar|as|at|an|ash|az|bin|ibn|de|der|van|von|of|the|du|da|di)"
_NAME = re.compile(
    rf"[^\W\d_a-z][\w.’'-]*+(?:(?:\s++|-)(?:{_PARTICLE}(?:\s++|-))*+[^\W\d_a-z][\w.’'-]*+)*+|\b{_PARTICLE}-[^\W\d_a-z][\w’'-]*"
)
_CALENDAR = re.compile(
    rf"({'|'.join(MONTHS)}|{'|'.join(month[:3] for month in MONTHS)}|sept|(mon|tues|wednes|thurs|fri|satur|sun)day)\.?"
    r"(\s+\d+)?$", re.IGNORECASE,
)
# The words that questions open with and are made of.
ASKING = frozenset(
    """who whom whose what which when where why how is are was were do does did has have had can could will would should
    and but or in on at by since until from to for if the a an please whats
    who's what's according during after before of about there it he she they i""".split()
)
_ORDERS = frozenset("tell give list name show describe explain compare summarise summarize".split())
_NEGATED, _CONTRACTED = re.compile(r"n['’]t$"), re.compile(r"['’](?:t|d|ll|m|re|ve)$")
# What else may open a question with a capital, and is no part of the name behind it: "Timeline of Lindby".
_OPENING = _ORDERS | frozenset("timeline chronology history summary overview latest news update updates".split())


def find_names(text: str) -> list[str]:
    """The capitalised names of `text`, in order, without the words that questions open with."""
    names: list[str] = []
    for match in _NAME.finditer(text):
        parts = match.group().strip(".'’-").split()
        opens = match.start() == 0
        # "Does the WHO help?", "Did the US agree?"
        while parts and (opens or not _is_acronym(parts[0])):
            if not _is_asking(parts[0].lower()) and not (match.start() == 0 and parts[0].lower() in _OPENING):
                break
            parts.pop(0)
            opens = False
        name = re.sub(r"['’]s$", "", " ".join(parts)).rstrip(".,")
        is_common = name.lower() in STOPWORDS | _ORDERS and not _is_acronym(name)
        if len(name) > 1 and not is_common and not _CALENDAR.match(name):
            names.append(name)
    return names


def ends_in_common_word(name: str) -> bool:
    """Whether a name of several words ends in a common word, in the singular or plural, as those of bodies often do:
    "Lunar Guard", "Olden Rovers"."""
    last = last_word(name)
    singular = f"{last[:-3]}y" if last.endswith("ies") else last.removesuffix("s")
    return " " in name and (is_known(last) or is_known(singular))


def _is_acronym(word: str) -> bool:
    """Whether it is a word that questions open with, but in capitals: WHO, US, IT."""
    return len(word) > 1 and word.isupper() and word.lower() in ASKING | STOPWORDS


def _is_asking(word: str) -> bool:
    """Whether it is a word that questions open with, a contraction of one included: "who's", "isn't", "I'd"."""
    full = {_NEGATED.sub("", word), _CONTRACTED.sub("", word)} - {word}
    return word in ASKING or word.strip("'’s") in ASKING or not full.isdisjoint(ASKING | STOPWORDS)
