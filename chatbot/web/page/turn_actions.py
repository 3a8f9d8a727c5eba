"""Makes the buttons under a turn: copying, rating, and asking again. What a press does is chat.js's."""

from markupsafe import Markup

from chatbot import markdown
from chatbot.answer import Answer
from chatbot.answering.turn import Turn
from chatbot.feedback import LONGEST_COMMENT_CHARACTERS, Rated, Rating
from chatbot.messages import reworded
from chatbot.web.languages.catalogue import translated
from chatbot.web.templating import render
from index.message import Message

KEEP, KEEP_INSTEAD = Message("Keep this answer"), Message("Quoted answer instead")
THUMBS = {Rating.UP: "Helpful", Rating.DOWN: "Not helpful"}


def tools(turn: Turn, rated: Rated | None, *, latest: bool) -> Markup:
    """All that can be done with a turn as it is now; empty where that is nothing. The latest can be asked again, or
    keep its quoted answer instead of an LLM's."""
    retry = latest and not turn.busy
    keep = _keeping(turn) if latest else ""
    if not (turn.answer or turn.error or retry or keep):
        return Markup()
    return render(
        "tools.html",
        copying=copying(turn.answer) if turn.answer else "",
        shared=turn.answer is not None and bool(turn.answer.standalone_question),
        edited=turn.question if turn.error else "",
        retry=retry,
        keep=keep,
        thumbs=thumbs(rated) if turn.answer else "",
        comment=commenting(rated) if turn.answer else "",
    )


def _keeping(turn: Turn) -> str:
    """The label of the button that keeps the quoted answer; empty where there is none, or an LLM's text grows."""
    if not turn.may_keep:
        return ""
    if turn.busy:
        return KEEP if turn.shown else ""
    return KEEP_INSTEAD


def copying(answer: Answer) -> Markup:
    """The buttons that copy an answer."""
    shown = reworded(answer, translated)
    plain, marked_up = markdown.plain(shown, translated), markdown.markdown(shown, translated)
    return render("copying.html", plain=plain, markdown=marked_up, cited=bool(answer.citations))


def thumbs(rated: Rated | None) -> Markup:
    """The buttons that rate an answer; that of its rating so far is pressed."""
    return render("thumbs.html", labels=THUMBS, pressed=rated.rating if rated else None)


def commenting(rated: Rated | None) -> Markup:
    """The form for a comment on a rating, folded, and the place for what became of the rating."""
    return render("comment.html", comment=rated.comment if rated else "", longest=LONGEST_COMMENT_CHARACTERS)
