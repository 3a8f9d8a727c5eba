"""Makes example questions from the indexed articles: the places and people that most of them name."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from chatbot.question.names import find_names
from index.article import Article
from index.language.predicates import nation_of
from index.language.sentences import sentence_spans
from index.message import Message

LOOKED_AT = 40


def example_questions(
    articles: Sequence[Article], most: int = 3, *, sentences: Callable[[Article], Sequence[str]] | None = None,
    places: Sequence[str] = (),
) -> list[str]:
    """At most `most` questions that `articles`, newest first, can answer: who holds one of `places`, and what they say
    of whom they name most. `sentences` gives an article's sentences where they are known."""
    named = _named(map(sentences or _split, articles[:LOOKED_AT]))
    questions: list[str] = [Message("Who controls %(name)s?", name=place) for place in places[: most - 1]]
    others = (name for name, count in _most_common(named) if name not in places and count > 1 and not nation_of(name))
    questions += [question_about(name, articles) for name in others]
    return questions[:most]


def _named(texts: Iterable[Sequence[str]]) -> Counter[str]:
    """How often each name stands in the sentences, but at the head of one."""
    return Counter(
        name
        for sentences in texts
        for sentence in sentences
        for name in find_names(sentence)
        if is_plain_name(name) and sentence.find(name) > 0
    )


def _split(article: Article) -> list[str]:
    return [article.text[start:end] for start, end in sentence_spans(article.text)]


def question_about(name: str, articles: Iterable[Article]) -> Message:
    """What to ask of a name: what happened there, where the articles have it as a place, else what is said of it."""
    if _is_place(name, articles):
        return Message("What happened in %(name)s?", name=name)
    return Message("What is said about %(name)s?", name=name)


def _most_common(counted: Counter[str]) -> Iterable[tuple[str, int]]:
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))


def is_plain_name(name: str) -> bool:
    """Whether a name is one or two words of letters, as a person would ask for it."""
    return re.fullmatch(r"[^\W\d_]{4,}(?: [^\W\d_]{3,})?", name) is not None and not name.isupper()


def _is_place(name: str, articles: Iterable[Article]) -> bool:
    return any(re.search(rf"\b(in|near|outside) {re.escape(name)}\b", article.text) for article in articles)
