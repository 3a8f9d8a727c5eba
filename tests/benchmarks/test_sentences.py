from benchmarks.news_sets import SHIPPED
from benchmarks.sentences import measure, ours, wrapped
from tests.conftest import ROOT


def test_few_sentences_with_abbreviations_are_cut_or_run_together() -> None:
    [errors] = measure({"ours": ours})
    assert errors.cut <= 5 and errors.missed <= 4


def test_hardly_any_sentence_of_the_articles_is_cut_where_their_lines_are_wrapped() -> None:
    # "Bulletin No. | 1. It contains", "1,020 / | 41. Kibanze", "closed: | 27. Employees": such a line begins as an item
    # of a list does.
    assert [row.cut for row in wrapped([ROOT / "articles", SHIPPED / "collections"])] == [0, 6, 2]
