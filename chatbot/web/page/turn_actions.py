"""A turn in, the buttons under it as HTML out: copying, rating, and asking again. Every text passes through
`html.escape`; what a press does is chat.js's."""

from html import escape

from chatbot import markdown
from chatbot.answer import Answer
from chatbot.feedback import LONGEST_COMMENT_CHARACTERS, Rated, Rating

THUMBS = {Rating.UP: "Helpful", Rating.DOWN: "Not helpful"}


def copying(answer: Answer) -> str:
    """The buttons that copy an answer."""
    label = "Copy with sources" if answer.citations else "Copy"
    return (
        f'<button data-copy="{escape(markdown.plain(answer))}">{label}</button>'
        f'<button data-copy="{escape(markdown.markdown(answer))}">Copy as Markdown</button>'
    )


def thumbs(rated: Rated | None) -> str:
    """The buttons that rate an answer; that of its rating so far is pressed."""
    return "".join(
        f'<button class="thumb {rating}" data-rate="{rating}" aria-pressed="{str(_is(rated, rating)).lower()}">'
        f"<span>{label}</span></button>"
        for rating, label in THUMBS.items()
    )


def commenting(rated: Rated | None) -> str:
    """The form for a comment on a rating, folded, and the place for what became of the rating."""
    comment = escape(rated.comment) if rated else ""
    return (
        '<form class="comment" aria-label="Comment on this answer" autocomplete="off" hidden>'
        f'<input name="comment" aria-label="Comment" maxlength="{LONGEST_COMMENT_CHARACTERS}" value="{comment}" '
        'placeholder="What should the editors know? (optional)" dir="auto"><button type="submit">Send</button></form>'
        '<div class="kept" role="status"></div>'
    )


def retrying() -> str:
    """The button that asks the same question again."""
    return "<button data-retry>Retry</button>"


def editing(question: str) -> str:
    """The button that brings the question back into the box."""
    return f'<button data-edit="{escape(question)}">Edit question</button>'


def _is(rated: Rated | None, rating: Rating) -> bool:
    return rated is not None and rated.rating is rating
