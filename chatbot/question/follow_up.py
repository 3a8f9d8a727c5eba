"""Reads a question that leans on the one before it: "And Homs?", "When was that?", "What about the bridge?"."""

import datetime
import re

from chatbot.answer import Understood
from chatbot.question.names import ASKING, ends_in_common_word, find_names
from index.language.coreference import is_body
from index.language.predicates import is_office
from index.language.time_expressions import find_times
from index.language.words import STOPWORDS, words

_AND = re.compile(r"^\s*(and|but|so|also|ok|okay)[\s,]+(?=\S)", re.IGNORECASE)
_ABOUT = re.compile(r"^\s*(?:and\s+)?(?:what|how) about\s+|^\s*(?:and|or)\s+", re.IGNORECASE)
_ASKS = re.compile(
    r"((in|from|to|by|for|on|at|with|since|until) )?"
    r"(who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can|will)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(he|she|him|his|her|hers|they|them|their|theirs|it|its|these|those|there|then)\b|\bthat\b(?=\s*[?.!]*$)"
    r"|\bthis\b(?! (?:week|month|year|morning|afternoon|evening|weekend|spring|summer|autumn|fall|winter)\b)"
    r"|\bthe (city|town|group|country|two|place|same)\b(?=\s*[?.!]*$)",
    re.IGNORECASE,
)
_EXISTENTIAL = re.compile(r"\b(is|are|was|were|has|have|been|be)\s+there\b|\bthere\s+(is|are|was|were|has|have|been)\b",
                          re.IGNORECASE)
_OWNERS = re.compile(r"\b(?:its|their|his|her)\b", re.IGNORECASE)
# "Will teachers": whose it is stands in the question itself.
_SUBJECT = re.compile(
    r"\b(?:which|the|will|would|did|does|do|can|could|should) (?!(?:the|an?|it|they|s?he)\b)\w", re.IGNORECASE
)
# "Summary of the fares": what it is of stands there.
_OF_TOPIC = re.compile(
    r"(?:an? |the )?(?:timeline|chronology|history|summary|overview|latest|news|updates?) (?:of|on|about|from|for)\b",
    re.IGNORECASE,
)
# What a time is worked out from where only its words matter.
_ANY_DAY = datetime.date(2000, 1, 1)
_PERSONAL = re.compile(r"\b(he|she|him)\b", re.IGNORECASE)
# Behind these stands whom somebody acts for, seldom himself.
_BEFORE_BODY = r"(?:of|in|at|from|for)"
_POSSESSIVE = re.compile(r"\b(his|her)\b", re.IGNORECASE)


def resolved(text: str, previous: Understood | None) -> tuple[str, str]:
    """The question in its own words, and the question before it where it leans on that."""
    if previous is None or not previous.own:
        return text, ""
    asked = previous.own
    short = _ABOUT.sub("", text).strip(" ?.!")
    if _is_fragment(text, short):
        # "Why?" names nothing that could be put in another's place.
        return _substituted(asked if _telling(asked) else _base(previous), short)
    text = _AND.sub("", text)
    text = text[0].upper() + text[1:]
    person = _person_asked_about(asked)
    if person and _PERSONAL.search(text):
        return _of_person(text, person), ""
    if _needs_context(text):
        return text, _base(previous)
    return text, ""


def _person_asked_about(asked: str) -> str:
    """The only name in a question for a person, unless it is that of a body; "" where there is none."""
    # "The mayor of Lindby": she is not Lindby.
    names = [name for name in find_names(asked) if not re.search(rf"\b{_BEFORE_BODY} {re.escape(name)}", asked)]
    if len(names) != 1 or is_body(names[0]) or ends_in_common_word(names[0]):
        return ""
    return names[0] if re.search(r"\bwho\b", asked, re.IGNORECASE) else ""


def _of_person(text: str, name: str) -> str:
    return _POSSESSIVE.sub(f"{name}’s", _PERSONAL.sub(name, text))


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
    if find_times(short, _ANY_DAY) or re.match(r"(before|after|since|until|earlier|now|today)\b", short, re.I):
        for time in reversed(find_times(body, _ANY_DAY)):
            start = re.search(r"(\b(on|in|at|by|before|after|since|until)\s+)?$", body[: time.start], re.I)
            body = body[: start.start() if start else time.start] + body[time.end :]
        when = re.sub(r"^(before) (that|then|this)$", r"\1", short, flags=re.I)
        return f"{body.strip()} {when}?", ""
    names = find_names(body)
    topic = re.sub(r"^(in|at|on|for|with|from|of)\s+", "", short, flags=re.I)
    if names and (find_names(topic) or topic.islower()):
        head, _, tail = body.rpartition(names[-1])
        return f"{head}{topic}{tail}?", ""
    return f"What about {short}?", asked


def points_to_person(text: str) -> bool:
    """Whether a word of a question stands for a person: "she", "his"."""
    return _PERSONAL.search(text) is not None or _POSSESSIVE.search(text) is not None


def points_back(text: str) -> bool:
    """Whether a word of a question stands for something that was named before: "it", "the town"."""
    return _PRONOUN.search(_EXISTENTIAL.sub("", text)) is not None


def may_stand_alone(text: str) -> bool:
    """Whether a question makes sense without the one before, though it may be meant behind it: "Who won the vote?". Of
    "the mayor" only that one says whose."""
    telling = _telling(text)
    if not telling or any(is_office(word.lower()) for word in telling):
        return False
    return not (points_back(_without_own(text)) or _ABOUT.match(text) or _AND.match(text))


def _without_own(text: str) -> str:
    """A question without the words such as "their" that stand for what it names itself: "Will teachers lose their
    jobs?", not "the name of its leader"."""
    for owner in reversed(list(_OWNERS.finditer(text))):
        before = text[: owner.start()]
        if not before.lower().endswith(" of ") and _SUBJECT.search(before):
            text = before + text[owner.end() :]
    return text


def without_times(text: str, newest: datetime.date | None) -> str:
    """A question without the times that it names: "on 10 March", "last week"."""
    for time in reversed(find_times(text, newest)):
        before = re.sub(r"\b(?:on|in|at|by|before|after|since|until|from|of)\s*$", "", text[: time.start], flags=re.I)
        text = f"{before.rstrip()}{text[time.end :]}"
    return text


def _needs_context(text: str) -> bool:
    """Whether a question cannot stand alone: it points back, or names next to nothing but a time."""
    if points_back(text):
        return True
    if find_names(text) or find_times(text, datetime.date.today()) or _OF_TOPIC.match(text):
        return False
    return len(_telling(text)) <= 2


def _telling(text: str) -> list[str]:
    return [word for word in words(text) if word.lower() not in STOPWORDS and word.lower() not in ASKING]


def _base(previous: Understood) -> str:
    """What a question hands on: itself where it names something, else the question that it needed."""
    return previous.own if find_names(previous.own) or not previous.context else previous.context
