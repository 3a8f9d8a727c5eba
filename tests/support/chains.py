"""An answerer over a few dated articles."""

import datetime
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from chatbot.answer import Answer
from chatbot.answering.pipeline import Chain
from chatbot.settings import Settings
from index.collection import Collection
from index.ingest.run import index_paths
from index.search.embedder import BUNDLED
from tests.support.corpus import write


@contextmanager
def chain_over(folder: Path, articles: Sequence[tuple[str, str, str]]) -> Iterator[Chain]:
    """A chain over these articles, each its title, day and text, all of one source."""
    for n, (title, date, text) in enumerate(articles):
        write(folder / "articles", f"{n}.md", text, title=title, date=datetime.date.fromisoformat(date), source="Post")
    with closing(Collection(folder / "data", embedding_model=BUNDLED, writing=True)) as collection:
        index_paths(collection, [folder / "articles"])
        yield Chain(collection, Settings())


def talk(chain: Chain, *questions: str) -> list[Answer]:
    """The answers of one conversation."""
    answers: list[Answer] = []
    for question in questions:
        answers.append(chain.answer(question, answers))
    return answers
