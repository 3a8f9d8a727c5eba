from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.answering.turn import Turn
from chatbot.feedback import FeedbackStore, Rating
from chatbot.web.page.ratings import THANKS, THANKS_FOR_COMMENT, Ratings, rate
from tests.support.canned import HAMA_ANSWER

TURNS = (Turn("Who?", answer=HAMA_ANSWER), Turn("Failed?", error="No."), Turn("Growing?"))


@pytest.fixture
def feedback(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(tmp_path / "feedback.jsonl")


def test_a_thumb_is_kept_and_thanked_for(feedback: FeedbackStore) -> None:
    ratings: Ratings = {}
    html = rate(feedback, TURNS, ratings, {"turn": 0, "rating": "up", "question": "Forged?", "answer": "Forged."})
    assert html == f'<span data-rated="0" data-rating="up">{THANKS}</span>'
    [record], _ = feedback.read()
    assert (record["question"], record["answer"]) == (HAMA_ANSWER.question, HAMA_ANSWER.text)
    assert ratings[0].rating is Rating.UP


def test_a_rating_can_be_changed_and_the_same_is_kept_once(feedback: FeedbackStore, tmp_path: Path) -> None:
    ratings: Ratings = {}
    for rating, comment in (("up", ""), ("up", ""), ("down", ""), ("down", "Old."), ("down", "Old.")):
        html = rate(feedback, TURNS, ratings, {"turn": 0, "rating": rating, "comment": comment})
    assert THANKS_FOR_COMMENT in html
    [record], _ = feedback.read()
    assert (record["rating"], record["comment"]) == ("down", "Old.")
    assert len((tmp_path / "feedback.jsonl").read_text().splitlines()) == 3


def test_a_thumb_that_is_sent_again_does_not_undo_the_comment_that_overtook_it(feedback: FeedbackStore) -> None:
    ratings: Ratings = {}
    thumb = {"turn": 0, "rating": "down", "comment": "", "sent": 1}
    rate(feedback, TURNS, ratings, thumb)
    rate(feedback, TURNS, ratings, thumb | {"comment": "It is older than it says.", "sent": 2})
    html = rate(feedback, TURNS, ratings, thumb)
    assert THANKS_FOR_COMMENT in html and 'data-sent="1"' in html
    assert feedback.read()[0][0]["comment"] == ratings[0].comment == "It is older than it says."
    rate(feedback, TURNS, ratings, thumb | {"sent": 3})
    assert feedback.read()[0][0]["comment"] == ratings[0].comment == ""


@pytest.mark.parametrize(
    "pressed",
    [
        {},
        {"turn": 0},
        {"turn": 0, "rating": "sideways"},
        {"turn": 0, "rating": ["up"]},
        {"turn": 1, "rating": "up"},
        {"turn": 2, "rating": "up"},
        {"turn": 3, "rating": "up"},
        {"turn": -1, "rating": "up"},
        {"turn": True, "rating": "up"},
        {"turn": "0", "rating": "up"},
    ],
)
def test_what_is_no_rating_of_an_answer_is_not_kept(feedback: FeedbackStore, pressed: dict[str, object]) -> None:
    assert rate(feedback, TURNS, {}, pressed) == "" and feedback.read() == ([], 0)


def test_a_rating_that_cannot_be_kept_is_said_and_not_shown_as_kept() -> None:
    html = rate(FeedbackStore(Path("/nonexistent/<b>")), TURNS, {}, {"turn": 0, "rating": "up"})
    assert html.startswith('<span data-rated="0" data-rating="">The rating could not be kept in &lt;b&gt;')


def test_the_answer_of_the_turn_that_was_pressed_is_rated(feedback: FeedbackStore) -> None:
    turns = (*TURNS, Turn("Other?", answer=replace(HAMA_ANSWER, question="Other?")))
    rate(feedback, turns, {}, {"turn": 3, "rating": "down"})
    assert feedback.read()[0][0]["question"] == "Other?"
