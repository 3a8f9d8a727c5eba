"""Settles the names of a question against the articles: which are known, spelled otherwise, or mentioned nowhere."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile
from types import MappingProxyType

from rapidfuzz.distance import DamerauLevenshtein

from chatbot.errors import QuestionError
from chatbot.question.parse import ParsedQuestion
from index.language.lexicon import concept, seat_of, written_out
from index.language.predicates import nation_of, nation_words
from index.language.tokens import is_common_word
from index.language.words import STOPWORDS, stem, words
from index.message import Message
from index.search.vocabulary import Vocabulary

SHORTEST_VARIANT_LETTERS = 5
# A long name is one such as "Hayat Tahrir al-Sham"; more words count as more names.
WORDS_A_NAME = 4
MOST_NAMES = 20
_NAME_PLACE = re.compile(
    r"\b(?:controls?|controlled|controlling|holds?|held|runs?|rules?|of|in|at|from|near|to|by|with|did|does|has|is|was|"
    r"about|who is|who was)\s+(?=(?P<rest>(?:[\w’'-]+\s*){1,4}))",
    re.IGNORECASE,
)


_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True)
class Named:
    """A reading whose names are those of the articles. `unknown` are the names that no article mentions, `notes` say
    which were read otherwise than they were typed."""

    reading: ParsedQuestion
    unknown: tuple[str, ...]
    notes: tuple[str, ...]


def settle(reading: ParsedQuestion, vocabulary: Vocabulary, *, most_names: int = MOST_NAMES) -> Named:
    """Look every name of `reading` up; take a spelling variant or a capital's government for one that is not found.

    Raises QuestionError where there are more than `most_names`: each unknown one is compared with all terms.
    """
    names = _names_of(reading, vocabulary, most_names)
    # A name of several words is looked up word by word.
    count = max(len(names), sum(len(words(name)) for name in names) // WORDS_A_NAME)
    if count > most_names:
        raise QuestionError(Message(
            "The question holds %(count)s names, at most %(most)s are looked up at once. Ask about some of them first.",
            count=str(count), most=str(most_names),
        ))
    unknown: list[str] = []
    notes: list[str] = []
    settled: list[str] = []
    for name in names:
        taken = name if is_known(name, vocabulary) else _otherwise(name, reading, vocabulary)
        if taken is None and _is_opening_word(name, reading):
            continue
        if taken is None:
            unknown.append(name)
        elif taken != name:
            notes.append(Message("Read “%(name)s” as “%(other)s”.", name=name, other=taken))
            reading = renamed(reading, name, taken)
        settled.append(taken or name)
    return Named(replace(reading, names=tuple(dict.fromkeys(settled))), tuple(unknown), tuple(notes))


def _names_of(reading: ParsedQuestion, vocabulary: Vocabulary, most: int) -> list[str]:
    """The names of a question, with those that were typed in lower case and that no article gives a capital."""
    names, own = list(reading.names), reading.own
    if _has_capitals(reading.question):
        return names or _hidden_names(own, vocabulary, most)
    # The articles' own names have their capitals by now; one that they do not mention has none.
    held = " ".join(names).lower()
    return names + [name for name in _hidden_names(own.lower(), vocabulary, most) if name not in held]


def _is_opening_word(name: str, reading: ParsedQuestion) -> bool:
    """Whether it is a common word that has its capital from the sentence it opens: "Latest news"."""
    opens = any(text.startswith(name) for text in (reading.question, reading.own, reading.context))
    return opens and is_common_word(name)


def alias_concepts(vocabulary: Vocabulary) -> Mapping[str, frozenset[str]]:
    """Concepts that stand for others: the short name for the long one's words, and their last word for the short.

    It is made once for each change of the ledger: every statement of an answer asks for it.
    """
    return _alias_concepts(vocabulary.aliases())


@lru_cache(maxsize=4)
def _alias_concepts(aliases: frozenset[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    mapping: dict[str, frozenset[str]] = {}
    for short, long in aliases:
        long_concepts = [concept(word) for word in words(long) if len(word) > 2] or [concept(long)]
        mapping[concept(short)] = mapping.get(concept(short), frozenset()) | frozenset(long_concepts)
        mapping[long_concepts[0]] = mapping.get(long_concepts[0], frozenset()) | {concept(short)}
    return MappingProxyType(mapping)


def _hidden_names(question: str, vocabulary: Vocabulary, most: int) -> list[str]:
    """Names in a question typed in lower case: countries, words too rare to be anything else behind a verb of holding,
    a preposition or "who is", and other rare words that the articles write with a capital."""
    if _has_capitals(question):
        return []
    names = _countries(question)
    names += filter(None, (_rare_words(match["rest"]) for match in _NAME_PLACE.finditer(question)))
    others = dict.fromkeys(word for word in words(question) if word not in " ".join(names) and _is_rare(word))
    if len(others) > most:
        return list(dict.fromkeys([*names, *others]))
    return list(dict.fromkeys(names + [word for word in others if _name_form(stem(word), vocabulary)]))


def _has_capitals(text: str) -> bool:
    return any(letter.isupper() for letter in text)


def truecased(question: str, vocabulary: Vocabulary) -> str:
    """A question typed in lower case with the capitals that the articles always give its names; others as they are."""
    if _has_capitals(question):
        return question
    parts = [match.span() for match in _WORD.finditer(question)]
    capitals = {n for n, span in enumerate(parts) if _is_name_there(question[slice(*span)], vocabulary)}
    for n, pair in enumerate(zip(parts, parts[1:], strict=False)):
        if len(capitals & {n, n + 1}) == 1 and _stand_together(question, pair, vocabulary):
            capitals |= {n, n + 1}
    for n in capitals:
        start = parts[n][0]
        question = f"{question[:start]}{question[start].upper()}{question[start + 1 :]}"
    return question


def _is_name_there(word: str, vocabulary: Vocabulary) -> bool:
    return _is_rare(word) and _name_form(stem(word), vocabulary) is not None


def _stand_together(question: str, pair: Sequence[tuple[int, int]], vocabulary: Vocabulary) -> bool:
    """Whether two neighbours are one name in the articles: "Helen Holm", though Helen is a common word."""
    first, second = (question[slice(*span)] for span in pair)
    if {first, second} & STOPWORDS:
        return False
    name = re.compile(rf"\b{re.escape(first.capitalize())} {re.escape(second.capitalize())}\b")
    passages = vocabulary.passages_with([stem(first), stem(second)], 3)
    return any(name.search(passage.text) for passage in passages)


def _countries(question: str) -> list[str]:
    return [word for word in words(question) if nation_of(word) and word not in STOPWORDS]


def _rare_words(text: str) -> str:
    """The rare words that a text begins with, up to its first stop word."""
    return " ".join(filter(_is_rare, takewhile(lambda word: word.lower() not in STOPWORDS, text.split())))


def _is_rare(word: str) -> bool:
    return len(word) > 2 and word.isalpha() and not is_common_word(word) and not is_common_word(stem(word))


def is_known(name: str, vocabulary: Vocabulary) -> bool:
    """Whether an article holds the name: its last word, and at least half of its other words."""
    parts = [word for word in words(name) if len(word) > 2] or words(name)
    held = [_is_held(word, vocabulary) for word in parts]
    return held[-1] and sum(held) * 2 >= len(held)


def _is_held(word: str, vocabulary: Vocabulary) -> bool:
    if vocabulary.frequency(word):
        return True
    nation = None if seat_of(word) else nation_of(word)
    return nation is not None and any(vocabulary.frequency(form) for form in nation_words(nation))


def _otherwise(name: str, reading: ParsedQuestion, vocabulary: Vocabulary) -> str | None:
    seat = seat_of(name)
    as_place = re.search(rf"\b(in|at|near|from|to|around|outside)\s+{re.escape(name)}\b", reading.own, re.IGNORECASE)
    if seat and not as_place and is_known(seat, vocabulary):
        return seat
    if (long := written_out(name)) and is_known(long, vocabulary):
        return long
    parts = [part if _is_held(part, vocabulary) else _variant(part, vocabulary) for part in words(name)]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or not is_known(" ".join(known), vocabulary):
        return None
    return " ".join(known)


def _variant(word: str, vocabulary: Vocabulary) -> str | None:
    """A name of the articles that `word` spells otherwise: one letter off, or alike but for vowels and doublings."""
    if len(word) < SHORTEST_VARIANT_LETTERS:
        return None
    folded = stem(word)
    near = [
        term
        for term in vocabulary.terms(folded[0])
        if abs(len(term) - len(folded)) <= 2 and len(term) >= SHORTEST_VARIANT_LETTERS - 1 and _alike(folded, term)
    ]
    forms = [form for term in near if (form := _name_form(term, vocabulary)) is not None]
    return min(forms, key=lambda form: DamerauLevenshtein.distance(word.lower(), form.lower())) if forms else None


def _name_form(term: str, vocabulary: Vocabulary) -> str | None:
    """The word of the articles with the stem `term`, where it is written with a capital each time."""
    passages = vocabulary.passages_with([term], 3)
    forms = [word for passage in passages for word in words(passage.text) if stem(word) == term]
    return forms[0] if forms and all(form[0].isupper() for form in forms) else None


def _alike(first: str, second: str) -> bool:
    return DamerauLevenshtein.distance(first, second) <= 1 or _skeleton(first) == _skeleton(second)


def _skeleton(word: str) -> str:
    """The first letter and the consonants, doubled ones once."""
    consonants = re.sub(r"[aeiouy'’]", "", word[1:])
    return word[0] + re.sub(r"(.)\1+", r"\1", consonants)


def renamed(reading: ParsedQuestion, name: str, taken: str) -> ParsedQuestion:
    """The reading with `taken` in the place of `name`."""
    pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    return replace(reading, own=pattern.sub(taken, reading.own), context=pattern.sub(taken, reading.context))
