import datetime
import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from chatbot.answer import Answer, Note, Quotation, Statement, Verdict
from chatbot.markdown import escaped, markdown, plain, shown_host, turn_markdown, web_address
from tests.support.canned import DRAFT_ANSWER, HAMA_ANSWER, HOSTILE_ANSWER, KHERSON_ANSWER, SMUGGLING, WRITTEN_ANSWER
from tests.support.canned_articles import HOSTILE_TEXT

ASKED = datetime.datetime(2024, 12, 6, 9, 5, tzinfo=datetime.UTC)
READER = MarkdownIt("gfm-like", {"linkify": False})


def html(text: str) -> str:
    return str(READER.render(text))


def tags(text: str) -> set[str]:
    return set(re.findall(r"<(\w+)", html(text)))


def test_the_plain_text_lists_every_source() -> None:
    lines = plain(HAMA_ANSWER).splitlines()
    assert lines[-4] == "Sources"
    assert lines[-3] == (
        "[1] Hama changes hands, Sample Desk, 5 December 2024. "
        "“Opposition forces took the city of Hama on Thursday.” https://news.example/hama"
    )
    assert lines[-1].endswith("government.”")
    assert "\n\n2 of 3 statements verified\n\nSources\n" in plain(WRITTEN_ANSWER)
    assert plain(KHERSON_ANSWER) == KHERSON_ANSWER.text


def test_the_markdown_links_the_sources() -> None:
    text = markdown(WRITTEN_ANSWER)
    assert "*2 of 3 statements verified*\n\n**Sources**\n\n- \\[1\\] Hama changes hands, Sample Desk" in text
    assert "[news.example](<https://news.example/hama>)" in text
    shown = html(text)
    assert '<a href="https://news.example/hama">news.example</a>' in shown
    assert "They lost 12 men. [not found in the articles]" in shown


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE_TEXT, "# Heading", "- item", "+ item", "* item", "12. item", "1) item", "---", "===", "> quote",
        "`code`", "```", "~~~", "    code", "a_b_ *c* **d** ~~e~~", "<https://evil.example>", "[a]: http://evil.example",
        "![x][a]", "[x](data:text/html,1)", "|a|b|", "&lt;b&gt; &copy;", "\\[x\\](y)", "a\u2028# b", "[^1]: note",
    ],
)  # fmt: skip
def test_text_is_shown_as_it_is(text: str) -> None:
    shown = html(escaped(text))
    assert set(re.findall(r"<(\w+)", shown)) == {"p"}
    unescaped = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    assert unescaped.strip() == f"<p>{' '.join(text.split())}</p>"


def test_a_number_in_brackets_that_an_article_holds_looks_like_no_citation() -> None:
    text = "The ministry [2] and, it said, [1, 3] agree."
    answer = replace(HAMA_ANSWER, blocks=(Quotation(text, (1,)),))
    assert plain(answer).splitlines()[0] == "“The ministry (2) and, it said, (1, 3) agree.” [1]"
    assert markdown(answer).splitlines()[0] == "“The ministry (2) and, it said, (1, 3) agree.” \\[1\\]"


@pytest.mark.parametrize("smuggled", SMUGGLING)
def test_markup_of_an_llm_is_text_in_an_export_too(smuggled: str) -> None:
    answer = replace(HAMA_ANSWER, blocks=(Quotation(smuggled, ()),), citations=(), draft=smuggled, notes=(smuggled,))
    assert tags(turn_markdown(smuggled, ASKED, "", answer)) <= {"h2", "p", "em", "strong", "blockquote"}


def written(*lines: str) -> Answer:
    blocks = tuple(Statement(line, Verdict.VERIFIED, (1,), space="\n") for line in lines)
    return replace(HAMA_ANSWER, blocks=(Note("As reported:"), *blocks), citations=())


def test_lists_and_tables_of_an_llm_stay_such() -> None:
    answer = written("- It fell.", "* It *burnt*.", "1. First.", "| Town | Side |", "|---|---|", "| Hama | a | b |")
    assert markdown(answer).split("\n\n")[:-1] == [
        "As reported:", "- It fell. \\[1\\]\n- It \\*burnt\\*. \\[1\\]", "1. First. \\[1\\]",
        "| Town | Side \\[1\\] |  |\n| --- | --- | --- |\n| Hama | a | b \\[1\\] |",
    ]
    shown = html(markdown(answer))
    assert (shown.count("<li>"), shown.count("<th>"), shown.count("<td>")) == (3, 3, 3)
    assert "<td>b [1]</td>" in shown and "<em>burnt" not in shown
    assert tags(markdown(written("| Hama | the army |"))) == {"p", "em", "table", "thead", "tbody", "tr", "th", "td"}


@pytest.mark.parametrize("smuggled", SMUGGLING)
def test_markup_in_a_list_or_table_of_an_llm_is_text(smuggled: str) -> None:
    answer = written(f"- {smuggled}", f"1. {smuggled}", f"| {smuggled} | {smuggled} |")
    shown = {"p", "em", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"}
    assert tags(markdown(answer)) <= shown


def test_a_point_that_an_article_holds_is_no_list() -> None:
    assert tags(markdown(replace(HAMA_ANSWER, blocks=(Quotation("- It fell.", (1,)),), citations=()))) == {"p"}


def test_addresses_in_a_text_are_not_made_links_by_readers_that_look_for_them() -> None:
    assert escaped("See http://evil.example or www.evil.example, a@evil.example") == (
        "See http\\://evil.example or www\\.evil.example, a\\@evil.example"
    )


def test_nothing_hostile_becomes_markup_in_an_export() -> None:
    answer = replace(HOSTILE_ANSWER, draft=HOSTILE_TEXT, related=HOSTILE_ANSWER.citations)
    text = turn_markdown(HOSTILE_TEXT, ASKED, HOSTILE_TEXT, answer)
    assert tags(text) <= {"h2", "p", "ul", "li", "em", "strong", "blockquote"}


@pytest.mark.parametrize(
    "url", [None, "", "javascript:alert(1)", "data:text/html,x", "//x.example", "ftp://x.example", "http://[x", "http:"]
)
def test_only_web_addresses_are_links(url: str | None) -> None:
    assert web_address(url) is None
    cited = replace(HAMA_ANSWER.citations[0], url=url)
    assert "a" not in tags(markdown(replace(HAMA_ANSWER, citations=(cited,))))


def test_an_address_cannot_break_out_of_its_link() -> None:
    cited = replace(HAMA_ANSWER.citations[0], url="https://x.example/a>) <b>![](http://e.example)?a=1&copy=2")
    text = markdown(replace(HAMA_ANSWER, citations=(cited,)))
    assert tags(text) == {"p", "strong", "ul", "li", "a"} and html(text).count("<a ") == 1
    assert "&amp;copy=2" in html(text)


def test_a_turn_is_exported_with_its_answerer_day_and_scope() -> None:
    text = turn_markdown("Who\ncontrols Hama?", ASKED, "Sample Desk", WRITTEN_ANSWER)
    assert text.startswith("## Who controls Hama?\n\nOpposition forces took Hama")
    assert "Question as understood: What was written?" not in text
    assert text.endswith("*Answered on 6 December 2024, 09:05 UTC · openai:canned · Sample Desk*")


def test_an_abstention_is_exported_with_what_is_related() -> None:
    text = turn_markdown("And Kherson?", ASKED, "", KHERSON_ANSWER)
    assert text.count("No article mentions Kherson.") == 1 and "**Related passages, not an answer**" in text
    assert "Question as understood: Who controls Kherson?" in text


def test_a_draft_is_exported_as_unchecked() -> None:
    text = turn_markdown("?", ASKED, "", DRAFT_ANSWER)
    assert "> **What the LLM had written when it failed, unchecked**\n>\n> Opposition forces took Hama" in text


def test_a_turn_without_an_answer_is_exported_with_what_stands_there() -> None:
    text = turn_markdown("?", ASKED, "", None, otherwise=["Half an\nanswer", "Stopped."])
    assert text == "## ?\n\nHalf an\n\nanswer\n\nStopped.\n\n*Asked on 6 December 2024, 09:05 UTC*"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://news.example/a", "news.example"),
        ("https://news.example:8443/a", "news.example"),
        ("https://bank.example@evil.example/a", "evil.example"),
        ("https://bank.example:pass@evil.example/a", "evil.example"),
        ("https://[::1]/a", "::1"),
    ],
)
def test_a_link_shows_the_host_that_it_leads_to(url: str, host: str) -> None:
    assert shown_host(url) == host


@pytest.mark.parametrize(
    "host", ["moc.\u202eelpmaxe", "\u0430pple.example", "a\u2066b.example", "a\x85b.example", "a\ud800b.example"]
)
def test_a_host_in_a_link_is_ascii_that_steers_nothing(host: str) -> None:
    shown = shown_host(f"https://bank.example@{host}/")
    assert shown.isascii() and shown.isprintable() and shown != host and "bank" not in shown


@pytest.mark.parametrize("url", ["https://", "https://u@", "https://:80/", "javascript:alert(1)", "http://[x", None])
def test_what_leads_to_no_host_is_no_link(url: str | None) -> None:
    assert web_address(url) is None
