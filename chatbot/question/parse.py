"""Reads a question: what kind of answer it wants, which names and dates it turns on, and what it means after the
question before. Text and history in, a Reading out; no model and no search is needed for that."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from chatbot.answer import Understood
from chatbot.errors import QuestionError
from index.language.dates import MONTHS, find_dates
from index.language.time_expressions import find_times
from index.language.words import STOPWORDS, words

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
    did not do a thing.
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
    def leaned(self) -> bool:
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
_BEFORE = re.compile(
    r"\bbefore\b|\bpreviously\b|\bformerly\b|\bused to\b|\bearlier\b|\boriginally\b|\buntil (then|now|the)\b"
    r"|\bprior to\b|\bin the past\b|\bback then\b",
    re.IGNORECASE,
)
_AND = re.compile(r"^\s*(and|but|so|also|ok|okay)[\s,]+(?=\S)", re.IGNORECASE)
_ABOUT = re.compile(r"^\s*(?:and\s+)?(?:what|how) about\s+|^\s*(?:and|or)\s+", re.IGNORECASE)
_ASKS = re.compile(
    r"((in|from|to|by|for|on|at|with|since|until) )?"
    r"(who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can|will)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(he|she|him|his|her|hers|they|them|their|theirs|it|its|this|these|those|there|then)\b|\bthat\b(?=\s*[?.!]*$)"
    r"|\bthe (city|town|group|country|two|place|same)\b(?=\s*[?.!]*$)",
    re.IGNORECASE,
)
_EXISTENTIAL = re.compile(r"\b(is|are|was|were|has|have|been|be)\s+there\b|\bthere\s+(is|are|was|were|has|have|been)\b",
                          re.IGNORECASE)
_PERSONAL = re.compile(r"\b(he|she|him)\b", re.IGNORECASE)
_POSSESSIVE = re.compile(r"\b(his|her)\b", re.IGNORECASE)
_BETWEEN_DAYS = re.compile(rf"\b([0-3]?\d) (?:and|to) ([0-3]?\d) ({'|'.join(MONTHS)})\b", re.IGNORECASE)
_PARTICLE = r"(?:al|el|ez|ad|ar|as|at|an|ash|az|bin|ibn|de|der|van|von|of|the|du|da|di)"
_NAME = re.compile(
    rf"[^\W\d_a-z][\w.’'-]*+(?:(?:\s++|-)(?:{_PARTICLE}(?:\s++|-))*+[^\W\d_a-z][\w.’'-]*+)*+|\b{_PARTICLE}-[^\W\d_a-z][\w’'-]*"
)
_CALENDAR = re.compile(
    rf"({'|'.join(MONTHS)}|{'|'.join(month[:3] for month in MONTHS)}|sept|(mon|tues|wednes|thurs|fri|satur|sun)day)\.?"
    r"(\s+\d+)?$", re.IGNORECASE,
)
_ASKING = frozenset(
    """who whom whose what which when where why how is are was were do does did has have had can could will would should
    and but or in on at by since until from to for if the a an please whats
    who's what's according during after before of about there it he she they i""".split()
)

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
_ORDERS = frozenset("tell give list name show describe explain compare summarise summarize".split())


def read(
    question: str, history: Sequence[Understood] = (), *, year: int | None = None, newest: datetime.date | None = None
) -> ParsedQuestion:
    """Read `question` after those before it, oldest first.

    `newest` is the day of the newest article: "yesterday", and a day without a year, are meant from there; where it is
    not known the last day of `year` stands for it. Raises QuestionError for a question that is empty or over 2,000
    characters.
    """
    text = checked(question)
    newest = newest or (datetime.date(year, 12, 31) if year else None)
    own, context = _resolved(_asking_part(text), history[-1] if history else None)
    whole = f"{own} {context}"
    since, until = _window(own, newest)
    if since is None and until is None and context:
        since, until = _window(context, newest)
    kind = _kind(own)
    names = tuple(dict.fromkeys([*find_names(own), *find_names(context)]))
    before = bool(_BEFORE.search(own)) and until is None
    control = bool(_CONTROL.search(whole)) and kind in (QuestionKind.PERSON, QuestionKind.YES_NO, QuestionKind.THING)
    return ParsedQuestion(text, own, context, kind, names, Era.BEFORE if before else Era.NOW, control, since, until)


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
    return rest if any(c.isalnum() for c in rest) else text


def find_names(text: str) -> list[str]:
    """The capitalised names of `text`, in order, without the words that questions open with."""
    names: list[str] = []
    for match in _NAME.finditer(text):
        parts = match.group().strip(".'’-").split()
        while parts and parts[0].lower().strip("'’s") in _ASKING or parts and parts[0].lower() in _ASKING:
            parts.pop(0)
        name = re.sub(r"['’]s$", "", " ".join(parts)).rstrip(".,")
        if len(name) > 1 and name.lower() not in STOPWORDS | _ORDERS and not _CALENDAR.match(name):
            names.append(name)
    return names


def checked(question: str) -> str:
    """The question on one line, with what is printable of it. Raises QuestionError where it is empty or too long."""
    text = " ".join("".join(c if c.isprintable() else " " for c in question).split())
    if not any(c.isalnum() for c in text):
        raise QuestionError("The question is empty. Type one, such as: Who controls Aleppo?")
    if len(text) > LONGEST_QUESTION_CHARACTERS:
        raise QuestionError(
            f"The question has {len(text):,} characters, at most {LONGEST_QUESTION_CHARACTERS:,} are read. Shorten it."
        )
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
    if len(times) == 1 and re.search(r"\b(since|after|from)$", lead):
        return first, None
    return first, last


def _resolved(text: str, previous: Understood | None) -> tuple[str, str]:
    """The question in its own words, and the question before it where it leans on that."""
    if previous is None or not previous.own:
        return text, ""
    asked = previous.own
    short = _ABOUT.sub("", text).strip(" ?.!")
    if _is_fragment(text, short):
        return _substituted(asked, short)
    text = _AND.sub("", text)
    text = text[0].upper() + text[1:]
    # "The mayor of Lindby": she is not Lindby.
    subject = [name for name in find_names(asked) if not re.search(rf"\b(?:of|in|at|from) {re.escape(name)}", asked)]
    if len(subject) == 1 and _PERSONAL.search(text) and re.search(r"\bwho\b", asked, re.IGNORECASE):
        text = _POSSESSIVE.sub(f"{subject[0]}’s", _PERSONAL.sub(subject[0], text))
        return text, ""
    if _leans(text):
        return text, _base(previous)
    return text, ""


def _is_fragment(text: str, short: str) -> bool:
    """Whether only a name, thing or date is given that takes another's place: "And Homs?", "on 5 December?"."""
    opened = _ABOUT.match(text) is not None
    few = len(short.split()) <= 5
    asks = _ASKS.match(short)
    lone = few and not asks and _lone_fragment(short)
    return bool(short) and few and not asks and (opened or lone)


def _lone_fragment(short: str) -> bool:
    names = find_names(short)
    return (len(names) == 1 and names[0] == short) or bool(re.match(r"(on|in|at|before|after|since)\b", short, re.I))


def _substituted(asked: str, short: str) -> tuple[str, str]:
    """The question before with `short` in the place of its like: a date for a date, else a name for its last name;
    where it has no like, what is asked about `short` after that question."""
    body = asked.strip(" ?.!")
    if find_dates(short, default_year=2000) or re.match(r"(before|after|since|until|earlier|now|today)\b", short, re.I):
        for date in reversed(find_dates(body, default_year=2000)):
            start = re.search(r"(\b(on|in|at|by|before|after|since|until)\s+)?$", body[: date.start], re.I)
            body = body[: start.start() if start else date.start] + body[date.end :]
        when = re.sub(r"^(before) (that|then|this)$", r"\1", short, flags=re.I)
        return f"{body.strip()} {when}?", ""
    names = find_names(body)
    topic = re.sub(r"^(in|at|on|for|with|from|of)\s+", "", short, flags=re.I)
    if names and (find_names(topic) or topic.islower()):
        head, _, tail = body.rpartition(names[-1])
        return f"{head}{topic}{tail}?", ""
    return f"What about {short}?", asked


def points_back(text: str) -> bool:
    """Whether a word of a question stands for something that was named before: "it", "the town"."""
    return _PRONOUN.search(_EXISTENTIAL.sub("", text)) is not None


def _leans(text: str) -> bool:
    """Whether a question cannot stand alone: it points back, or names next to nothing."""
    if points_back(text):
        return True
    telling = [word for word in words(text) if word.lower() not in STOPWORDS and word.lower() not in _ASKING]
    return len(telling) <= 2 and not find_names(text)


def _base(previous: Understood) -> str:
    """What a question hands on: itself where it names something, else the question that it needed."""
    return previous.own if find_names(previous.own) or not previous.context else previous.context
