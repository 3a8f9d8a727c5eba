"""Renders what a reader sees while Gradio's scripts are still being read: the chat before a question, from the words
that the page is sent with."""

from markupsafe import Markup

from chatbot.web.page.bundles import FIRST_VIEW
from chatbot.web.page.words import PageWords
from chatbot.web.templating import render


def first_view(words: PageWords, account: Markup) -> Markup:
    """The HTML of the view, to stand before Gradio's; `account` is that of who is logged in, or empty."""
    parts = ("about", "views", "languages", "live", "chips", "scope", "passages")
    return render(
        "first_view.html", styles=FIRST_VIEW.address, account=account, history=words["open-history"]["value"],
        menu=Markup(words["open-menu"]["value"]), ask=words["ask"]["value"],
        placeholder=words["question"]["placeholder"], **{part: Markup(words[part]["value"]) for part in parts},
    )
