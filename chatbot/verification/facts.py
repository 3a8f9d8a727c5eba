"""The facts of a statement that can be looked up word for word in the text that is to support it: its names, numbers,
dates and quotations. What a statement means is weighed elsewhere."""

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import pairwise

from chatbot.question.names import find_names
from index.characters import plain_letters
from index.language.dates import StatedDate, find_dates
from index.language.lexicon import concept, country_of, names_actor, seat_of_government
from index.language.months import MONTHS, WEEKDAYS, month_number
from index.language.numbers import is_same_number, is_worded, numbers_of, stated_numbers
from index.language.predicates import nation_of
from index.language.quotations import PUNCTUATION, quotations, quotes
from index.language.time_expressions import TimeExpression
from index.language.tokens import is_common_word, is_more_common_with_capital
from index.language.words import STOPWORDS, words
from index.message import Message

Aliases = Mapping[str, frozenset[str]]


class FactKind(StrEnum):
    """What a fact is, as a reader is told."""

    NAME = "name"
    NUMBER = "number"
    DATE = "date"
    QUOTATION = "quotation"


@dataclass(frozen=True)
class Fact:
    """A fact as the statement words it."""

    kind: FactKind
    text: str

    @property
    def message(self) -> Message:
        """The fact as a reader is told that it is nowhere: the number 12."""
        return Message(_FACT_TEMPLATES[self.kind], text=self.text)


_FACT_TEMPLATES = {
    FactKind.NAME: "the name %(text)s",
    FactKind.NUMBER: "the number %(text)s",
    FactKind.DATE: "the date %(text)s",
    FactKind.QUOTATION: "the quotation %(text)s",
}


_DAYS = re.compile(rf"\b([0-3]?\d)( and | to | or |-|–)([0-3]?\d) ({'|'.join(MONTHS)})\b", re.IGNORECASE)
_DAYS_AFTER = re.compile(rf"\b({'|'.join(MONTHS)}) ([0-3]?\d)( and | to | or |-|–)([0-3]?\d)\b", re.IGNORECASE)
_MONTH = re.compile(
    r"\b(?i:in|since|until|by|of|during|from|before|after|through|early|late|mid|last|this)[\s-]+(?i:the )?"
    rf"({'|'.join(month.title() for month in MONTHS)})\b"
)
_WEEKDAY = re.compile(rf"\b({'|'.join(WEEKDAYS)})\b", re.IGNORECASE)
_TITLES = frozenset(
    "mr mrs ms dr sir president prime minister chancellor general colonel king prince queen pope professor".split()
)
_OPENS_SENTENCES = frozenset("furthermore moreover nevertheless nonetheless none nobody".split())
_LEAST_JOINED_LETTERS = 8
_LEAST_INITIALS = 3
_LONGEST_MONTH = 31


@dataclass(frozen=True)
class Ground:
    """What may support a statement: `text`, of an article that is labelled with its title, source and author
    (`label`) and its publication day. `meant` is what its pronouns stand for, `times` are those of its sentences."""

    text: str
    label: str = ""
    day: datetime.date | None = None
    aliases: Aliases = field(default_factory=dict)
    meant: str = ""
    times: tuple[TimeExpression, ...] = ()

    def holds(self, fact: Fact) -> bool:
        """Whether the fact stands here: names by their words, numbers and dates by their value, quotations verbatim."""
        if fact.kind is FactKind.QUOTATION:
            return quotes(self.text, fact.text) or quotes(self.label, fact.text)
        if fact.kind is FactKind.NUMBER:
            return self._holds_number(fact.text)
        return self._holds_date(fact.text) if fact.kind is FactKind.DATE else self._holds_name(fact.text)

    def _holds_number(self, text: str) -> bool:
        [value] = numbers_of(text)
        if any(is_same_number(text, number) for number in self.numbers):
            return True
        return is_worded(value, self.text)

    def _holds_date(self, text: str) -> bool:
        if falls_on := _named_days(text):
            return self._says(text) or any(map(falls_on, self.days | self._months(text)))
        asked = self._read_date(text)
        if not asked:
            return self._says(text)
        return any(_is_within(time, date) for date in asked for time in self.times) or self._holds_days(asked)

    def _months(self, text: str) -> frozenset[datetime.date]:
        """Days of the months that are meant ("last month"), where `text` is the name of one."""
        if text.lower() not in MONTHS:
            return frozenset()
        short = (time for time in self.times if (time.last - time.first).days <= _LONGEST_MONTH)
        return frozenset(day for time in short for day in (time.first, time.last))

    def _holds_days(self, asked: Sequence[StatedDate]) -> bool:
        return any(date.first <= day <= date.last for date in asked for day in self.days) or any(
            date.first <= held.first and held.last <= date.last for date in asked for held in self.dates
        )

    def _says(self, text: str) -> bool:
        return re.search(rf"\b{re.escape(text)}\b", self.text, re.IGNORECASE) is not None

    def names(self, fact: Fact) -> bool:
        """Whether the fact stands in the label."""
        return replace(self, text=self.label, meant="", times=()).holds(fact)

    def is_of(self, fact: Fact) -> bool:
        """Whether the fact is a date that the publication day falls in."""
        if self.day is None or fact.kind is not FactKind.DATE:
            return False
        if falls_on := _named_days(fact.text):
            return falls_on(self.day)
        return any(date.first <= self.day <= date.last for date in self._read_date(fact.text))

    def _read_date(self, text: str) -> list[StatedDate]:
        return find_dates(text, default_year=self.day.year if self.day else None)

    def _holds_name(self, text: str) -> bool:
        parts = _telling_words(text)
        if all(map(self._holds_word, parts)):
            return True
        if len(parts) >= _LEAST_INITIALS and "".join(part[0] for part in parts).lower() in self.forms:
            return True
        # "Deir Ezzor" is Deir ez-Zor.
        joined = _joined(text)
        return len(joined) >= _LEAST_JOINED_LETTERS and joined in _joined(f"{self.text} {self.label}")

    def _holds_word(self, word: str) -> bool:
        if not self.forms.isdisjoint(_wanted(word, self.aliases)):
            return True
        return word.isupper() and 2 <= len(word) <= 6 and word.lower() in self.initials

    @cached_property
    def numbers(self) -> frozenset[float]:
        """The values of all numbers, those in dates included."""
        return frozenset(numbers_of(f"{self.text}\n{self.label}"))

    @cached_property
    def dates(self) -> list[StatedDate]:
        """The dates in the text."""
        return self._read_date(written_out(f"{self.text}\n{self.label}"))

    @cached_property
    def days(self) -> frozenset[datetime.date]:
        """The days that the text names, its weekdays being those up to the publication day."""
        named = {date.first for date in self.dates if date.is_day}
        if self.day is None:
            return frozenset(named)
        for match in _WEEKDAY.finditer(self.text):
            back = (self.day.weekday() - WEEKDAYS.index(match[0].lower())) % 7
            named.add(self.day - datetime.timedelta(days=back))
        if re.search(r"\byesterday\b", self.text, re.IGNORECASE):
            named.add(self.day - datetime.timedelta(days=1))
        return frozenset(named)

    @cached_property
    def forms(self) -> frozenset[str]:
        """All that the words, those of the label included, may be recognised by."""
        listed = words(f"{self.text} {self.label} {self.meant}")
        # Countries of two words; those of one are among the forms of a word.
        pairs = (f"{first} {second}" for first, second in pairwise(listed) if first[0].isupper())
        nations = {f"nation {nation}" for pair in pairs if (nation := nation_of(pair))}
        return frozenset[str](nations).union(*map(_forms, listed))

    @cached_property
    def initials(self) -> frozenset[str]:
        """The initials of names of several words, such as nhra for National Hot Rod Association."""
        initials = set()
        for name in find_names(f"{self.label}\n{self.text}"):
            capitals = [part[0].lower() for part in re.split(r"[\s-]+", name) if part[:1].isupper()]
            initials |= {"".join(capitals[a:b]) for a in range(len(capitals)) for b in range(a + 2, len(capitals) + 1)}
        return frozenset(initials)


def facts_of(statement: str) -> list[Fact]:
    """The facts of `statement` that must stand, as they are, in what supports it."""
    facts = [Fact(FactKind.QUOTATION, quoted) for quoted in quotations(statement)]
    rest = written_out(statement)
    # A day and month is a date whatever the year; the statement's dates are read again against each article's year.
    for date in reversed(find_dates(rest, default_year=2024)):
        facts.append(Fact(FactKind.DATE, rest[date.start : date.end].rstrip(".")))
        rest = f"{rest[: date.start]} , {rest[date.end :]}"
    facts += [Fact(FactKind.DATE, weekday[0]) for weekday in _WEEKDAY.finditer(rest)]
    facts += [Fact(FactKind.DATE, month[1]) for month in _MONTH.finditer(rest)]
    facts += [Fact(FactKind.NUMBER, text) for text in stated_numbers(rest)]
    facts += [Fact(FactKind.NAME, name) for name in _names(rest)]
    return list(dict.fromkeys(facts))


def written_out(text: str) -> str:
    """`text` with "6 and 7 December" and "December 6-7" as two dates each."""
    text = _DAYS.sub(lambda days: f"{days[1]} {days[4]}{days[2]}{days[3]} {days[4]}", text)
    return _DAYS_AFTER.sub(lambda days: f"{days[1]} {days[2]}{days[3]}{days[1]} {days[4]}", text)


def _named_days(text: str) -> Callable[[datetime.date], bool] | None:
    """Whether a day is on the weekday, or in the month, that `text` names, as a test; None where it names neither."""
    if weekday := _WEEKDAY.fullmatch(text):
        number = WEEKDAYS.index(weekday[0].lower())
        return lambda day: day.weekday() == number
    if text.lower() in MONTHS:
        return lambda day: day.month == month_number(text)
    return None


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """`word` without case, accents and a possessive ending."""
    plain = unicodedata.normalize("NFKD", plain_letters(word.translate(PUNCTUATION)).casefold())
    return re.sub(r"'s?$", "", "".join(c for c in plain if not unicodedata.combining(c)))


def _names(text: str) -> list[str]:
    names = []
    for written in find_names(text):
        name = _without_opening(written, text)
        # A capital at the head of a sentence makes no name of a common word.
        if text.lstrip("\"“‘'( ").startswith(name) and " " not in name and not _is_name(name):
            continue
        if _telling_words(name):
            names.append(name)
    names += ["US"] if re.search(r"\bUS\b", text) and "US" not in names else []
    return names


def _without_opening(name: str, text: str) -> str:
    """A name without what opens its sentence: "Mostly the Glazer family", "Two English sailors"."""
    if not text.lstrip("\"“‘'( ").startswith(name):
        return name
    first, _, rest = name.rpartition(" the ")[2].partition(" ")
    return rest if rest and numbers_of(first) else f"{first} {rest}".rstrip()


def _is_within(time: TimeExpression, date: StatedDate) -> bool:
    return date.first <= time.first and time.last <= date.last


def _is_name(word: str) -> bool:
    """Whether a word with a capital is a name wherever it stands."""
    if word.isupper() or country_of(word):
        return True
    if not is_common_word(word):
        return not names_actor(word)
    return is_more_common_with_capital(word) and word.lower() not in _OPENS_SENTENCES


def _telling_words(name: str) -> list[str]:
    """The words by which a name is known: of "Turkish-backed President Bashar al-Assad" Turkish, Bashar and Assad."""
    parts = [re.sub(r"['’]s$", "", part).strip(".,'’") for part in re.split(r"[\s/-]+", name)]
    silent = (STOPWORDS | _TITLES) - {"us"} if "US" in parts else STOPWORDS | _TITLES
    return [part for part in parts if len(part) > 1 and not part.islower() and part.lower() not in silent]


def _wanted(word: str, aliases: Aliases) -> frozenset[str]:
    """By what `word` is known: itself, what it stands for ("Israelis" for Israel), and its other names."""
    stood_for = country_of(word.removesuffix("s")) or concept(word)
    return frozenset({fold(word), stood_for}) | _nation(word) | aliases.get(stood_for, frozenset())


@lru_cache(maxsize=50_000)
def _forms(word: str) -> frozenset[str]:
    """All that a word may be recognised by: itself and its parts, as they are compared and as what they stand for."""
    parts = [part for part in [word, *re.split(r"[-'’]", word)] if part]
    nations = frozenset[str]().union(*map(_nation, parts))
    return frozenset(map(fold, parts)) | frozenset(map(concept, parts)) | nations


def _nation(word: str) -> frozenset[str]:
    """The country whose government or people a name stands for: the Kremlin, Moscow and Russians are all Russia."""
    if not word[:1].isupper():
        return frozenset()
    nation = nation_of(word) or nation_of(word.removesuffix("s")) or seat_of_government(word)
    return frozenset({f"nation {nation}"} if nation else ())


def _joined(text: str) -> str:
    """The letters of `text` alone."""
    return "".join(c for c in fold(text) if c.isalnum())
