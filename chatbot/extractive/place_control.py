"""Who holds which place: tells sentences that say who holds a place now from those about the past or about plans."""

import re
from enum import Enum

from index.language.lexicon import concept, names_holder
from index.language.words import words

REACH_CHARACTERS = 90

_HOLDS = (
    r"holds?\b|controls?\b|"
    r"(is|are|remains?|stays?) (now |still |firmly )?(held|controlled|run|ruled|governed|in the hands|under)|"
    r"in the hands of|in [\w-]+( [\w-]+)? hands\b|under (the )?(full |total )?(\w+ )?control of|"
    r"under (their|its|his) control|in control of|"
    r"has (controlled|held|ruled)|have (controlled|held|ruled)|(is|are) disputed|disputed|goes on in|fighting goes on|"
    r"neither (side )?(holds|controls)|rules?\b|is the government.s"
)
_CHANGES = (
    r"(has |have |had |also )*(took|taken|takes?|captur(ed|es?|ing)|seiz(ed|es?|ing)|enter(ed|s|ing)?|overr[au]n|"
    r"conquer(ed)?|"
    r"storm(ed|s)?|liberat(ed|es)|recaptur(ed|es)|retak(es|en)|retook|occup(ied|ies)|fell|falls|fallen|swept into|"
    r"moved into)\b|takeover|seizure|capture of|fall of|push into"
)
_LEAVES = r"\b(los(t|es)|withdr(ew|awn|aws)|left|leaves|abandon(ed|s)|ced(ed|es)|surrender(ed|s)|redeploy(ed|s))\b"
_PAST = (
    r"had (been|held|controlled|remained|managed)|until (then|now|this|the)|\b(in|since) (19|20)\d\d|"
    r"years? (ago|earlier)|"
    r"before (the|that|this)|previously|formerly|(once|long) (held|controlled)|drove out|regain(ed|s|ing)?|"
    r"months? (ago|earlier)|used to"
)
_PLAN = r"\b(would|will|could|may|might|plans? to|vow(s|ed)? to|intends? to|prepar\w+ (for|to)|calls? (on|for)|if)\b"
_BESIDE = (
    r"(\b(north|south|east|west|[a-z]+-(east|west)) of|near|outside|between|towards?|(way|road|motorway) to|"
    r"(?<!withdrew )(?<!withdrawn )(?<!withdraws )from)( the)?\s+$"
)
_DENIED = r"(\b(not(?! only)|never|no longer)|n['’]t)\b[^.,;:]{0,20}$"
_NO_LONGER = r"\bno longer (hold|control|rule|govern|in control|in charge|in the hands|in \w+ hands)"
_HOLDS_RE, _CHANGES_RE, _LEAVES_RE, _PAST_RE, _PLAN_RE, _BESIDE_RE, _DENIED_RE = (
    re.compile(pattern, re.IGNORECASE)
    for pattern in (_HOLDS, _CHANGES, f"{_LEAVES}|{_NO_LONGER}", _PAST, _PLAN, _BESIDE, _DENIED)
)


_FROM_WHOM = re.compile(
    r"\bfrom (the )?([\w-]+ ){0,2}?\w+(?=[.,;]|$| (on|in|at|by|after|and|when)\b)", re.IGNORECASE
)


class Tense(Enum):
    """When a sentence says that a place is or was held."""

    HELD = "says who holds it"
    CHANGED = "says that it changed hands"
    LEFT = "says who left it"
    PAST = "says who held it before"
    NONE = "says nothing of it"


def tense_of(sentence: str, place: str, *, recent_years: frozenset[int] = frozenset()) -> Tense:
    """What `sentence` says of the control over `place`, which it must name near the verb.

    A year in `recent_years`, the article's own, is not the past.
    """
    best = Tense.NONE
    for at in _mentions(sentence, place):
        if _BESIDE_RE.search(sentence[:at]):
            continue
        around = sentence[max(0, at - REACH_CHARACTERS) : at + len(place) + REACH_CHARACTERS]
        found = _tense_around(around, recent_years)
        if found in (Tense.HELD, Tense.CHANGED):
            return found
        best = found if best is Tense.NONE else best
    return best


def actors_of(sentence: str) -> frozenset[str]:
    """The concepts of the words of `sentence` that may name who holds a place: armies, governments, initials; not of
    those from whom it was taken."""
    kept = _FROM_WHOM.sub("", sentence)
    return frozenset(concept(word) for word in words(kept) if names_holder(word))


def _tense_around(text: str, recent_years: frozenset[int]) -> Tense:
    past = [m for m in _PAST_RE.finditer(text) if not _is_recent(m.group(), recent_years)]
    if past and not re.search(r"\bis (now |still )?(held|controlled|in the hands)", text):
        holds = _HOLDS_RE.search(text) or _CHANGES_RE.search(text) or re.search(r"\bcontrol\b|\bheld\b", text)
        entered = re.search(r"had (now |also )?(enter|captur|seiz|tak)", text)
        if holds and not entered:
            return Tense.PAST
    if _PLAN_RE.search(text):
        return Tense.NONE
    if _says(_HOLDS_RE, text):
        return Tense.HELD
    if _says(_CHANGES_RE, text):
        return Tense.CHANGED
    return Tense.LEFT if _LEAVES_RE.search(text) else Tense.NONE


def _says(pattern: re.Pattern[str], text: str) -> bool:
    """Whether the text says so somewhere without denying it."""
    return any(not _DENIED_RE.search(text[: match.start()]) for match in pattern.finditer(text))


def _is_recent(text: str, recent_years: frozenset[int]) -> bool:
    year = re.search(r"(19|20)\d\d", text)
    return year is not None and int(year.group()) in recent_years


def _mentions(sentence: str, place: str) -> list[int]:
    pattern = r"\W+".join(re.escape(word) for word in words(place))
    return [m.start() for m in re.finditer(rf"\b{pattern}\b", sentence, re.IGNORECASE)] if pattern else []
