"""Says whether the parser has read a question for sure: its predicate is known, its names are those of the articles,
and no word of it is left over."""

from collections.abc import Callable

from chatbot.question.entity_linking import Named
from chatbot.question.query import Query
from index.language.parser import Token
from index.language.predicates import holding_of, is_speech
from index.language.time_expressions import find_times
from index.language.words import STOPWORDS

_TELLING = ("NN", "VB", "JJ", "CD", "RB")
_SLIGHT = frozenset("be have do get there when where why how now currently today".split())


def is_sure(named: Named, query: Query, is_used: Callable[[str], bool]) -> bool:
    """Whether nothing of the question needs another reading. `is_used` says whether the articles use a verb."""
    reading = named.reading
    if named.unknown or named.notes or reading.needs_context or query.clause is None or not reading.subjects:
        return False
    return _is_known(query.clause.lemma, is_used) and not any(
        _is_left_over(query, token, named) for token in query.sentence.tokens
    )


def _is_known(verb: str, is_used: Callable[[str], bool]) -> bool:
    return holding_of(verb) is not None or is_speech(verb) or is_used(verb)


def _is_left_over(query: Query, token: Token, named: Named) -> bool:
    """Whether a word says something that is neither of the clause that is asked about nor a name, a time or the gap."""
    assert query.clause is not None
    if not token.tag.startswith(_TELLING) or token.lemma in _SLIGHT or token.text.lower() in STOPWORDS:
        return False
    text = query.sentence.text
    spans = [(argument.start, argument.end) for argument in query.clause.arguments]
    spans += [(query.clause.start, query.clause.end)]
    spans += [(time.start, time.end) for time in find_times(text, named.reading.until)]
    inside = any(start <= token.start < end for start, end in spans)
    is_gap = query.focus is not None and token.lemma == query.focus
    is_name = any(token.text in name.split() for name in named.reading.names)
    return not (inside or is_gap or is_name)
