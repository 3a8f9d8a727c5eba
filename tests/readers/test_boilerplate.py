import pytest

from index.readers.boilerplate import staffed_source, text_positions

CAPTION = "A ferry lies at the quay of Norvik on March 3, 2021. (Anna Berg / Coast Photos)"


def without_boilerplate(lines: list[str]) -> list[str]:
    """The lines that stay."""
    return [lines[position] for position in text_positions(lines)]


@pytest.mark.parametrize("line", [
    "Most Popular", "read more:", "Read more: Ten things about ferries", "Advertisement", "Share", "Share this article",
    "Comments (12)", "Coast Courier staff contributed to this report.", "Agencies contributed to this article",
    "Sign up for our newsletter", "Follow us on every network", "Story continues below advertisement", "Loading...",
])
def test_boilerplate_is_dropped(line: str) -> None:
    around = ["Ferries stopped.", "They sail again."]
    assert without_boilerplate([around[0], line, around[1]]) == around


@pytest.mark.parametrize("line", [
    "Read more books, the minister said.", "Share prices fell on Monday.", "Subscribers left the service.",
    "Comments by the mayor", "Most popular of all was the old ferry.", "She contributed to this report's success.",
    "What happens next", "Print is not dead",
])
def test_what_an_article_says_is_kept(line: str) -> None:
    assert without_boilerplate([line]) == [line]


def test_a_caption_repeated_word_for_word_is_kept_once() -> None:
    assert without_boilerplate([CAPTION, CAPTION.replace(" ", "  "), "Text.", CAPTION]) == [CAPTION, "Text."]


def test_a_refrain_is_kept() -> None:
    question = "What do you like best about the food of the coast?"
    lines = [line for at in range(3) for line in (question, f"Cook {at}.", "It is salty.", "That is all.", "Next.")]
    assert without_boilerplate(lines) == lines


def test_short_lines_may_repeat() -> None:
    assert without_boilerplate(["He said no.", "Why?", "He said no."]) == ["He said no.", "Why?", "He said no."]


def test_teasers_at_the_end_go_with_their_heading() -> None:
    assert without_boilerplate(["It sails.", "Most Popular", "Ten best ferries", "Why gulls scream"]) == ["It sails."]


def test_a_subhead_behind_a_teaser_heading_is_kept_where_the_article_goes_on() -> None:
    lines = ["It sails.", "Related", "What happens next", "The council meets."]
    assert without_boilerplate(lines) == ["It sails.", "What happens next", "The council meets."]


def test_the_staff_line_names_the_source() -> None:
    assert staffed_source(["Text.", " Coast Courier staff contributed to this report. "]) == "Coast Courier"
    assert staffed_source(["The staff contributed much."]) is None


def test_a_whole_article_in_one_line_is_kept_however_it_begins() -> None:
    line = "Follow us, said the captain. " + "The ferry sails on Monday. " * 9
    assert without_boilerplate([line.strip()]) == [line.strip()]
