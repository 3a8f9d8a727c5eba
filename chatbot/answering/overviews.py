"""Answers questions about no single fact from the articles themselves: what is new, a summary, a timeline. All that is
shown is quoted sentences."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import Enum

import numpy as np

from chatbot.answering.holdings import asked_holdings, choose_holdings
from chatbot.extractive.lexical_features import Candidate
from chatbot.extractive.ranker import Ranked
from chatbot.extractive.selection import Choice, event_day
from chatbot.extractive.untrusted_text import addresses_reader
from chatbot.question.parse import ParsedQuestion
from chatbot.question.query import Query, query_of
from index.claims.holders import Aliases
from index.collection import Collection
from index.language.annotations import Annotations
from index.language.time_expressions import find_times
from index.language.words import STOPWORDS, stem, stems, words
from index.passage import RetrievedPassage
from index.storage.filters import Filters

MOST_SENTENCES = 8
MOST_ARTICLES = 40
# Of a topic that one or two articles tell of.
MOST_OF_A_TOPIC = 3
MOST_TOPIC_WORDS = 6

_POSSESSIVE = re.compile(r"^['’]s\b")
_NEW = re.compile(r"\b(?:latest|newest|recent|new|headlines?)\b", re.IGNORECASE)
_NEWS = re.compile(r"\b(?:news|developments?|reports?|updates?)\b", re.IGNORECASE)
_ANY_NEWS = re.compile(
    r"\bwhat(?:['’]?s| is) new\b|\bany news\b|\bheadlines\b|\bthe latest\W*$|\bthe latest (?:on|from|in|about|with)\b",
    re.IGNORECASE,
)
_SUMMARY = re.compile(r"\bsummar(?:y|ies|i[sz]e)\b|\boverview\b|\bmain points\b|\bin short\b|\bsum(?:med)? up\b"
                      r"|\brecap\b|\bwhat(?:['’]s| is) (?:going on|happening)\b", re.IGNORECASE)
_TIMELINE = re.compile(r"\btimeline\b|\bchronolog\w+\b|\bin order of date\b|\bstep by step\b", re.IGNORECASE)
_SHORT_NAME = re.compile(r"\bstands? for\W*$|\b(?:short|abbreviation|acronym) (?:for|of)\b", re.IGNORECASE)


# What asks for an overview, beside the above and stop words, and says nothing of what it is to be about: by its stem.
_NO_TOPIC = frozenset(
    stem(word)
    for word in """summarised summarized main point give tell show list provide write article story situation event
    everything anything something thing brief quick far today yesterday week month year day date order step going happen
    recap overview""".split()
)


class Overview(Enum):
    """What kind of overview is asked for."""

    NEWS = "the newest articles"
    TIMELINE = "what happened, in order"
    HOLDINGS = "which places somebody holds, took or lost"
    SHORT_NAME = "what a short name stands for"


def overview_of(reading: ParsedQuestion, query: Query) -> Overview | None:
    """The kind of overview that a question asks for, None where it asks for a fact."""
    if _SHORT_NAME.search(reading.own):
        return Overview.SHORT_NAME
    if _TIMELINE.search(reading.own):
        return Overview.TIMELINE
    if asked_holdings(reading, query) is not None:
        return Overview.HOLDINGS
    new = _NEW.search(reading.own) and _NEWS.search(reading.own)
    if new or _ANY_NEWS.search(reading.own) or _SUMMARY.search(reading.own):
        return Overview.NEWS
    return None


def choose_overview(
    kind: Overview, reading: ParsedQuestion, collection: Collection, filters: Filters, *,
    aliases: Aliases,
) -> Choice | None:
    """The sentences of an overview of the articles that `filters` admit, in the order in which they are read; None
    where there are none."""
    if kind is Overview.HOLDINGS:
        asked = asked_holdings(reading, query_of(collection.parse(reading.own)))
        return choose_holdings(asked, reading, collection, filters, aliases) if asked else None
    if kind is Overview.SHORT_NAME:
        chosen = _introducing(reading, collection, filters)[:1]
    elif kind is Overview.TIMELINE:
        chosen = _timeline(reading, collection, filters)
    else:
        chosen = _news(reading, collection, filters)
    chosen = chosen[:MOST_SENTENCES]
    return Choice(tuple(chosen)) if chosen else None


def asks_of_days_alone(reading: ParsedQuestion) -> bool:
    """Whether a question is about nothing but some days, such as "What happened last week?"."""
    if reading.since is None or reading.until is None or reading.names or reading.context:
        return False
    return not _topic(reading)


def choose_days(collection: Collection, filters: Filters) -> Choice | None:
    """What the articles of some days open with, the newest first; None where there are none."""
    leads = _leads(collection, collection.openings(MOST_SENTENCES, filters=filters))
    return Choice(tuple(leads)) if leads else None


def _news(reading: ParsedQuestion, collection: Collection, filters: Filters) -> list[Ranked]:
    passages = _passages(reading, collection, filters)
    articles = {passage.article.id for passage in passages}
    few = not reading.names and len(articles) <= 2 and _topic(reading)
    return _leads(collection, passages, most=MOST_OF_A_TOPIC if few else 1, of=reading.names)


def _passages(reading: ParsedQuestion, collection: Collection, filters: Filters) -> list[RetrievedPassage]:
    """The passages that hold what is asked about, else those that the newest articles open with."""
    if reading.names:
        return [
            passage
            for name in reading.names
            for passage in collection.mentions(name, filters=filters, limit=MOST_ARTICLES)
        ]
    topic = _topic(reading)
    return _on_topic(topic, collection, filters) if topic else collection.openings(MOST_ARTICLES, filters=filters)


def _topic(reading: ParsedQuestion) -> list[str]:
    """The words that say what an overview is to be about."""
    text = reading.own
    for time in reversed(find_times(text, reading.until or reading.since)):
        text = f"{text[: time.start]} {_POSSESSIVE.sub('', text[time.end :])}"
    for pattern in (_NEW, _NEWS, _ANY_NEWS, _SUMMARY, _TIMELINE):
        text = pattern.sub(" ", text)
    asked = dict.fromkeys(word for word in words(text.lower()) if word not in STOPWORDS)
    return [word for word in asked if stem(word) not in _NO_TOPIC][:MOST_TOPIC_WORDS]


def _on_topic(topic: Sequence[str], collection: Collection, filters: Filters) -> list[RetrievedPassage]:
    """The passages of the articles that hold most of these words, the newest first; none where they hold under half."""
    held = Counter(ident for word in topic for ident in collection.vocabulary.articles_with(word, filters))
    most = max(held.values(), default=0)
    if 2 * most < len(topic):
        return []
    chosen = Filters(articles=tuple(ident for ident, count in held.items() if count == most)[:MOST_ARTICLES])
    return collection.openings(MOST_ARTICLES, filters=chosen)


def _leads(
    collection: Collection, passages: Sequence[RetrievedPassage], *, most: int = 1, of: Sequence[str] = ()
) -> list[Ranked]:
    """Of each article its first sentences that tell news, no headings and no orders, or the first of the passage found;
    so many at most. Where some name what the news are to be of, only those."""
    seen: set[str] = set()
    leads = []
    for passage in passages:
        annotations = collection.annotations(passage.article)
        candidates = [candidate for candidate in _candidates(passage) if _is_news(candidate, annotations)]
        candidates = [candidate for candidate in candidates if _names_any(candidate, of)] or candidates
        if candidates and passage.article.id not in seen:
            seen.add(passage.article.id)
            leads += [Ranked(candidate, 1.0, None, {}, is_settled=True) for candidate in candidates[:most]]
    return leads


def _names_any(candidate: Candidate, names: Sequence[str]) -> bool:
    held = frozenset(stems(candidate.text))
    return any(held.issuperset(stems(name)) for name in names)


def _is_news(candidate: Candidate, annotations: Annotations) -> bool:
    line = annotations.at(candidate.start)
    return not candidate.is_heading and not addresses_reader(candidate.text, line.parsed if line else None)


def _introducing(reading: ParsedQuestion, collection: Collection, filters: Filters) -> list[Ranked]:
    """The sentences that introduce a short name beside the long one, the newest article's first."""
    asked = {word.casefold() for word in words(reading.own)}
    pairs = [pair for pair in sorted(collection.aliases()) if pair[0].casefold() in asked]
    openings = []
    for short, long in pairs:
        for passage in collection.mentions(long, filters=filters, limit=MOST_ARTICLES):
            candidates = _candidates(passage)
            openings += [candidate for candidate in candidates if long in candidate.text and short in candidate.text]
    return [Ranked(candidate, 1.0, None, {}, is_settled=True) for candidate in openings]


def _timeline(reading: ParsedQuestion, collection: Collection, filters: Filters) -> list[Ranked]:
    """What is claimed of the names, or else what articles open with, the oldest first."""
    claimed = [ranked for name in reading.names for ranked in _claimed(name, collection, filters)]
    chosen = claimed or _leads(collection, _passages(reading, collection, filters))
    by_day: dict[object, Ranked] = {}
    for ranked in sorted(chosen, key=event_day):
        by_day.setdefault(event_day(ranked), ranked)
    return list(by_day.values())[-MOST_SENTENCES:]


def _claimed(place: str, collection: Collection, filters: Filters) -> Iterable[Ranked]:
    """The sentences with claims about a place."""
    claims = {(ident, claim.start): claim for ident, claim in collection.claims(place)}
    seen: set[tuple[str, int]] = set()
    for passage in collection.claiming(place, filters=filters, limit=MOST_ARTICLES):
        for candidate in _candidates(passage):
            key = candidate.article.id, candidate.start
            if key in claims and key not in seen:
                seen.add(key)
                yield Ranked(candidate, 1.0, claims[key], {}, is_settled=True)


def _candidates(passage: RetrievedPassage) -> Iterable[Candidate]:
    nothing = np.zeros(0, dtype=np.float32)
    for start, end in passage.passage.sentences:
        yield Candidate(passage.passage, passage.article, start, end, nothing, "")
