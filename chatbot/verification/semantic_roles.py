"""Compares who did it to whom: whether a sentence says what a statement says, with the sides in each other's place.
Shallow on purpose: what it cannot read it does not hold against the statement."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from chatbot.verification.facts import FactKind, fillers
from index.language.lexicon import ACTORS, country_of, deed, is_irregular
from index.language.words import STOPWORDS
from index.passage import Span

Same = Callable[[str, str], bool]

# What is given up is had by another: each of these is one deed, told from the side of who has it at the end.
_GAINS = ("capture", "buy", "inherit", "receive", "regain", "win", "obtain")
_LOSSES = ("sell", "lose", "cede", "surrender", "give", "hand")
_CHANGES_HANDS = "changes hands"
_NOMINAL = (
    (re.compile(r"\b(?:is|are|was|were|remains?|stays?|came)\b([^.,;]{0,20}?) in the hands of\b"), r"was\1 held by"),
    (re.compile(r"\b(?:under|in) (?:the )?(?:full )?control of\b"), "held by"),
    (re.compile(r"\btook (?:full )?control of\b"), "took"),
    (re.compile(r"\b(?:is|are|was|were|be|been)( still| now)? in control of\b"), "held"),
    (re.compile(r"\b(?:under|in) (?:the )?(\w+) (?:control|hands)\b"), r"held by \1"),
    (re.compile(r"\bfell to\b"), "was captured by"),
)
_BE = re.compile(r"\b(?:is|are|was|were|be|been|being|gets?|got)(?: \w+ly| now| still| also| not| never)*$")
_BY = re.compile(r"^[^.,;:]{0,60}?\bby (?:the )?$")
_ASIDE = r"by|from|in|at|to|on|with|near|between|against|for|than|after|before|into"
_BEFORE_OBJECT, _BEFORE_SUBJECT = (re.compile(rf"\b(?:{words})(?: the)?$") for words in (_ASIDE, f"{_ASIDE}|of"))
_LINK = re.compile(r"^(?:,? and|,)(?: the)? $")
_CLAUSE = re.compile(r"[;:]|\b(?:while|when|but|although|though|because|after|before|that|which|who|as)\b")
_RELATIVE = ("that", "which", "who")
_OBJECT = re.compile(r" (?:the|a|an|its|their|all|most|both|[A-Z])")
_NOUN = re.compile(r"\b(?:the|a|an|its|their|his|her|this|of|no)(?: \w+ly| \w+ed)? $", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True)
class Deed:
    """What is done, by whom, and to or from whom: `agents` have done it or have it now, `others` the contrary."""

    what: str
    agents: tuple[str, ...]
    others: tuple[str, ...]


def reverses(statement: str, sentences: Sequence[str], same: Same) -> bool:
    """Whether what `statement` says is done by one to another is said of the two in each other's place, and in none of
    the `sentences` as it says. `same` tells whether two names are of the same."""
    stated = [deed for sentence in sentences for deed in deeds_of(sentence)]
    return any(
        any(_crosses(claimed, other, same) for other in stated)
        and not any(_agrees(claimed, other, same) for other in stated)
        for claimed in deeds_of(statement)
        if claimed.agents and claimed.others
    )


@lru_cache(maxsize=20_000)
def deeds_of(text: str) -> tuple[Deed, ...]:
    """What `text` says is done by whom to whom."""
    for pattern, plain in _NOMINAL:
        text = pattern.sub(plain, text)
    spans = actors(text)
    deeds = []
    for verb in _WORD.finditer(text):
        inside = any(start <= verb.start() < end for start, end in spans)
        if not inside and _is_verb(verb, text):
            deeds.append(_deed(text, verb, spans))
    return tuple(done for done in deeds if done.agents or done.others)


def _deed(text: str, verb: re.Match[str], spans: Sequence[Span]) -> Deed:
    subjects = _subjects(text, verb, spans)
    end = next((clause.start() for clause in _CLAUSE.finditer(text, verb.end())), len(text))
    after = [span for span in spans if verb.end() <= span[0] < end]
    doers = [span for span in after if _BY.search(text[verb.end() : span[0]])]
    what = deed(verb[0])
    if doers or _BE.search(text[: verb.start()].rstrip()):
        return Deed(_CHANGES_HANDS if what in _deeds(_GAINS) else what, _run(doers, text), subjects)
    return _active(what, text, subjects, after)


def _subjects(text: str, verb: re.Match[str], spans: Sequence[Span]) -> tuple[str, ...]:
    """The names before the verb in its own clause; those before "which" where a relative clause has none."""
    *_, clause = [None, *_CLAUSE.finditer(text, 0, verb.start())]
    before = [span for span in spans if span[1] <= verb.start() and not _is_aside(text, span, _BEFORE_SUBJECT)]
    if clause is None:
        return _run_before(before, text)
    own = [span for span in before if span[0] >= clause.end()]
    return _run_before(own or (before if clause[0] in _RELATIVE else []), text)


def _active(what: str, text: str, subjects: tuple[str, ...], after: Sequence[Span]) -> Deed:
    """What `subjects` do to the names that stand after the verb."""
    objects = _run([span for span in after if not _is_aside(text, span, _BEFORE_OBJECT)], text)
    if what in _deeds(_GAINS):
        return Deed(_CHANGES_HANDS, subjects, tuple(_after(text, after, "from")) or objects)
    if what in _deeds(_LOSSES) and (gainers := tuple(_after(text, after, "to"))):
        return Deed(_CHANGES_HANDS, gainers, subjects)
    return Deed(what, subjects, objects)


@cache
def _deeds(verbs: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(deed, verbs))


def _run(spans: Sequence[Span], text: str) -> tuple[str, ...]:
    """The first of the names, with those that "and" joins to it."""
    run = list(spans[:1])
    for span in spans[1:]:
        if not _LINK.match(text[run[-1][1] : span[0]]):
            break
        run.append(span)
    return tuple(text[slice(*span)] for span in run)


def _run_before(spans: Sequence[Span], text: str) -> tuple[str, ...]:
    """The last of the names, with those that "and" joins to it."""
    run = list(spans[-1:])
    for span in reversed(spans[:-1]):
        if not _LINK.match(text[span[1] : run[0][0]]):
            break
        run.insert(0, span)
    return tuple(text[slice(*span)] for span in run)


def _after(text: str, spans: Sequence[Span], preposition: str) -> list[str]:
    return [text[slice(*span)] for span in spans if re.search(rf"\b{preposition}(?: the)? $", text[: span[0]])]


def _is_aside(text: str, span: Span, prepositions: re.Pattern[str]) -> bool:
    """Whether a name is a part of "by it", "in it" and the like."""
    return prepositions.search(text[: span[0]].rstrip()) is not None


def _is_verb(word: re.Match[str], text: str) -> bool:
    """Whether a word has the form of a verb, and does not follow an article."""
    if not word[0].islower() or word[0] in STOPWORDS or _NOUN.search(text[: word.start()]):
        return False
    tells = word[0].endswith("s") and _OBJECT.match(text, word.end()) is not None
    return tells or word[0].endswith("ed") or is_irregular(word[0])


def actors(text: str) -> list[Span]:
    """Where names stand, and words such as army and union, those side by side as one: "Kurdish-led forces (SDF)"."""
    plain = (word.span() for word in _WORD.finditer(text) if word[0] in ACTORS)
    joined: list[Span] = []
    for start, end in sorted({*fillers(FactKind.NAME, text), *plain}):
        if joined and text[joined[-1][1] : start] in ("", " ", " (") or (joined and start < joined[-1][1]):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return [_widened(text, span) for span in joined]


def _widened(text: str, span: Span) -> Span:
    """A name with what opens the sentence before it ("Southern factions"), or what is of it ("Syrian capital")."""
    start = 0 if re.fullmatch(r"(?!The |A |An |In |On |At |By |And |But )[A-Z]\w{1,60}+ ", text[: span[0]]) else span[0]
    noun = re.match(r" ([a-z]{3,})(?<!ed)(?<!s)\b", text[span[1] :])
    is_of_it = noun and country_of(text[slice(*span)]) and noun[1] not in STOPWORDS and not is_irregular(noun[1])
    return (start, span[1] + (len(noun[0]) if noun and is_of_it else 0))


def _crosses(claimed: Deed, stated: Deed, same: Same) -> bool:
    if claimed.what != stated.what:
        return False
    return _meet(claimed.agents, stated.others, same) and _meet(claimed.others, stated.agents, same)


def _agrees(claimed: Deed, stated: Deed, same: Same) -> bool:
    if claimed.what != stated.what:
        return False
    return _meet(claimed.agents, stated.agents, same) and _meet(claimed.others, stated.others, same)


def _meet(names: Sequence[str], others: Sequence[str], same: Same) -> bool:
    return any(same(name, other) or same(other, name) for name in names for other in others)
