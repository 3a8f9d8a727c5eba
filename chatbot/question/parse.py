"""Reads a question: what kind of answer it wants, which names and dates it is about, and what it means after the
question before it. Needs neither a model nor a search."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from chatbot.answer import Understood
from chatbot.errors import QuestionError
from chatbot.question.follow_up import resolved, without_times
from chatbot.question.names import find_names
from index.language.months import MONTHS
from index.language.predicates import is_office
from index.language.time_expressions import find_times
from index.language.words import last_word
from index.message import Message

LONGEST_QUESTION_CHARACTERS = 2_000


class QuestionKind(Enum):
    """What a question asks for."""

    PERSON = "who"
    TIME = "when"
    PLACE = "where"
    NUMBER = "how many"
    REASON = "why"
    MANNER = "how"
    THING = "what"
    YES_NO = "whether"


class Era(Enum):
    """The time that a question is about: the present, which is also meant where none is named, or what was before."""

    NOW = "now"
    BEFORE = "before"


@dataclass(frozen=True)
class ParsedQuestion:
    """A question as it is understood. `context` is the question before, where this one needs it, else empty.

    `since` and `until` are the days that a date in the question names, `era` is BEFORE for "before the offensive".
    `office` is the office that is asked about, such as "mayor", and `topics` what is held where it has no name, such
    as "council". `asks_loser` is whether it asks who lost or left a thing. `speakers` are those of whom it asks what
    they said, `any_statement` is whether it does not say about what, but for names. `negated` is whether it asks who
    did not do a thing, `asks_denial` whether it asks who denies what, `asks_who_is` who somebody is. `story` holds the
    ids of the articles that the answer before cites, where the question names nothing: it is likely about the same.
    """

    question: str
    own: str
    context: str
    kind: QuestionKind
    names: tuple[str, ...]
    era: Era
    control: bool
    since: datetime.date | None = None
    until: datetime.date | None = None
    office: str = ""
    topics: tuple[str, ...] = ()
    asks_loser: bool = False
    speakers: tuple[str, ...] = ()
    any_statement: bool = False
    negated: bool = False
    asks_denial: bool = False
    asks_who_is: bool = False
    story: tuple[str, ...] = ()

    @property
    def subjects(self) -> tuple[str, ...]:
        """What is held, where the question asks who holds a thing: its names, else what else it calls it."""
        return self.names or self.topics

    @property
    def understood(self) -> Understood:
        """What the next question is read after."""
        return Understood(self.own, self.context)

    @property
    def asks_holder(self) -> bool:
        """Whether it asks who holds a thing that it names, or an office."""
        return self.control and bool(self.subjects or self.office)

    @property
    def standalone(self) -> str:
        """The question as one that needs no other before it."""
        return self.understood.standalone

    @property
    def needs_context(self) -> bool:
        """Whether the question before was needed: a question that only lost its "And" stands alone."""
        return bool(self.context) or not self.question.lower().endswith(self.own.lower())


_KINDS = [
    (
        QuestionKind.NUMBER,
        r"\bhow (many|much|long|old|far|often|big|large|tall|fast|deep|high)\b|"
        r"\b(what|which) (number|percentage|share|age)\b|"
        r"\bwhat (is|was|were) the (number|percentage|share|age|death toll|price|cost)\b",
    ),
    (QuestionKind.TIME, r"\bwhen\b|\b(what|which) (year|date|day|month|time|century)\b|\bsince when\b"),
    (
        QuestionKind.PLACE,
        r"\bwhere\b|\b(in|from|to) (what|which) (city|country|province|place|town|region|area)\b"
        r"|\b(what|which) (cities|towns|places)\b",
    ),
    (
        QuestionKind.PERSON,
        r"\b(who|whom|whose)\b|\b(which|what) (group|person|army|party|force|side|faction|countr\w+|company|"
        r"people|forces|groups)\b",
    ),
    (QuestionKind.REASON, r"\bwhy\b|\bhow come\b|\bwhat (caused|is the reason|was the reason|prompted|led to)\b"),
    (QuestionKind.MANNER, r"\bhow\b"),
    (QuestionKind.THING, r"\b(what|which)\b"),
]
_CONTROL = re.compile(
    r"\b((control(s|led|ling)?|in charge|(in|into|whose) (the )?hands?|hold(s|ing)?|held|rule[sd]?|run(s|ning)?|"
    r"govern(s|ed)?)\b|"
    r"has .{3,40} (fallen|changed hands)|did .{3,40} (fall|change hands)|who (has|had|owns|"
    r"occupies|is in|was in)\b|who'?s in)",
    re.IGNORECASE,
)
_OF_HOLDERS = (QuestionKind.PERSON, QuestionKind.YES_NO, QuestionKind.THING)
_BEFORE = re.compile(
    r"\bbefore\b|\bpreviously\b|\bformerly\b|\bused to\b|\bearlier\b|\boriginally\b|\buntil (then|now|the)\b"
    r"|\bprior to\b|\bin the past\b|\bback then\b",
    re.IGNORECASE,
)
_BETWEEN_DAYS = re.compile(rf"\b([0-3]?\d) (?:and|to) ([0-3]?\d) ({'|'.join(MONTHS)})\b", re.IGNORECASE)

_MONTH = re.compile(rf"\b(?:{'|'.join(MONTHS)}|{'|'.join(month[:3] for month in MONTHS)}|sept)\b", re.IGNORECASE)
HALF_A_YEAR_DAYS = 183

_SENTENCE_END = re.compile(r"(?<=[?!])\s+")
_COURTESY = re.compile(
    r"(?:(?:dear|hi|hello|hey|good (?:morning|afternoon|evening|day)|greetings)\b[^,!?.:]{0,30}[,!.:]"
    r"|(?:many thanks|thanks|thank you|thx|cheers|please|sorry|excuse me|ok|okay|yes|no)\b"
    r"(?: (?:a lot|so much|very much))?\s*[,!.:]"
    r"|(?:kind|best|warm) regards\b[^?]*+|sincerely\b[^?]*+|yours\b[^?]*+)\s*",
    re.IGNORECASE,
)
# "I'd like to know when", "Could you tell me who": what is asked follows.
_FRAME = re.compile(
    r"(?:i(?:['’]d| would| do)? (?:really )?(?:like|love|want|need|wish) "
    r"to (?:know|hear|learn|see|find out|understand|ask)"
    r"|(?:(?:can|could|would|will) (?:you|anyone|anybody|someone|somebody) )?(?:please )?"
    r"(?:tell|show|remind|explain to) (?:me|us)|(?:please )?let (?:me|us) know"
    r"|i(?:['’]m| am| was)? (?:wonder(?:ing)?|curious|asking)|do (?:you|we) (?:happen to )?know|any idea)"
    r"(?: please| about)?(?:\s*+[,:])?\s++(?=(?:who|whom|whose|what|which|when|where|why|how)\b)",
    re.IGNORECASE,
)
# "List the rules" asks what they are; what articles are asked for is another thing.
_LIST = re.compile(
    r"^(?:list|enumerate|name) (?:all )?(?:of )?(?=the )(?!the (?:\w+ )?(?:articles?|news|headlines?|reports?)\b)",
    re.IGNORECASE,
)
# "What is the name of the company's chief executive?" asks who that is.
_NAME_OF = re.compile(
    r"what(?: (?P<is>is|was)|['’]s) the name of "
    r"(?P<whose>(?P<office>.{1,80}?)(?: (?:of|at|for|in|on)\b.{0,300})?)[ ?.!]*$",
    re.IGNORECASE,
)


def read(
    question: str, history: Sequence[Understood] = (), *, newest: datetime.date | None = None,
    about: datetime.date | None = None,
) -> ParsedQuestion:  # fmt: skip
    """Read `question` after those before it, oldest first.

    `newest` is the day of the newest article: "yesterday", and a day without a year, are meant from there. `about` is
    the day that the answer before tells of: a month without a year in what leans on that is the nearest one. Raises
    QuestionError for a question that is empty or over 2,000 characters.
    """
    text = checked(question)
    asking = _asking_part(text)
    own, context = resolved(asking, history[-1] if history else None)
    since, until = _window_near(own, newest, about if context or own != asking else None)
    if context and since is until is None:
        since, until, context = _time_before(own, context, newest)
    kind = _kind(own)
    names = tuple(dict.fromkeys(find_names(own) + find_names(context)))
    before = bool(_BEFORE.search(own)) and until is None
    control = kind in _OF_HOLDERS and bool(_CONTROL.search(f"{own} {context}"))
    return ParsedQuestion(text, own, context, kind, names, Era.BEFORE if before else Era.NOW, control, since, until)


def _time_before(
    own: str, context: str, newest: datetime.date | None
) -> tuple[datetime.date | None, datetime.date | None, str]:
    """The days that a question without a time is asked of after the question before, `context`, and that question: only
    who holds a thing is still asked of the time that it names, of all else it loses that."""
    if _CONTROL.search(own):
        return *_window(context, newest), context
    return None, None, without_times(context, newest)


def _asks(part: str) -> bool:
    return part.rstrip().endswith("?")


def _asking_part(text: str) -> str:
    """The question without the greeting, the thanks and the signature around it."""
    sentences = [part for part in _SENTENCE_END.split(text) if any(c.isalnum() for c in part)]
    if any(map(_asks, sentences)) and not all(map(_asks, sentences)):
        # What is told around a question may be what it asks about; courtesies are not.
        sentences = [part for part in sentences if _asks(part) or not _COURTESY.match(part.strip())]
        while not _asks(sentences[-1]):
            sentences.pop()
    return _unframed(" ".join(part.strip() for part in sentences) or text)


def _unframed(text: str) -> str:
    """The question without the courtesy and the frame that it opens with."""
    opened = _COURTESY.match(text)
    rest = text[opened.end() :].lstrip(" ,!.:-") if opened else text
    rest = _FRAME.sub("", rest, count=1) if _FRAME.match(rest) else rest
    rest = _LIST.sub("What are ", rest, count=1)
    if (named := _NAME_OF.match(rest)) and is_office(last_word(named["office"])):
        rest = f"Who {named['is'] or 'is'} {rest[named.start('whose') :]}"
    return rest if any(c.isalnum() for c in rest) else text


def checked(question: str) -> str:
    """The question on one line, with what is printable of it. Raises QuestionError where it is empty or too long."""
    text = " ".join("".join(c if c.isprintable() else " " for c in question).split())
    if not any(c.isalnum() for c in text):
        raise QuestionError(Message("The question is empty. Type one, such as: Who controls Aleppo?"))
    if len(text) > LONGEST_QUESTION_CHARACTERS:
        raise QuestionError(Message(
            "The question has %(count)s characters, at most %(most)s are read. Shorten it.",
            count=len(text), most=LONGEST_QUESTION_CHARACTERS,
        ))
    # Typed with the capitals locked, no word tells itself from a name; in lower case the articles tell.
    return text.lower() if text.isupper() and " " in text else text


def _kind(question: str) -> QuestionKind:
    """The kind whose words come first, so that "Who backed it when it won?" asks for a person."""
    first, best = len(question), QuestionKind.YES_NO
    for kind, pattern in _KINDS:
        match = re.search(pattern, question, re.IGNORECASE)
        if match and match.start() < first:
            first, best = match.start(), kind
    return best


def _window_near(
    text: str, newest: datetime.date | None, about: datetime.date | None
) -> tuple[datetime.date | None, datetime.date | None]:
    """The days that the times of `text` span: a month without a year is the one nearest to `about`, if given."""
    if about is None or newest is None or not _MONTH.search(text):
        return _window(text, newest)
    half = datetime.timedelta(days=HALF_A_YEAR_DAYS)
    windows = [_window(text, day) for day in (newest, about, min(newest, about + half))]
    return min(windows, key=lambda window: abs(((window[0] or window[1] or newest) - about).days))


def _window(text: str, newest: datetime.date | None) -> tuple[datetime.date | None, datetime.date | None]:
    """The days that the times of `text` span; "before DATE" and "since DATE" leave one side open.

    What is relative, and what has no year, is worked out from `newest`, the day of the newest article.
    """
    times = find_times(_BETWEEN_DAYS.sub(r"\1 \3 and \2 \3", text), newest)
    if not times:
        return None, None
    text = _BETWEEN_DAYS.sub(r"\1 \3 and \2 \3", text)
    first, last = min(time.first for time in times), max(time.last for time in times)
    lead = text[: times[0].start].rstrip().lower()
    if re.search(r"\b(before|until|till|prior to|up to|as of|by)$", lead):
        strict = re.search(r"\b(before|prior to)$", lead) is not None
        return None, first - datetime.timedelta(days=1) if strict else last
    # "From last week" is of its days.
    opens = r"\b(since|after|from)$" if first == last else r"\b(since|after)$"
    if len(times) == 1 and re.search(opens, lead):
        return first, None
    return first, last
