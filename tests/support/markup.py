"""Payloads of markup, and a server of the page whose articles, titles, file names and written answers they are.

Run as a script with a port and a folder for its articles and ratings: python -m tests.support.markup 7860 FOLDER
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from chatbot.answer import Answer, Block, Note, Quotation, Statement, Step, Understood, Verdict
from chatbot.answering.audience import Audience
from chatbot.filters import QuestionFilter
from chatbot.settings import read_settings
from chatbot.web.server import serve
from index.article import Article
from tests.readers.test_registry import read_article
from tests.support.audiences import SameAudience
from tests.support.canned import citation, say_ready
from tests.support.canned_collection import CannedCollection, CannedUploads

PAYLOADS: list[str] = json.loads((Path(__file__).parent / "markup.json").read_text())
BATCH_CHARACTERS = 1500
LONGEST_NAME_BYTES = 200
# Too long for a headline, so that an article without a title is called as its file is.
OPENING = (
    "The council met on Monday and, after a debate that lasted until the evening, put off what it had been asked to do "
    "since the summer before."
)


def batches() -> list[list[str]]:
    """The payloads in order, as many at a time as one question has room for."""
    cut: list[list[str]] = [[]]
    for payload in PAYLOADS:
        if len(" ".join([*cut[-1], payload])) > BATCH_CHARACTERS:
            cut.append([])
        cut[-1].append(payload)
    return cut


def readable(text: str) -> str:
    """What is left of a text as a person reads it: no control character, and one space for any white space."""
    return " ".join(re.sub(r"[\x00-\x08\x0e-\x1b\x7f]", "", text).split())


def file_name(payload: str) -> str:
    """A payload as far as it can be the name of a file."""
    name = payload.replace("/", "\u2215").replace("\0", "").encode()[:LONGEST_NAME_BYTES].decode(errors="ignore")
    return name or "empty"


def titled(folder: Path, number: int) -> Article:
    """An article with a batch as its title and its text. A file with a null byte would be refused as binary."""
    batch = " ".join(batches()[number])
    path = folder / f"{number}.txt"
    path.write_text(f"---\n{yaml.safe_dump({'title': batch})}---\n{OPENING}\n\n{sentence_of(batch)}", newline="")
    return read_article(path)


def sentence_of(batch: str) -> str:
    """What the article says of a batch."""
    return "It said " + batch.replace("\0", "") + " in full."


def named(folder: Path, payload: str) -> Article:
    """An article whose file has a payload as its name, and that has no other title."""
    path = folder / f"{file_name(payload)}.txt"
    path.write_text(OPENING)
    return read_article(path)


class MarkupCollection(CannedCollection):
    """An article for each batch, and one for each payload."""

    def __init__(self, folder: Path) -> None:
        (folder / "named").mkdir()
        self.titled = [titled(folder, number) for number in range(len(batches()))]
        self.named = {payload: named(folder / "named", payload) for payload in PAYLOADS}
        self._articles = {article.id: article for article in (*self.titled, *self.named.values())}


class MarkupChain:
    """Answers the question that opens with a batch's number with that batch: written, cited, noted and as a draft."""

    writer = "openai:canned"
    answerer = "answers written by openai:canned"

    def __init__(self, collection: MarkupCollection) -> None:
        self._collection = collection

    def stream(self, question: str, history: Sequence[Answer], scope: QuestionFilter) -> Iterator[str | Step | Answer]:
        number = int(question.split()[0])
        batch, article = batches()[number], self._collection.titled[number]
        text = "\n".join(batch)
        for at in range(0, len(text), 9):
            yield text[at : at + 9]
        whole = citation(200, article, article.text[len(OPENING) :].strip())
        cited = [replace(whole, passage=article.text)]
        cited += [citation(n, self._collection.named[payload], OPENING) for n, payload in enumerate(batch, 201)]
        unfound = Statement("Seen.", Verdict.UNFOUND, missing=(" ".join(batch),), space="\n")
        notes: list[Block] = [Note(line) for line in text.splitlines()]
        blocks = (*notes, unfound, Quotation(text, tuple(cited_part.n for cited_part in cited)))
        yield Answer(
            question, Understood(text), blocks, self.writer, citations=tuple(cited), notes=tuple(batch), draft=text
        )  # fmt: skip


if __name__ == "__main__":
    chosen = read_settings(port=sys.argv[1], data=sys.argv[2])
    articles = MarkupCollection(chosen.data)
    everybody = SameAudience(Audience(MarkupChain(articles), articles, lambda: PAYLOADS[:3]))
    serve(chosen, everybody, CannedUploads(), ready=say_ready)
