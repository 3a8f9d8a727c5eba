"""Makes example questions from the indexed articles: the places and people that most of them name."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from chatbot.extractive.place_control import Tense, tense_of
from chatbot.question.parse import find_names
from index.article import Article
from index.language.lexicon import country_of
from index.language.sentences import sentence_spans

LOOKED_AT = 40


def example_questions(
    articles: Sequence[Article], most: int = 3, *, sentences: Callable[[Article], Sequence[str]] | None = None
) -> list[str]:
    """At most `most` questions that `articles`, newest first, can answer: who holds a place that they say is held, and
    what they say of whom they name most. `sentences` gives an article's sentences where they are known."""
    sentences = sentences or _split
    held: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for article in articles[:LOOKED_AT]:
        for sentence in sentences(article):
            names = [name for name in find_names(sentence) if _is_plain(name)]
            named.update(name for name in names if sentence.find(name) > 0)
            held.update(name for name in names if _is_held(sentence, name))
    places = [name for name, _ in _most_common(held) if held[name] > 1]
    questions = [f"Who controls {place}?" for place in places[: most - 1]]
    others = (name for name, count in _most_common(named) if name not in places and count > 1 and not country_of(name))
    questions += [_about(name, is_place=name in held or _is_place(name, articles)) for name in others]
    return questions[:most]


def _split(article: Article) -> list[str]:
    return [article.text[start:end] for start, end in sentence_spans(article.text)]


def _about(name: str, *, is_place: bool) -> str:
    return f"What happened in {name}?" if is_place else f"What is said about {name}?"


def _most_common(counted: Counter[str]) -> Iterable[tuple[str, int]]:
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))


def _is_plain(name: str) -> bool:
    return re.fullmatch(r"[^\W\d_]{4,}(?: [^\W\d_]{3,})?", name) is not None and not name.isupper()


def _is_held(sentence: str, name: str) -> bool:
    return country_of(name) is None and tense_of(sentence, name) is Tense.HELD and _after_a_verb(sentence, name)


def _after_a_verb(sentence: str, name: str) -> bool:
    """A place that is held stands behind "holds" or before "is held"; who holds it does not."""
    around = rf"(holds?|controls?|controlled|held|captured|took) (the city of |all of |most of )?{re.escape(name)}\b"
    return re.search(rf"{around}|{re.escape(name)} (is|are|remains?) ", sentence) is not None


def _is_place(name: str, articles: Iterable[Article]) -> bool:
    return any(re.search(rf"\b(in|near|outside) {re.escape(name)}\b", article.text) for article in articles)
