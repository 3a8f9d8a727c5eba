"""A message is its English, keeps its parts, and outlives a file and a copy with them."""

import copy
import datetime
import json
import pickle

import pytest

from index.errors import FetchError, ReadError
from index.message import Message, day_message, joined, message_of, named, packed, unpacked, with_name

DAY = datetime.date(2024, 12, 5)
NESTED = joined(Message("Read “%(name)s” on %(day)s.", name="Hama", day=DAY), Message("%(count)s more", count=12_000))


def test_a_message_is_its_english() -> None:
    assert NESTED == "Read “Hama” on 5 December 2024. 12,000 more"
    assert json.dumps([NESTED], ensure_ascii=False) == f'["{NESTED}"]'
    assert f"{NESTED}" == str(NESTED) == NESTED and hash(NESTED) == hash(str(NESTED))


def test_a_percent_sign_in_a_text_or_in_a_message_without_values_is_one() -> None:
    assert (Message("100 %"), Message("%(name)s.", name="5 %(x)s")) == ("100 %", "5 %(x)s.")


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        Message("%(count)s articles of %(day)s", day=DAY)


def test_it_keeps_its_parts_in_a_copy_and_in_a_file() -> None:
    in_file = unpacked(json.loads(json.dumps(packed(NESTED))))
    for other in (copy.deepcopy(NESTED), pickle.loads(pickle.dumps(NESTED)), in_file):
        assert isinstance(other, Message) and other == NESTED
        assert (other.template, other.values) == (NESTED.template, NESTED.values)
        first = other.values["part1"]
        assert isinstance(first, Message) and first.values["day"] == DAY


def test_a_plain_text_stays_one_in_a_file() -> None:
    assert (packed("as it was"), unpacked("as it was")) == ("as it was", "as it was")
    assert not isinstance(unpacked("as it was"), Message)


@pytest.mark.parametrize("stored", [
    None, [], ["%(name)s", {"x": "y"}], ["%(day)s", {"day": {"day": "none"}}], ["x", "y"],
])  # fmt: skip
def test_what_is_no_packed_text_is_refused(stored: object) -> None:
    with pytest.raises((AttributeError, KeyError, TypeError, ValueError)):
        unpacked(stored)


def test_what_is_joined_has_no_empty_parts() -> None:
    assert joined("a", "", "b", between=", ") == "a, b"
    assert joined() == ""


def test_an_error_gives_the_message_that_it_was_raised_with() -> None:
    reason = Message("the file has no text.")
    assert message_of(ReadError(reason)) is reason
    assert message_of(ValueError("plain")) == "plain" and message_of(ValueError()) == ""


def test_an_error_says_what_was_refused_and_why() -> None:
    error = FetchError(Message("the file has no text."), name="https://a.example: x")
    assert str(error) == message_of(error) == named("https://a.example: x", "the file has no text.")
    assert (error.name, error.reason, error.passing) == ("https://a.example: x", "the file has no text.", False)


def test_a_name_is_replaced_in_the_values_of_a_message() -> None:
    renamed = with_name(named("/srv/news/a.md", Message("%(name)s is gone.", name="/srv/news")), "/srv/news", "news")
    assert renamed == "news/a.md: news is gone." and isinstance(renamed, Message)
    assert with_name("/srv/news/a.md", "/srv/news", "news") == "news/a.md"


def test_a_day_may_be_unknown() -> None:
    assert (day_message(DAY), day_message(None)) == ("5 December 2024", "date unknown")
