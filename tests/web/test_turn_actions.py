from chatbot.answering.turn import Turn
from chatbot.feedback import Rated, Rating
from chatbot.web.page import turn_actions
from tests.support.canned import HAMA_ANSWER, HOSTILE_ANSWER, KHERSON_ANSWER
from tests.support.canned_articles import HOSTILE_TEXT


def test_an_answer_is_copied_as_text_and_as_markdown() -> None:
    assert turn_actions.copying(HAMA_ANSWER).count("data-copy=") == 2
    assert ">Copy with sources<" in turn_actions.copying(HAMA_ANSWER) and ">Copy<" in turn_actions.copying(
        KHERSON_ANSWER
    )


def test_the_thumb_of_the_rating_is_pressed() -> None:
    html = turn_actions.thumbs(Rated("x", Rating.DOWN))
    assert 'data-rate="down" aria-pressed="true"' in html and 'data-rate="up" aria-pressed="false"' in html
    assert "true" not in turn_actions.thumbs(None)


def test_the_comment_is_folded_and_holds_what_was_said() -> None:
    html = turn_actions.commenting(Rated("x", Rating.UP, "Good."))
    assert "hidden" in html and 'value="Good."' in html and 'maxlength="2000"' in html


def test_nothing_hostile_leaves_its_attribute() -> None:
    comment = turn_actions.commenting(Rated("x", Rating.UP, '"><b>'))
    edited = turn_actions.tools(Turn(HOSTILE_TEXT, error="No."), None, latest=False)
    html = turn_actions.copying(HOSTILE_ANSWER) + edited + comment
    assert "data-edit" in edited
    assert "<img" not in html and "<b>" not in html and "<script" not in html
