import pytest

from chatbot.answer import Answer, Quotation, Statement, Understood, Verdict
from chatbot.web.inline_markdown import inline
from chatbot.web.page import answer_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**Tea** is *grown* as `tea`.", "<strong>Tea</strong> is <em>grown</em> as <code>tea</code>."),
        ("### Background", "<strong>Background</strong>"),
        ("**One sentence. ", "One sentence. "),
        ("And its end.**", "And its end."),
        ("5 * 3 * 2 and 2 ** 3", "5 * 3 * 2 and 2 ** 3"),
        ("#1 of a_b_c", "#1 of a_b_c"),
        ("**<img src=x>**", "<strong>&lt;img src=x&gt;</strong>"),
        ("`<script>`", "<code>&lt;script&gt;</code>"),
        ("[x](javascript:a) ![y](http://z.example)", "[x](javascript:a) ![y](http://z.example)"),
        ("## <b>Tea</b> & *rice*", "<strong>&lt;b&gt;Tea&lt;/b&gt; &amp; <em>rice</em></strong>"),
        ("", ""),
    ],
)
def test_what_an_llm_marks_is_shown_and_nothing_else_becomes_an_element(text: str, html: str) -> None:
    assert inline(text) == html


def test_a_quotation_is_shown_word_for_word() -> None:
    text = "They wrote **tea** and *rice*."
    written = Statement(text, Verdict.UNFOUND, missing=("tea",))
    answer = Answer("Q?", Understood("Q?"), (Quotation(text, ()), written), "canned")
    html = answer_html.answered(answer, 0)
    assert f"“{text}”" in html and html.count("<strong>tea</strong>") == 1


def test_the_heads_of_a_table_are_heads() -> None:
    rows = ["| Town | Holder |", "|---|---|", "| Rye | the **guild** |"]
    blocks = tuple(Statement(row, Verdict.CITED, space="\n") for row in rows)
    html = answer_html.answered(Answer("Q?", Understood("Q?"), blocks, "canned"), 0)
    assert html.count("<th ") == 2 and html.count("<td ") == 2 and "<strong>guild</strong>" in html
