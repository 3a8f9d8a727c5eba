import pytest

from chatbot.verification.sentences import WrittenSentence
from chatbot.verification.stated import NOTHING, Stated, is_heading, read_stated


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("As of 3 May 2023, Sea Gazette: the ferry sank.", "As of 3 May 2023, Sea Gazette: "),
        ("As of 3 May 2023, Sea Gazette:\nThe ferry sank.", "As of 3 May 2023, Sea Gazette:\n"),
        ("Earlier, on 1 May 2023, Desk: it sailed at 10:30.", "Earlier, on 1 May 2023, Desk: "),
        ("As of 10:30 the ferry had sunk.", ""),
        ("As of Monday the ferry had sunk.", ""),
        ("The crew said: as of Monday: nothing.", ""),
        ("As of 3 May 2023, Sea Gazette:", ""),
        ("", ""),
    ],
)
def test_a_heading_is_told_apart_from_what_follows_it(text: str, heading: str) -> None:
    assert read_stated(text) == Stated(heading, text.removeprefix(heading)) and read_stated(text).text == text


def test_a_heading_alone_is_one() -> None:
    assert is_heading("As of 3 May 2023, Sea Gazette:") and is_heading("Earlier:")
    assert not is_heading("As of 3 May 2023, Sea Gazette: the ferry sank.") and not is_heading("The ferry sank:")


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("- As of 3 May 2023, Desk: the ferry sank.", Stated("As of 3 May 2023, Desk: ", "the ferry sank.")),
        ("Yes. The ferry sank.", Stated("", "The ferry sank.")),
        ("As of 3 May 2023, Desk: the articles do not say why.", NOTHING),
        ("The articles do not say why, but the ferry sank on Monday.", Stated("", "the ferry sank on Monday.")),
        ("Why did it sink?", NOTHING),
        ("***", NOTHING),
    ],
)
def test_what_a_sentence_states_has_its_heading_apart(text: str, claim: Stated) -> None:
    assert WrittenSentence(text, "", ()).claim == claim
