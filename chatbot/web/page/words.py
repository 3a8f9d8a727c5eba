"""Gives what stands in the parts of the page before anybody has pressed anything, in the language of now. Gradio builds
one page for all readers, in English; page_rewriter.py puts these words into it for the others."""

from collections.abc import Callable, Mapping, Sequence

from chatbot.answering.turn import AnswerStreamer
from chatbot.filters import EVERYWHERE
from chatbot.web.languages.catalogue import worded
from chatbot.web.page import article_list, conversation, filter_form
from chatbot.web.page.state import Collection, header_and_panel
from chatbot.web.templating import render

# By the id of a part: what it shows, and its label and placeholder where it has some. The title is that of "page".
PageWords = Mapping[str, Mapping[str, str]]


def words(
    chain: AnswerStreamer, collection: Collection, examples: Callable[[], Sequence[str] | None], *, editor: bool
) -> PageWords:
    """The words of all parts that have some, for an `editor` or a reader."""
    about, form = header_and_panel(chain, collection, {})
    values = {
        "about": about,
        "views": article_list.views(),
        "languages": render("languages.html", home=""),
        "open-history": worded("History"),
        "export": worded("Export"),
        "fresh": worded("New conversation"),
        "open-menu": render("menu_button.html"),
        "past": conversation.past(()),
        "live": conversation.welcome(editor=editor),
        "chips": conversation.chips(examples()),
        "ask": worded("Ask"),
        "stop": worded("Stop"),
        "scope": filter_form.line(EVERYWHERE, chain.writer),
        "choices": form,
        "passages": conversation.passages(()),
        "reader": render("reader.html"),
        "board": render("board.html"),
        "drawers": render("history.html") + render("share.html"),
    }
    box = {"label": worded("Your question"), "placeholder": worded("Ask about the articles…")}
    own = {"page": {"title": worded(conversation.TITLE)}, "question": box}
    return own | {name: {"value": value} for name, value in values.items()}
