"""What the events of the page share: the turns of a conversation, and what header and panel say of the index."""

from collections.abc import Callable
from typing import Protocol

from chatbot.answer import Answer
from chatbot.answering.turn import AnswerStreamer, Turn
from chatbot.web.page import article_list, conversation, filter_form
from chatbot.web.page.ratings import Ratings
from index.article import Article
from index.errors import ArticleNotFoundError
from index.message import Message

# None takes the place of a turn that only the browser still keeps, so that each has its number.
Turns = tuple[Turn | None, ...]
CHOSEN = Message("The quoted answer was chosen instead of the LLM's.")


class Collection(article_list.Collection, Protocol):
    """What is known of the articles; `article` raises ArticleNotFoundError."""

    def summary(self) -> conversation.CollectionSummary: ...
    def article(self, id: str, /) -> Article: ...


def ended_turns(turns: Turns) -> Turns:
    """The turns without one that a lost connection left unfinished."""
    return tuple(turn.stop() if turn and turn.busy else turn for turn in turns)


def answers(turns: Turns) -> list[Answer]:
    """The answers of the turns that have one, oldest first."""
    return [turn.answer for turn in turns if turn and turn.answer]


def turns_with_quoted(turns: Turns) -> Turns:
    """The turns with the quoted answer for that of the last one, where it has one."""
    *earlier, last = ended_turns(turns) or (None,)
    return (*earlier, last.keep(CHOSEN) if last and last.may_keep else last)


def keep_ratings(ratings: Ratings, turns: Turns) -> None:
    """Drop the ratings of turns that are no longer kept, or not yet there."""
    for number in [number for number in ratings if number >= len(turns) or turns[number] is None]:
        del ratings[number]


def header_and_panel(chain: AnswerStreamer, collection: Collection, chosen: dict[str, object]) -> list[str]:
    """The header, and the panel with the sources of now."""
    _, answerer = filter_form.line_and_answerer(chosen, source_names(collection), chain.writer, titles(collection))
    return [conversation.header(collection.summary(), answerer), panel(collection, chain.writer)]


def source_names(collection: Collection) -> list[str]:
    """The sources that articles name, by the alphabet."""
    return sorted(source for source, _ in collection.sources() if source)


def titles(collection: Collection) -> Callable[[str], str | None]:
    """What gives an article's title by its id, and None where there is no such article."""

    def title_of(id: str) -> str | None:
        try:
            return collection.article(id).title
        except ArticleNotFoundError:
            return None

    return title_of


def panel(collection: Collection, writer: str | None) -> str:
    """The panel's HTML: sources and days to choose from."""
    summary = collection.summary()
    return filter_form.form(source_names(collection), summary.first, summary.last, writer)


def fields(sent: object) -> dict[str, object]:
    """What the browser sent of a form or a button, which may be anything."""
    return sent if isinstance(sent, dict) else {}
