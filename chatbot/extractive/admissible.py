"""Tells which of the ranked sentences may answer a question at all, and which do whatever their score."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from chatbot.extractive.lexical_features import holds_quoted, quoted_in
from chatbot.extractive.ranker import Ranked
from chatbot.extractive.weights import threshold
from chatbot.question.parse import ParsedQuestion
from index.claims.office_names import DEPARTMENTS
from index.claims.table_rows import row_of
from index.language.lexicon import concept
from index.language.words import last_word, telling_stems, words

_TITLES = frozenset("mr mrs ms dr sir dame lord lady professor".split())
_AGE = re.compile(r"\bhow old\b|\bwhat age\b", re.IGNORECASE)
# What stands before the name of an office and tells its rank: many say it in another way, "premier", "CEO".
_RANKS = frozenset("prime first chief general executive managing vice deputy acting head".split())


def allowed(reading: ParsedQuestion, ranked: Sequence[Ranked]) -> list[Ranked]:
    """The sentences that may answer: of the days asked about, of what somebody lost, told by whom that is asked,
    denied where it is asked who denies, with the words that the question quotes."""
    tests: list[Callable[[Ranked], bool]] = [_is_of_days] * (reading.since is not None or reading.until is not None)
    # Who won is no answer to who did not.
    tests += [_is_so] * reading.negated
    tests += [_denies] * reading.asks_denial
    tests += [partial(_tells_of, reading.topics)] * reading.asks_loser
    tests += [may_tell_holder] * reading.asks_holder
    # "Since when?" is asked of what the question before names.
    tests += [_names_all] * bool(reading.context and reading.names and not telling_stems(reading.own))
    may = _of_own_row(reading, [sentence for sentence in ranked if all(test(sentence) for test in tests)])
    may = quoted(reading, may) or _near_quoted(reading, may)
    if reading.speakers:
        may = _spoken(may, named=reading.speakers[0].lower() not in ("he", "she"))
    return may


def may_tell_holder(sentence: Ranked) -> bool:
    """Whether a sentence may tell who holds a thing: it claims so, or was not read as quite another answer."""
    read = [sentence.features[name] for name in ("reader", "reader_context") if name in sentence.features]
    return sentence.claim is not None or not read or max(read) >= threshold("unclaimed")


def _is_of_days(sentence: Ranked) -> bool:
    return sentence.features.get("allowed") != 0.0


def _names_all(sentence: Ranked) -> bool:
    return sentence.features.get("named") == 1.0


def _is_so(sentence: Ranked) -> bool:
    return not sentence.features.get("denied")


def _of_own_row(reading: ParsedQuestion, ranked: Sequence[Ranked]) -> list[Ranked]:
    """Without the rows of tables that hold less of what the question names than another: they tell of other things."""
    rows = [sentence for sentence in ranked if row_of(sentence.candidate.text)]
    if not rows or not reading.names:
        return list(ranked)
    most = max(sentence.features.get("named", 0.0) for sentence in rows)
    return [sentence for sentence in ranked if sentence not in rows or sentence.features.get("named", 0.0) == most]


def _tells_of(topics: Sequence[str], sentence: Ranked) -> bool:
    """Whether a sentence, the one before it or its title names one of `topics`, as far as there are any: who lost a
    match has lost no election."""
    candidate = sentence.candidate
    near = {concept(word) for word in words(f"{candidate.article.title} {candidate.before} {candidate.text}")}
    return not topics or any(concept(word) in near for topic in topics for word in words(topic))


def of_department(reading: ParsedQuestion, ranked: Sequence[Ranked]) -> list[Ranked]:
    """The sentences that name the department of the office that is asked about, all where it is of none."""
    departments = _departments(reading.office)
    return [sentence for sentence in ranked if all(_tells_of_department(each, sentence) for each in departments)]


def _departments(office: str) -> list[str]:
    """What tells an office from others of its kind: "interior" of an interior minister."""
    *before, head = words(office) or [""]
    return [word for word in before if word.lower() not in _RANKS] if head.lower() in DEPARTMENTS else []


def _tells_of_department(department: str, sentence: Ranked) -> bool:
    """Whether a sentence, the one before it or its claim names the department: the finance minister is another one."""
    candidate, claim = sentence.candidate, sentence.claim
    near = {concept(word) for word in words(f"{candidate.before} {candidate.text} {claim.role if claim else ''}")}
    return concept(department) in near


def _denies(sentence: Ranked) -> bool:
    """Whether a sentence is a denial. "They deny it" may be of anything where what is named is not beside it."""
    denies = sentence.features.get("denies", 0.0)
    return denies == 1 or (denies > 0 and sentence.features["names_nearby"] >= 1)


def _spoken(ranked: Sequence[Ranked], *, named: bool) -> list[Ranked]:
    """The sentences that tell that those say it of whom that is asked, by name or by a pronoun; where none does all, or
    none if it is not named who that is. What another says is no answer to what she said."""
    spoken = [sentence for sentence in ranked if sentence.features.get("spoken", 0.0) > 0]
    return spoken or (list(ranked) if named else [])


def stated(reading: ParsedQuestion, spoken: Sequence[Ranked]) -> list[Ranked]:
    """Of `spoken` what answers whatever it is about: where the question does not say about what, or only by names,
    which stand beside it; else what holds all words of what it is about."""
    if reading.speakers and not reading.any_statement:
        return [s for s in spoken if s.features.get("spoken") == 1 and s.features["overlap"] == 1]
    if not reading.any_statement:
        return []
    return [s for s in spoken if s.features.get("names_nearby") == 1 and s.features.get("spoken", 0.0) > 0]


def quoted(reading: ParsedQuestion, ranked: Sequence[Ranked]) -> list[Ranked]:
    """Of `ranked` those that hold the words that the question quotes, if it does."""
    return [sentence for sentence in ranked if holds_quoted(reading, sentence.candidate.text)]


def _near_quoted(reading: ParsedQuestion, ranked: Sequence[Ranked]) -> list[Ranked]:
    """Of `ranked` those whose passage or title holds the words that the question quotes, all where it quotes none: of
    words that nobody said nobody is the speaker."""
    if not quoted_in(reading):
        return list(ranked)
    near = ((sentence, sentence.candidate) for sentence in ranked)
    return [each for each, own in near if holds_quoted(reading, f"{own.article.title}\n{own.passage.text}")]


def denials(reading: ParsedQuestion, ranked: Sequence[Ranked]) -> list[Ranked]:
    """Of `ranked` those that deny, where the question asks who does, beside all that it names. For them it is enough to
    be not much less likely than an answer."""
    enough = threshold("answer") * threshold("rival")
    return [
        sentence
        for sentence in ranked
        if reading.asks_denial
        and sentence.score >= enough
        and sentence.features.get("denies") == 1
        and sentence.features["names_nearby"] >= 1
    ]


def introductions(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Of `ranked` those that say who somebody is, where that is all that is asked; the rows of tables last."""
    telling = [s for s in ranked if s.features.get("introduces") and s.features["named"] == 1]
    return sorted(telling, key=lambda sentence: bool(row_of(sentence.candidate.text)))


def ages(reading: ParsedQuestion, ranked: Sequence[Ranked]) -> list[Ranked]:
    """Of `ranked` those with an age beside the name, "Ada Holm, 47,", where it is asked how old somebody is."""
    if not _AGE.search(reading.own) or not reading.names:
        return []
    return [sentence for sentence in ranked if tells_age(reading.names[0], sentence.candidate.text)]


def tells_age(name: str, sentence: str) -> bool:
    """Whether an age stands beside a name, or beside its last word with no other first name before it."""
    first, last = (words(name) or [name])[0].lower(), last_word(name).lower()
    beside = re.compile(rf"(?P<before>[\w.’'-]+ )?\b{re.escape(last)}, (?:aged )?\d{{1,3}}(?=[,.])", re.IGNORECASE)
    for match in beside.finditer(sentence):
        word = (match["before"] or "").strip()
        if first == last or not word.istitle() or word.rstrip(".").lower() in _TITLES:
            return True
        if first in words(sentence[: match.start()].lower()) or first == word.lower():
            return True
    return False


def unified(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Of `ranked` the sentences that say just what is asked: a clause has the predicate, all that the question gives in
    the same roles, and something of the right kind for what it asks; or a table's row holds all its words."""
    return [sentence for sentence in ranked if _unifies(sentence)]


def _unifies(sentence: Ranked) -> bool:
    features = sentence.features
    if not features or not features.get("allowed"):
        return False
    whole = features["overlap"] >= 1
    if row_of(sentence.candidate.text):
        return whole
    if features["denied"] or features["open"] or features["other_name"]:
        return False
    # Most of what is asked: "what weapons did they use to take it" is not told by who took it.
    given = min(features["arguments"], features["roles"]) >= 1 and features["overlap"] > 0.5
    given = given or (whole and not features["asks_names"])
    return given and min(features["predicate"], features["gap"]) >= 1
