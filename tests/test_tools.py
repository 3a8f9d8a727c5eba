from chatbot import tools
from chatbot.feedback import Rated, Rating
from tests.canned import HAMA_ANSWER, HOSTILE_ANSWER, HOSTILE_TEXT, KHERSON_ANSWER


def test_an_answer_is_copied_as_text_and_as_markdown() -> None:
    assert tools.copying(HAMA_ANSWER).count("data-copy=") == 2
    assert ">Copy with sources<" in tools.copying(HAMA_ANSWER) and ">Copy<" in tools.copying(KHERSON_ANSWER)


def test_the_thumb_of_the_rating_is_pressed() -> None:
    html = tools.thumbs(Rated("x", Rating.DOWN))
    assert 'data-rate="down" aria-pressed="true"' in html and 'data-rate="up" aria-pressed="false"' in html
    assert "true" not in tools.thumbs(None)


def test_the_comment_is_folded_and_holds_what_was_said() -> None:
    html = tools.commenting(Rated("x", Rating.UP, "Good."))
    assert "hidden" in html and 'value="Good."' in html and 'maxlength="2000"' in html


def test_nothing_hostile_leaves_its_attribute() -> None:
    comment = tools.commenting(Rated("x", Rating.UP, '"><b>'))
    html = tools.copying(HOSTILE_ANSWER) + tools.editing(HOSTILE_TEXT) + comment
    assert "<img" not in html and "<b>" not in html and "<script" not in html
