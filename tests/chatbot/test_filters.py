import datetime

import pytest

from chatbot.errors import ScopeError
from chatbot.filters import EVERYWHERE, QuestionFilter, read_filter
from tests.support.reports import day

SOURCES = ["Sample Desk", "Other Desk"]


def test_what_is_missing_or_empty_narrows_nothing() -> None:
    assert read_filter({}, SOURCES) == EVERYWHERE == read_filter({"source": "", "since": None, "quoting": ""}, SOURCES)


def test_a_form_is_read() -> None:
    values = {"source": "Sample Desk", "since": "2024-12-01", "until": "2024-12-05", "quoting": "yes", "other": "x"}
    assert read_filter(values, SOURCES) == QuestionFilter(
        quoting=True, source="Sample Desk", since=day(1), until=day(5)
    )


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"source": "Nobody"}, "No article is from the source 'Nobody'. Expected Other Desk, Sample Desk."),
        ({"as_of": "5 December"}, "'5 December' is no date. Expected year, month and day of one, such as 2024-12-01."),
        ({"since": "2024-13-01"}, "'2024-13-01' is no date."),
        (
            {"since": "2024-12-05", "until": "2024-12-01"},
            "The first day, 5 December 2024, is after the last, 1 December 2024. Swap them.",
        ),
        ({"since": "2024-12-05", "as_of": "2024-12-01"}, "Articles from 5 December 2024 on are not yet known as of"),
        ({"since": ["x"]}, "is no date."),
    ],
)
def test_what_no_article_can_be_is_refused_with_a_way_out(values: dict[str, object], message: str) -> None:
    with pytest.raises(ScopeError) as refused:
        read_filter(values, SOURCES)
    assert message in str(refused.value)


def test_one_article_is_named_by_its_id_and_shown_by_its_title() -> None:
    scope = read_filter({"article": "a1"}, [], {"a1": "Hama changes hands"}.get)
    assert (scope.article, scope.articles) == ("a1", "Hama changes hands") and scope.filters().articles == ("a1",)
    assert read_filter({"article": ""}, []).filters().articles is None
    with pytest.raises(ScopeError, match="no longer there"):
        read_filter({"article": "a2"}, [], {"a1": "Hama changes hands"}.get)


def test_a_collection_without_sources_says_so_and_many_are_not_all_named() -> None:
    with pytest.raises(ScopeError, match="No article names its source"):
        read_filter({"source": "x"}, [])
    with pytest.raises(ScopeError, match=r"Expected 0, 1, 2, 3, 4, 5, 6, 7, \.\.\.\."):
        read_filter({"source": "x"}, [str(number) for number in range(10)])


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (EVERYWHERE, ""),
        (QuestionFilter(source="Desk", as_of=day(1)), "Desk · as of 1 December 2024"),
        (QuestionFilter(since=day(1), until=day(5)), "1 December 2024 to 5 December 2024"),
        (QuestionFilter(since=day(1)), "from 1 December 2024"),
        (QuestionFilter(until=day(5)), "until 5 December 2024"),
    ],
)
def test_a_scope_is_said_in_words(scope: QuestionFilter, words: str) -> None:
    assert scope.articles == words


def test_as_of_leaves_out_what_came_later() -> None:
    assert QuestionFilter(until=day(5), as_of=day(3)).filters(until=day(4)).until == datetime.date(2024, 12, 3)
