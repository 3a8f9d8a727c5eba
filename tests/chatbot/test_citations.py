import datetime

import pytest

from chatbot.citations import LONGEST_REFERENCE_CHARACTERS, cite, normalise
from index.article import Article
from index.language.sentences import sentence_spans
from index.passage import Passage

HOMS = "Homs fell overnight.\n\nThe army left Homs on 7 December. The city lies on the M5 motorway."


def test_a_citation_holds_a_sentence_with_its_place_and_origin() -> None:
    day = datetime.date(2024, 12, 8)
    article = Article("homs", HOMS, "On Homs", source="Desk", date=day, url="http://x/homs")
    spans = tuple(span for span in sentence_spans(HOMS) if span[0] >= 22)
    passage = Passage("homs", 3, 22, len(HOMS), HOMS[22:], spans)
    cited = cite(4, article, passage, spans[0])
    assert HOMS[cited.start : cited.end] == cited.sentence == "The army left Homs on 7 December."
    assert (cited.n, cited.article_id, cited.title, cited.source, cited.url) == (4, "homs", "On Homs", "Desk", "http://x/homs")
    assert (cited.date, cited.passage) == (day, HOMS[22:])


@pytest.mark.parametrize(
    ("form", "marks"),
    [
        ("[1]", "[1]"),
        ("[1, 2]", "[1][2]"),
        ("[1,2]", "[1][2]"),
        ("[1; 2]", "[1][2]"),
        ("[1 2]", "[1][2]"),
        ("[1 and 2]", "[1][2]"),
        ("[1, 2, and 4]", "[1][2][4]"),
        ("[1-3]", "[1][2][3]"),
        ("[1–3]", "[1][2][3]"),
        ("[1 to 3, 5]", "[1][2][3][5]"),
        ("【1】", "[1]"),
        ("［1］", "[1]"),
        ("【1†source】", "[1]"),
        ("【1:0†L1-L5】", "[1]"),
        ("[^1]", "[1]"),
        ("[^1^]", "[1]"),
        ("[#1]", "[1]"),
        ("[source 1]", "[1]"),
        ("[Source: 1]", "[1]"),
        ("[Passages 1 and 2]", "[1][2]"),
        ("[passage 1, passage 2]", "[1][2]"),
        ("[ 1 ]", "[1]"),
        ("[[1]]", "[1]"),
        ("[1][2]", "[1][2]"),
    ],
)
def test_every_form_of_mark_becomes_one(form: str, marks: str) -> None:
    assert normalise(f"Text {form}.") == f"Text {marks}."


@pytest.mark.parametrize("text", ["in [2016]", "[2016-2019]", "[12:30]", "[the army]", "[sic]", "[]", "a[i]", "(1)"])
def test_other_brackets_stay_text(text: str) -> None:
    assert normalise(text) == text


@pytest.mark.parametrize("count", [20, 26, 27, 28, 60])
def test_a_list_too_long_for_a_mark_is_text(count: int) -> None:
    mark = f"[{'1, ' * (count - 1)}1]"
    assert (normalise(mark) == "[1]" * count) == (len(mark) <= LONGEST_REFERENCE_CHARACTERS)
