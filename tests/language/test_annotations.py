import datetime
import zlib

import pytest

from index.language.annotations import decode, encode
from tests.support.parsing import annotated

TEXT = """OSTERBY, May 19 (Agency) - The choir of Osterby sang “Ode” – twice.

18 May 2031
Ilsvik is a fishing town. It was rebuilt 🙂 by Petra Holm.

Ilsvik: under repair
"""


def test_what_is_decoded_is_what_was_encoded() -> None:
    lines = annotated(TEXT)
    decoded = decode(encode(lines))
    for line in lines:
        annotation = decoded.at(line.start)
        assert annotation is not None
        assert (annotation.start, annotation.end, annotation.day, annotation.label, annotation.resolved) == (
            line.start, line.end, line.day, line.label, line.resolved,
        )  # fmt: skip
        assert annotation.parsed.text == line.parsed.text and annotation.parsed.tokens == line.parsed.tokens
        assert annotation.clauses == line.clauses


def test_nothing_is_known_where_no_sentence_starts() -> None:
    decoded = decode(encode(annotated(TEXT)))
    assert decoded.at(1) is None and decoded.at(-1) is None and decoded.at(10**9) is None


def test_an_article_without_sentences_is_kept_too() -> None:
    assert decode(encode([])).at(0) is None


def test_what_an_earlier_version_kept_is_decoded_too() -> None:
    lines = annotated(TEXT)
    rows = zlib.decompress(encode(lines)).split(b"\n")
    assert len(rows) == len(lines) > 2
    earlier, now = decode(zlib.compress(b"[" + b", ".join(rows) + b"]")), decode(encode(lines))
    assert [line.parsed.tokens for line in earlier.lines()] == [line.parsed.tokens for line in now.lines()]
    assert [line.clauses for line in earlier.lines()] == [line.clauses for line in now.lines()]


def test_a_sentence_is_decoded_once() -> None:
    decoded = decode(encode(annotated(TEXT)))
    assert decoded.at(0) is decoded.at(0) is not None


def test_sentences_stand_in_the_article_where_they_say() -> None:
    for line in annotated(TEXT):
        if not line.label:
            assert TEXT[line.start : line.end] == line.parsed.text


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("18 May 2031\nThe choir sang.", datetime.date(2031, 5, 18)),
        ("Sunday, 18 May\nThe choir sang.", datetime.date(2031, 5, 18)),
        ("18 May: The choir sang in the hall of the museum at Osterby.", None),
        ("Concerts\nThe choir sang.", None),
        ("18 May 2031\nThe choir sang.\n\nConcerts\nThe choir sang.", None),
        ("Concerts of 2031\nThe choir sang.", None),
    ],
)
def test_a_heading_that_is_a_day_dates_what_is_below_it(text: str, day: datetime.date | None) -> None:
    last = annotated(text)[-1]
    assert (last.day.first if last.day else None) == day


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("Ilsvik: under repair", "Ilsvik"),
        ("Deir al-Qamar (south): shut", "Deir al-Qamar"),
        ("The mayor said: nothing new", ""),
        ("At 10:30 the choir sang.", ""),
        ("https://news.example/concerts", ""),
    ],
)
def test_a_name_before_a_colon_is_a_label(line: str, label: str) -> None:
    assert annotated(line)[0].label == label


def test_names_that_words_stand_for_are_listed() -> None:
    assert annotated("Ilsvik is a fishing town. It was rebuilt.")[1].resolved == (("it", ("Ilsvik",)),)
