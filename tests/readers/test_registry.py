import datetime
import os
from pathlib import Path

import pytest

from index.article import Article
from index.errors import ReadError
from index.limits import FileLimits
from index.readers.registry import Refusal, article_files, read_file
from tests.support.corpus import write

DEFAULT = FileLimits()
SITE = """Ferries said to resume within days

Norvik council seizes harbour from ferry company after yearslong dispute

Owner says dozens of sailors locked out, in first reaction to the surprise closure

A ferry lies at the quay of Norvik on March 3, 2021. (Anna Berg / Coast Photos)
A ferry lies at the quay of Norvik on March 3, 2021. (Anna Berg / Coast Photos)

The council of Norvik said on Wednesday that it had taken the harbour from the ferry company after a long dispute.

It had been run by the company since 2014.

Coast Courier staff contributed to this report.

Most Popular
read more:
"""


def read_article(path: Path, limits: FileLimits = DEFAULT) -> Article:
    """The one article in a file."""
    [article] = read_file(path, limits)
    assert isinstance(article, Article), article
    return article


def refusal(path: Path, limits: FileLimits = DEFAULT) -> Refusal:
    """Why a file has no article."""
    [refused] = read_file(path, limits)
    assert isinstance(refused, Refusal), refused
    return refused


def test_a_news_sites_page_becomes_an_article(tmp_path: Path) -> None:
    article = read_article(write(tmp_path, "page.txt", SITE))
    assert article.title == "Norvik council seizes harbour from ferry company after yearslong dispute"
    # The day of a photo may be years before that of the report.
    assert (article.source, article.date) == ("Coast Courier", None)
    assert article.text.startswith("Ferries said to resume within days\n\nNorvik council seizes")
    assert article.text.endswith("since 2014.")
    assert article.text.count("A ferry lies") == 1


def test_front_matter_is_understood(tmp_path: Path) -> None:
    path = write(tmp_path, "a.md", "# Not this\n\nText.", title="Harbour: a\nhistory", date=datetime.date(2021, 3, 3),
                 source="Desk", author=["A. Berg", "B. Lie"], URL="https://news.example/h")
    article = read_article(path)
    assert (article.title, article.source, article.author) == ("Harbour: a history", "Desk", "A. Berg, B. Lie")
    assert (article.url, article.date) == ("https://news.example/h", datetime.date(2021, 3, 3))
    assert article.path == str(path.resolve())


def test_the_id_follows_the_url_else_the_file(tmp_path: Path) -> None:
    article = read_article(write(tmp_path, "one.md", "Text.", url="https://news.example/h"))
    two = read_article(write(tmp_path, "two.md", "Other text.", url="https://news.example/h"))
    three = read_article(write(tmp_path, "three.md", "Text."))
    assert article.id == two.id != three.id


@pytest.mark.parametrize("text, title", [
    ("Ferries *stop*  \nagain\n===\n\nThe ferries stopped.", "Ferries stop again"),
    ("By Anna Berg\n\nFerries stop at quay\n\nMarch 3, 2021\n\nFerries have stopped.", "Ferries stop at quay"),
    ("The ferries stopped.\n\nThey sail again.", "The ferries stopped."),
    ("The ferries " + "really " * 30 + "stopped.", "untitled"),
])
def test_a_title_is_found_without_front_matter(tmp_path: Path, text: str, title: str) -> None:
    assert read_article(write(tmp_path, "untitled.md", text)).title == title


def test_markdown_loses_its_marks_and_keeps_its_words(tmp_path: Path) -> None:
    text = "## Sub\n\nA **bold** [link](http://x.example) and <b>tag</b>.\n\n* one\n\n```\ncode\n```\n\n![pier](p)"
    article = read_article(write(tmp_path, "a.md", text))
    assert article.text.split("\n\n") == ["Sub", "A bold link and <b>tag</b>.", "- one", "code", "pier"]


def test_lines_broken_at_one_width_are_joined(tmp_path: Path) -> None:
    text = "The council of the town of Norvik took\nover the harbour on Monday and closed it\nto all ferries.\n\nNext."
    assert read_article(write(tmp_path, "a.txt", text)).text == (
        "The council of the town of Norvik took over the harbour on Monday and closed it to all ferries.\n\nNext."
    )


@pytest.mark.parametrize("raw", [
    b"One.\r\n\r\nTwo.\r\n", b"\xef\xbb\xbfOne.\n\nTwo.", "One.\n\nTwo.".encode("utf-16"), b"One.\rTwo.",
    b"---\r\ndate: 2021-03-03\r\n---\r\nOne.\r\nTwo.",
])
def test_line_ends_marks_and_control_characters_do_not_matter(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(raw)
    assert read_article(tmp_path / "a.txt").text == "One.\n\nTwo."


@pytest.mark.parametrize("raw, says", [
    (b"", "has no text"), (b" \n\t\n", "has no text"), (b"---\ntitle: A\n---\n", "has no text"), (b".", "has no text"),
    (b"\x7fELF\x00\x00\x01", "binary"), ("Łódź".encode("cp1250"), "no encoding explains"),
    (b"\xff\xfea", "no encoding explains"), (b"---\ntitle: Norvik: a town\n---\nText.", "front matter is not YAML"),
    (b"---\ndate: 2024-02-31\n---\nText.", "front matter is not YAML"),
    (b"---\ntitle: [a\n---\nText.", "front matter is not YAML"),
])
def test_what_cannot_be_an_article_is_refused_by_name(tmp_path: Path, raw: bytes, says: str) -> None:
    (tmp_path / "a.txt").write_bytes(raw)
    refused = refusal(tmp_path / "a.txt")
    assert refused.name == str(tmp_path / "a.txt") and says in refused.reason


@pytest.mark.parametrize("text", ["---\n- a list\n- of two\n---\nText.", "---\nHe said: this: that\n---\nText."])
def test_a_text_that_opens_with_a_rule_is_kept_whole(tmp_path: Path, text: str) -> None:
    article = read_article(write(tmp_path, "a.txt", text))
    assert article.text.replace("\n\n", "\n") == text


@pytest.mark.parametrize("date", ["yesterday", "05/12/2024", "2024"])
def test_a_date_that_is_none_is_unknown(tmp_path: Path, date: str) -> None:
    assert read_article(write(tmp_path, "a.md", "It sailed on May 1, 2020.", date=date)).date is None


def test_hostile_front_matter_stays_text(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text('---\ntitle: "a\\u0007b"\nauthor: {name: X}\nsource: [1, [2]]\n---\nText.')
    article = read_article(tmp_path / "a.md")
    assert (article.title, article.author, article.source) == ("a\x07b", None, "1")


def test_files_are_found_in_order_and_others_passed_over(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "c.png", ".hidden.md", "sub/d.MD", ".git/e.md"):
        write((tmp_path / name).parent, Path(name).name, "Text.")
    os.mkfifo(tmp_path / "pipe.txt")
    results = [os.path.relpath(str(path), tmp_path) for path in article_files([tmp_path, tmp_path / "b.txt"])]
    assert results == ["a.md", "b.txt", "sub/d.MD", "b.txt"]


def test_a_link_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.md").symlink_to(tmp_path / "gone.md")
    (tmp_path / "b.md").symlink_to(tmp_path / "b.md")
    assert all("cannot be read" in refusal(tmp_path / name).reason for name in ("a.md", "b.md"))
    assert len(list(article_files([tmp_path]))) == 2


@pytest.mark.parametrize("name", ["missing", "missing/a.md"])
def test_a_path_that_does_not_exist_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReadError, match="there is no such file or folder"):
        list(article_files([tmp_path / name]))


def test_another_format_is_refused_with_those_expected(tmp_path: Path) -> None:
    assert "'.png' files are not read. Expected one of .txt" in refusal(write(tmp_path, "a.png", "x")).reason


def test_a_file_name_that_is_not_utf_8_is_refused_in_printable_words(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt"))
    path.write_text("Text.")
    refused = refusal(path)
    assert "name is not UTF-8" in refused.reason and str(refused).encode()
