import datetime
from pathlib import Path

import pytest

from index.article import Article
from index.limits import FileLimits
from index.readers.labelled_lines import labelled
from index.readers.registry import read_file

BODY = "Osterby opened its new ferry pier on Tuesday. The mayor cut a ribbon.\n"


@pytest.mark.parametrize(
    ("head", "title", "source", "author"),
    [
        ("Ferry pier opened\nPublished: 2024-03-05\nSource: The Osterby Post\n\n", "Ferry pier opened",
         "The Osterby Post", None),
        ("Headline: Ferry pier opened\nPublisher: Post\nBy: Ada Lund\nDate: 5 March 2024\n\n", "Ferry pier opened",
         "Post", "Ada Lund"),
        ("SOURCE : Post\n\nFerry pier opened\n5 March 2024\nAuthor: Ada Lund\n\n", "Ferry pier opened", "Post",
         "Ada Lund"),
    ],
)  # fmt: skip
def test_what_the_head_of_a_text_states_is_its_metadata(
    tmp_path: Path, head: str, title: str, source: str, author: str | None
) -> None:
    (tmp_path / "pier.txt").write_text(head + BODY)
    [article] = read_file(tmp_path / "pier.txt", FileLimits())
    assert isinstance(article, Article)
    assert (article.title, article.source, article.author) == (title, source, author)
    assert article.date == datetime.date(2024, 3, 5)
    assert "Source" not in article.text and "Publisher" not in article.text and BODY.strip() in article.text


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("The lock at Brenn was opened on Friday.", "The lock at Brenn was opened on Friday."),
        (f"The lock at Brenn was opened on Friday{', and the boats went through' * 5}.", "lock"),
        ("The lock opens\nThe lock at Brenn was opened on Friday.", "The lock opens"),
    ],
)
def test_a_line_that_says_the_day_is_no_title(tmp_path: Path, body: str, title: str) -> None:
    (tmp_path / "lock.txt").write_text(f"Source: The Brenn Post\nDate: 2024-12-13\n\n{body}\n")
    [article] = read_file(tmp_path / "lock.txt", FileLimits())
    assert isinstance(article, Article)
    assert (article.title, article.source, article.date) == (title, "The Brenn Post", datetime.date(2024, 12, 13))


@pytest.mark.parametrize(
    "text",
    [
        f"{BODY}Source: the mayor\n",
        "Sources: three\nSource\nThe source: a spring\n",
        f"{'x' * 300}\nSource: The Post\n",
        "Open source: a guide\n",
    ],
)
def test_what_is_no_head_stays_in_the_text(text: str) -> None:
    assert labelled(text.split("\n")) == ({}, text.split("\n"))


def test_the_first_of_two_counts_and_the_other_stays() -> None:
    assert labelled(["Source: A", "Source: B", "Text."]) == ({"source": "A"}, ["Source: B", "Text."])
