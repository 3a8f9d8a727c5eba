"""How well one sentence answers one question: a Question's weighted terms against a Sentence's words, its meaning, and
the kind of answer that is asked for. Numbers out, between 0 and 1; no decision is taken here."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from chatbot.extractive.untrusted_text import addresses_reader
from chatbot.question.parse import ParsedQuestion, QuestionKind
from index.article import Article
from index.claims.table_rows import row_of
from index.language.dates import find_dates
from index.language.lexicon import concept, country_of, names_actor
from index.language.parser import dateline_end
from index.language.quotations import quotations, quotes
from index.language.words import STOPWORDS, stem, words
from index.passage import Passage, Vectors

CONTEXT_WEIGHT = 0.4
NAME_WEIGHT = 1.3
ASKED_NOUN_ABSENT = 0.5
ATTRIBUTE_ABSENT = 0.2

# What a question is made of rather than about, beside stop words: by its stem.
_OF_QUESTIONS = frozenset(
    stem(word)
    for word in """many long happen name kind type sort thing anything something make made give given got go went take
    place currently today say said people country city town year month day date time moment exactly really next ago yet
    still according""".split()
)
_MONTHS_AND_DAYS = (
    "January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|"
    "Thursday|Friday|Saturday|Sunday"
)
_TIME = re.compile(
    rf"\b({_MONTHS_AND_DAYS}|1\d\d\d|20\d\d|\d+(st|nd|rd|th) century|yesterday|today|(the|that) (same|next) day|"
    r"tonight|overnight|midnight|noon|"
    r"(last|next|this) (week|month|year|night)|(hours?|days?|weeks?|months?|years?|decades?|minutes?)"
    r" (before|after|later|earlier|ago)|"
    r"(in|over|within) (the )?(next|past|last|recent) [\w ]{0,12}(hours?|days?|weeks?|months?|years?)|"
    r"(early|late) (on|in))\b"
)
_NUMBER = re.compile(
    r"(\d[\d,.]*|\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)\b|"
    r"\b(hundreds?|thousands?|millions?|billions?|dozens?|several|scores|half)\b)",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(because|since|due to|owing|thanks to|as a result|result(s|ed|ing)? (in|of|from)|caus(e|es|ed|ing)|led to|"
    r"reasons?|in order to|so that|helped by|forc(e|ed|ing)|after|amid|was a|is a|to (?!the|a|an|its|his|their)\w+)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:in|at|near|from|to|for|outside|inside|into|towards?|around|across|between|of)\s+(?:the\s+)?"
    r"(?:[\w-]+\s+){0,3}?(?P<place>[^\W\d_a-z][\w’'-]*)"
)
_PLACE_NOUN = re.compile(r"-based\b|\b(suburb|headquarters|district|square|border|cent(er|re)|neighbou?rhood)")
_CAPITAL = re.compile(r"(?<=[\w,;:“] )[^\W\d_a-z][\w’'-]+")
_COUNTED = re.compile(
    r"\bhow (?:many|much) (?P<heads>(?:(?!of\b|are\b|is\b|was\b|were\b|have\b|has\b|had\b|did\b|do\b|does\b|will\b|"
    r"can\b|could\b|would\b|took\b|take\b|been\b|died\b|work\b|in\b|from\b|killed\b|dead\b)[\w’'-]++\s*+){1,3})",
    re.IGNORECASE,
)
_NAMING = re.compile(r"\bnames? of\b( the)?|\bwho (is|was|are) (the|[\w’'-]+['’]s)\b", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(he|she|they|him|his|their|it|its)\b", re.IGNORECASE)
_STOPS = ".!?\"'”’)…"
_DANGLING = re.compile(r"(it|its|he|his|she|her|they|their|these|those|of these|that|this|both)\b", re.IGNORECASE)
_ASKED_NOUN = re.compile(
    r"\b(?:what|which) (?:(?:kind|type|sort)s? of )?(?P<noun>(?!kind|type|sort)[a-z][\w-]+)"
    r" (?:did|do|does|is|are|was|were|has|have|had|will|can)\b"
    r"|\bwhat (?:is|are|was|were) (?:the |[\w’'-]+['’]s )(?:exact |official |total )?(?P<attribute>[a-z][\w-]+)"
    r" (?:of|for|between|in)\b",
    re.IGNORECASE,
)
_UNITS = r"(seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centur\w+)"
_MEASURES = [
    (re.compile(r"\bhow old\b|\bwhat age\b", re.I),
     re.compile(r"\baged? \d|\byears? old\b|-year-old\b|\bborn\b|\w, \d{1,3}(?=[,.])", re.I)),
    (re.compile(r"\bhow long\b", re.I), re.compile(rf"\b{_UNITS}\b|\b(since|until|length)\b|\d[ -]\w+ long\b", re.I)),
    (re.compile(r"\bhow (far|tall|high|deep|big|large)\b", re.I),
     re.compile(r"\d\s*(km|mi|m|ft|feet|met(er|re)s?|hectares?|acres?)\b|\b(miles?|kilomet\w+)\b", re.I)),
    (re.compile(r"\bhow much\b.{0,300}\b(cost|worth|pay|paid|price|dollars?|euros?|money|spend|spent|raise[sd]?)\b",
                re.I),
     re.compile(r"[$€£¥]|\b(dollars?|euros?|pounds?|cents?|rubles?|lira)\b", re.I)),
]


@dataclass(frozen=True)
class Term:
    """A word that a question turns on: what it is compared by, how much it weighs, whether it is part of a name."""

    word: str
    concept: str
    weight: float
    name: bool


@dataclass(frozen=True)
class Candidate:
    """A sentence that may answer: where it stands, and what its passage, article and the sentence before it say."""

    passage: Passage
    article: Article
    start: int
    end: int
    vector: Vectors
    before: str

    @property
    def text(self) -> str:
        """The sentence, word for word."""
        return self.article.text[self.start : self.end]

    @property
    def is_heading(self) -> bool:
        """Whether it is a headline or subhead: a line without a stop at its end, but for a table's row."""
        return self.text[-1:] not in _STOPS and not row_of(self.text)

    @property
    def is_lead(self) -> bool:
        """Whether it is its article's first sentence behind the headings, where news puts what matters."""
        lines = filter(None, map(str.strip, _lines(self.article.text, self.start)))
        return not self.is_heading and all(line[-1] not in _STOPS or addresses_reader(line) for line in lines)

    @property
    def is_dangling(self) -> bool:
        """Whether it opens with a word that only the sentence before explains."""
        return _DANGLING.match(self.text) is not None


@dataclass(frozen=True)
class LexicalEvidence:
    """What speaks for a candidate, each from 0 to 1 (`similarity` from -1)."""

    similarity: float
    overlap: float
    names: float
    names_nearby: float
    words: float
    focus: float
    typed: float
    nearness: float


def _lines(text: str, end: int) -> Iterator[str]:
    """The lines of a text up to here, one by one: a book is not cut whole for each of its sentences."""
    start = 0
    while (stop := text.find("\n", start, end)) >= 0:
        yield text[start:stop]
        start = stop + 1
    yield text[start:end]


def terms_of(reading: ParsedQuestion, frequency: Callable[[str], int], passages: int) -> list[Term]:
    """The terms of a question. They weigh by inverse document frequency (Robertson and Spärck Jones), names more, and
    those that only the question before held less."""
    name_words = {word.lower() for name in reading.names for word in words(name)}
    terms: dict[str, Term] = {}
    for text, share in ((reading.own, 1.0), (reading.context, CONTEXT_WEIGHT)):
        for word in words(text):
            if len(word) < 2 or not (_is_content(word) or word.lower() in name_words):
                continue
            held = frequency(word)
            weight = share * (0.5 + math.log(1 + (passages - held + 0.5) / (held + 0.5)) / math.log(2 + 2 * passages))
            is_name = word.lower() in name_words
            term = Term(word, concept(word), weight * (NAME_WEIGHT if is_name else 1.0), is_name)
            terms.setdefault(term.concept, term)
    return list(terms.values())


def _is_content(word: str) -> bool:
    return word.lower() not in STOPWORDS and stem(word) not in _OF_QUESTIONS


def quoted_in(reading: ParsedQuestion) -> list[str]:
    """What a question puts in quotation marks, but for single words."""
    return [text for text in quotations(reading.own) if len(words(text)) > 1]


def holds_quoted(reading: ParsedQuestion, sentence: str) -> bool:
    """Whether a sentence holds, word for word, all that the question puts in quotation marks; False where that is
    nothing, or single words."""
    quoted = quoted_in(reading)
    return bool(quoted) and all(quotes(sentence, text) for text in quoted)


def asks_of_days(reading: ParsedQuestion) -> bool:
    """Whether a question turns on nothing but dates: "What happened on 5 December?"."""
    if reading.since is None or reading.until is None or reading.names or reading.context:
        return False
    text = reading.own
    for date in reversed(find_dates(text, default_year=reading.until.year)):
        text = text[: date.start] + text[date.end :]
    return not any(_is_content(word) for word in words(text))


def weigh(
    reading: ParsedQuestion,
    terms: list[Term],
    candidate: Candidate,
    similarity: float,
    aliases: Mapping[str, frozenset[str]],
) -> LexicalEvidence:
    """The evidence that `candidate` answers. `aliases` maps concepts to those of the name they stand for."""
    order = _in_order(candidate.text)
    own = _expanded(frozenset(order), aliases)
    if _PRONOUN.search(candidate.text):
        # "He said": whom the sentence before named is meant.
        own |= {term.concept for term in terms if term.name} & _expanded(_concepts(candidate.before), aliases)
    near = own | _expanded(_concepts(candidate.before) | _concepts(candidate.article.title), aliases)
    named = [term for term in terms if term.name]
    plain = [term for term in terms if not term.name]
    return LexicalEvidence(
        similarity=similarity,
        overlap=_share(terms, own),
        names=_share(named, own),
        names_nearby=_share(named, near),
        words=_share(plain, own),
        focus=_share(sorted(plain, key=lambda term: -term.weight)[:1], own),
        typed=_typed(reading, candidate.text),
        nearness=_nearness(terms, order),
    )


@lru_cache(maxsize=100)
def _lower_words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in words(text))


@lru_cache(maxsize=10_000)
def _in_order(text: str) -> tuple[str, ...]:
    # Where a report was written is not what it tells of.
    return tuple(concept(word) for word in words(text[dateline_end(text) :]))


def _concepts(text: str) -> frozenset[str]:
    return frozenset(_in_order(text))


def _share(terms: list[Term], held: Set[str]) -> float:
    total = sum(term.weight for term in terms)
    return sum(term.weight for term in terms if term.concept in held) / total if total else 1.0


def _expanded(concepts: frozenset[str], aliases: Mapping[str, frozenset[str]]) -> frozenset[str]:
    extra = [aliases[c] for c in concepts if c in aliases]
    return concepts.union(*extra) if extra else concepts


def _nearness(terms: list[Term], order: Sequence[str]) -> float:
    """How close together the sentence says the question's terms: 1 side by side, 0 ten words apart or only one."""
    wanted = {term.concept for term in terms}
    positions = [(position, c) for position, c in enumerate(order) if c in wanted]
    gaps = [b - a for (a, first), (b, second) in zip(positions, positions[1:], strict=False) if first != second]
    return sum(max(0.0, 1 - (gap - 1) / 10) for gap in gaps) / max(len(wanted) - 1, 1) if gaps else 0.0


def _typed(reading: ParsedQuestion, sentence: str) -> float:
    """1 where the sentence holds what is asked for, a half where it does not hold the noun that is counted or stands
    behind "which" or "what", 0 where it holds nothing of the kind."""
    if not _has_kind(reading, sentence):
        return 0.0
    if reading.kind is QuestionKind.NUMBER:
        return 1.0 if _counts(reading.own, sentence) else ASKED_NOUN_ABSENT
    asked = _ASKED_NOUN.search(reading.own)
    noun = (asked["noun"] or asked["attribute"]).lower() if asked else ""
    if (
        asked is None
        or not _is_content(noun)
        or reading.kind is QuestionKind.PERSON
        or concept(noun) in _concepts(sentence)
    ):
        return 1.0
    return ATTRIBUTE_ABSENT if asked["attribute"] else ASKED_NOUN_ABSENT


def _has_kind(reading: ParsedQuestion, sentence: str) -> bool:
    """Whether the sentence holds, beyond the question's own words, what the question's kind asks for."""
    asked = _lower_words(reading.standalone)
    if reading.kind is QuestionKind.TIME:
        return any(m.group().lower() not in reading.own.lower() for m in _TIME.finditer(sentence))
    if reading.kind is QuestionKind.NUMBER:
        return _has_number(reading.own, sentence, asked)
    if reading.kind is QuestionKind.REASON:
        return _CAUSE.search(sentence) is not None
    if reading.kind is QuestionKind.PLACE:
        return _has_place(sentence, asked)
    if _NAMING.search(reading.own):
        return _names_role(reading.own, sentence, asked)
    return reading.kind is not QuestionKind.PERSON or _has_person(sentence, asked)


def _has_place(sentence: str, asked: Set[str]) -> bool:
    if _PLACE_NOUN.search(sentence):
        return True
    places = (words(match["place"]) for match in _PLACE.finditer(sentence))
    return any(word.lower() not in asked for place in places for word in place)


def _has_person(sentence: str, asked: Set[str]) -> bool:
    if any(map(names_actor, words(sentence))):
        return True
    return any(match.group().lower() not in asked for match in _CAPITAL.finditer(sentence))


def _names_role(question: str, sentence: str, asked: Set[str]) -> bool:
    """Whether a new name stands beside the role whose bearer is asked for ("the name of the foreign minister")."""
    asking = _NAMING.search(question)
    rest = re.split(r"\b(?:of|in|for|at|on|who|that)\b|[?,]", question[asking.end() :].strip() if asking else "")[0]
    role = concept(words(rest)[-1]) if words(rest) else ""
    tokens = words(sentence)
    return any(
        other[0].isupper() and other.lower() not in asked and not country_of(other)
        for position, word in enumerate(tokens)
        if concept(word) == role
        for other in tokens[max(0, position - 3) : position + 4]
    )


def _has_number(question: str, sentence: str, asked: Set[str]) -> bool:
    """Whether the sentence holds a number of what is counted or measured."""
    for measured, pattern in _MEASURES:
        if measured.search(question):
            return pattern.search(sentence) is not None
    return any(m.group().lower() not in asked for m in _NUMBER.finditer(sentence))


def _counts(question: str, sentence: str) -> bool:
    """Whether a number stands near the noun that the question counts, where it names one."""
    counted = _COUNTED.search(question)
    if counted is None:
        return True
    heads = {concept(word) for word in words(counted["heads"]) if _is_content(word)}
    tokens = words(sentence)
    positions = [position for position, word in enumerate(tokens) if _NUMBER.match(word)]
    near = {concept(word) for position in positions for word in tokens[max(0, position - 5) : position + 6]}
    return heads <= near
