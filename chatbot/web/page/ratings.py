"""Keeps the rating when a thumb is pressed, and tells the reader. The browser is believed the turn's number, the rating
and the comment alone: question and answer are those of the session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from chatbot.answering.turn import Turn
from chatbot.errors import FeedbackError
from chatbot.feedback import FeedbackStore, Rated, Rating, cleaned
from chatbot.web.templating import render
from index.message import Message, message_of

THANKS = Message("Thank you. Kept for the editors.")
THANKS_FOR_COMMENT = Message("Thank you. Your comment is kept for the editors.")
TOO_OLD = Message("This answer is too far back to be rated. Ask the question again, and rate the new answer.")


@dataclass(frozen=True)
class SessionRating(Rated):
    """A rating of this session; `press` is the number that the browser gave to the press, 0 where it gave none."""

    press: int = field(default=0, compare=False)


Ratings = dict[int, SessionRating]


def rate(
    feedback: FeedbackStore, turns: Sequence[Turn | None], ratings: Ratings, pressed: Mapping[str, object]
) -> Markup:
    """Keeps the rating in `feedback` and in the session's `ratings`; the HTML that tells chat.js how the turn is rated
    now, and what to say there. Empty where there is no such turn to rate. The same press may come more than once: it is
    sent again until its number, `sent`, is told. It may also come after the next one, which counts."""
    number, rating = pressed.get("turn"), pressed.get("rating")
    sent = _sent(pressed)
    if type(number) is not int or not 0 <= number < len(turns) or rating not in list(Rating):
        return Markup()
    turn = turns[number]
    if turn is None:
        return render("rated.html", number=number, rating="", sent=sent, message=TOO_OLD)
    answer = turn.answer
    if answer is None:
        return Markup()
    before = ratings.get(number)
    comment = cleaned(str(pressed.get("comment") or ""))
    rated = SessionRating(turn.id, Rating(str(rating)), comment, sent or 0)
    failure = ""
    if rated != before and not _is_overtaken(rated, before):
        try:
            feedback.keep(rated, answer, turn.scope)
            ratings[number] = rated
        except FeedbackError as exc:
            failure = message_of(exc)
    return _outcome(number, ratings.get(number), sent, failure)


def _outcome(number: int, now: SessionRating | None, sent: int | None, failure: str) -> Markup:
    """How a turn is rated now, with thanks or with what failed."""
    message = failure or (THANKS_FOR_COMMENT if now and now.comment else THANKS)
    return render("rated.html", number=number, rating=now.rating if now else "", sent=sent, message=message)


def _is_overtaken(rated: SessionRating, before: SessionRating | None) -> bool:
    """Whether a later press on the same answer came first."""
    return before is not None and before.id == rated.id and 0 < rated.press < before.press


def _sent(pressed: Mapping[str, object]) -> int | None:
    """The number of a press; None where it has none."""
    number = pressed.get("sent")
    return number if type(number) is int else None
