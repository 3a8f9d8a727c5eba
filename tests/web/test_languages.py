"""The page in German: every word of its own is translated, and nothing of the articles is."""

import datetime
import re
from dataclasses import replace

import httpx
import pytest
from babel.messages.catalog import Message as Entry
from playwright.sync_api import Page, expect

from chatbot.answer import DayRelation, Heading, Statement, Verdict, heading_text
from chatbot.answering.compose import coverage
from chatbot.markdown import plain
from chatbot.messages import reworded
from chatbot.verification.contradictions import Otherwise
from chatbot.verification.facts import Fact, FactKind
from chatbot.web.languages.catalogue import ENGLISH, LANGUAGES, MESSAGES, PAGE, SCRIPTS, catalogue, speaking, translated
from chatbot.web.languages.choice import preferred
from chatbot.web.page.answer_html import answered
from chatbot.web.page.bundles import STATIC
from index.collection import Summary
from index.errors import FetchError
from index.limits import over
from index.message import Message, day_message, joined, message_of, named
from tests.support.browsing import Pages
from tests.support.canned import HAMA_ANSWER
from tests.support.messages import extracted
from tests.support.page import Open

DAY = datetime.date(2024, 12, 5)
OTHERS = [code for code in LANGUAGES if code != ENGLISH]
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def forms(message: Entry) -> list[tuple[str, str]]:
    """Each English form of a message with its translation."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return [(message.id[-1], form) for form in message.string or ()]


def messages(language: str) -> list[tuple[str, str]]:
    entries = [entry for part in (PAGE, SCRIPTS, MESSAGES) for entry in catalogue(language, part) if entry.id]
    return [pair for entry in entries for pair in forms(entry)]


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("part", [PAGE, SCRIPTS, MESSAGES])
def test_every_language_has_every_message_and_no_other(language: str, part: str) -> None:
    known = {entry.id for entry in catalogue(language, part) if entry.id and all(to for _, to in forms(entry))}
    assert known == {entry.id for entry in extracted(part) if entry.id}


@pytest.mark.parametrize("language", OTHERS)
def test_every_placeholder_fits(language: str) -> None:
    for english, translation in messages(language):
        assert sorted(PLACEHOLDER.findall(english)) == sorted(PLACEHOLDER.findall(translation)), english
        assert "%" not in PLACEHOLDER.sub("", translation), english


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_breaks_the_page(language: str) -> None:
    for english, translation in messages(language):
        tags = re.compile(r"<[^>]*>")
        assert tags.findall(english) == tags.findall(translation), english
        # In an attribute a straight quotation mark would end it.
        assert '"' not in tags.sub("", translation), english


@pytest.mark.parametrize("accepted, expected", [
    ("", "en"), ("de", "de"), ("de-AT,de;q=0.9,en;q=0.5", "de"), ("en-US,en;q=0.9,de;q=0.8", "en"),
    ("fr-FR,fr;q=0.9,de;q=0.4", "de"), ("fr", "en"), ("de;q=0,en", "en"), ("DE-de", "de"), ("*", "en"),
    ("de;q=x", "en"), (",;,q=,de", "de"),
])  # fmt: skip
def test_the_browser_names_the_language(accepted: str, expected: str) -> None:
    assert preferred(accepted) == expected


TOO_MANY = Message("the PDF has %(count)s pages %(limit)s.", count=12_000, limit=over("pages", 2000))
NOT_FETCHED = FetchError(Message("the server answered %(status)s.", status=404), name="https://a.example/x")


@pytest.mark.parametrize(("message", "english", "german"), [
    (message_of(NOT_FETCHED), "https://a.example/x: the server answered 404.",
     "https://a.example/x: der Server antwortete 404."),
    (named("desk: a/b.md", Message("the file has no text.")), "desk: a/b.md: the file has no text.",
     "desk: a/b.md: die Datei hat keinen Text."),
    (TOO_MANY, "the PDF has 12,000 pages (limit 2,000; CHATBOT_LIMIT_PAGES sets another).",
     "das PDF hat 12.000 Seiten (Grenze 2.000; CHATBOT_LIMIT_PAGES setzt eine andere)."),
    (Message("the feed cannot be read (%(error)s).", error="the file has no text."),
     "the feed cannot be read (the file has no text.).", "der Feed ist nicht lesbar (the file has no text.)."),
    (joined(Message("Ask again."), "", Message("Ask again later.")), "Ask again. Ask again later.",
     "Fragen Sie noch einmal. Fragen Sie später noch einmal."),
    (coverage(Summary(2, 9, DAY, DAY + datetime.timedelta(days=1))),
     "The collection holds 2 articles, from 5 December 2024 to 6 December 2024.",
     "Die Sammlung enthält 2 Artikel, vom 5. Dezember 2024 bis zum 6. Dezember 2024."),
    ("The articles do not say.", "The articles do not say.", "The articles do not say."), (joined(), "", ""),
    (Message("Of another program: 100 % is %(share)s.".replace("%", "%%", 1), share="all"),
     "Of another program: 100 % is all.", "Of another program: 100 % is all."),
])  # fmt: skip
def test_a_message_is_translated_and_its_texts_stay(message: str, english: str, german: str) -> None:
    assert translated(message) == message == english
    with speaking("de"):
        assert translated(message) == german


OWN = """() => {
    const quotes = (part) => part.matches(":is(.said, .earlier, .said li, .said td):not(.none *)");
    const theirs = "body [lang=en], .q, .chips, .next ul, .passage, .card h3, .for, blockquote, td.title, td.source, "
        + ".opener, td.controller span, .leaf, svg .name, .entries h2, .entries p[dir=auto], script, style, .text, "
        + ".said [dir], .aloud:is(td *, .src *), .unfound, #reader-title, .open b, .draft > p";
    const shown = (part) => part.checkVisibility() && !quotes(part) && !part.closest(theirs);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) if (shown(walker.currentNode.parentElement)) texts.push(walker.currentNode.data);
    for (const part of document.querySelectorAll("[aria-label], [placeholder], [title]")) {
        if (!shown(part) || part.closest(".c")) continue;
        for (const name of ["aria-label", "placeholder", "title"]) texts.push(part.getAttribute(name) ?? "");
    }
    return [document.title, ...texts].map((text) => text.trim()).filter(Boolean);
}"""
ENGLISH_WORDS = re.compile(
    r"\b(the|of|and|to|is|are|it|this|that|no|not|with|your|you|from|for|at|has|by|new|ask|read|show|copy|"
    r"search|article|articles|passage|source|sources|date|answer|answers|close|remove|page|board|day|since)\b",
    re.IGNORECASE,
)


def english_left(page: Page) -> list[str]:
    """What the page says of its own in English, of a page in German. What is quoted is the articles'."""
    whole = {english for english, german in messages("de") if english != german and " " in english}
    own = [re.sub(r"[“„][^”“]*[”“]", "", text) for text in page.evaluate(OWN)]
    return [text for text in own if text in whole or ENGLISH_WORDS.search(text)]


def german(opened: Open, path: str = "/") -> Page:
    page = opened(path, locale="de-DE")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    return page


def ask_in_german(page: Page, question: str) -> None:
    page.get_by_label("Ihre Frage").fill(question)
    page.get_by_label("Ihre Frage").press("Enter")
    expect(page.locator("#live .q")).to_contain_text(question)
    expect(page.locator("#live .turn:not([aria-busy]) .tools")).to_be_visible()


def test_english_that_is_left_is_found(opened: Open) -> None:
    page = opened("/")
    assert {"What would you like to know?", "Ask about the articles…", "Chat"} - set(english_left(page)) == {"Chat"}


@pytest.mark.parametrize(
    "question", ["Who controls Hama?", "Who controls Kherson?", "What was written?", "please crash"]
)
def test_the_chat_speaks_german(opened: Open, question: str) -> None:
    page = german(opened)
    assert english_left(page) == []
    ask_in_german(page, question)
    if cite := page.locator("#live button.c").all():
        cite[0].click()
    assert english_left(page) == []
    page.get_by_role("button", name="Alle Artikel").click()
    page.get_by_label("Stand").fill("2024-12-05")
    expect(page.locator("#unfold")).to_contain_text("Stand 5. Dezember 2024")
    page.get_by_role("button", name="Verlauf").click()
    expect(page.get_by_role("heading", name="Heute")).to_be_visible()
    assert english_left(page) == []


def test_what_an_article_says_stays_as_it_is(opened: Open) -> None:
    page = german(opened)
    ask_in_german(page, "Who controls Hama?")
    quoted = page.locator("#live .said").first.inner_text()
    expect(page.locator("#passages mark").first).to_contain_text(re.findall("“([^”]+)”", quoted)[0])


def test_the_articles_and_the_board_speak_german(opened: Open) -> None:
    page = german(opened, "/#articles")
    expect(page.locator("#listed tbody tr").first).to_be_visible()
    assert english_left(page) == []
    page.get_by_role("link", name="Lagetafel").click()
    page.locator("#board .opener").first.click()
    expect(page.locator("#board tr.history h3")).to_be_visible()
    # Of Aleppo only an LLM has read who holds it: the row and its claim say so.
    expect(page.get_by_text("vom LLM gelesen")).to_have_count(2)
    assert english_left(page) == []
    for kind in ("Karte", "Was sich änderte"):
        page.get_by_text(kind, exact=True).click()
        expect(page.locator("#board .rows")).not_to_have_attribute("aria-busy", "true")
        assert english_left(page) == []


@pytest.mark.parametrize(
    "path", ["/article/none", "/none", "/search", "/search?words=Hama", "/feedback", "/a/none", "/login"]
)
def test_pages_of_their_own_speak_german(pages: Pages, canned_url: str, path: str) -> None:
    page = pages.lend(canned_url + path, locale="de-DE")
    expect(page.locator("h1")).to_be_visible()
    assert english_left(page) == []


def test_a_choice_is_remembered_and_the_place_kept(opened: Open) -> None:
    page = opened("/#articles")
    page.get_by_role("link", name="Deutsch").click()
    expect(page.get_by_role("link", name="Artikel", exact=True)).to_have_attribute("aria-current", "page")
    page.goto(page.url.partition("#")[0])
    expect(page.get_by_label("Ihre Frage")).to_be_visible()
    page.goto(page.url + "article/none")
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_have_text("No such article")
    assert page.url.endswith("/article/none")


@pytest.mark.parametrize("referer, leads", [
    ("", "/"), ("https://evil.example//evil.example/x", "/"), ("http://x/article/1?start=2", "/article/1?start=2"),
    ("http://x/\\\\evil.example", "/"), ("javascript:alert(1)", "/"),
])  # fmt: skip
def test_a_choice_leads_to_this_server_alone(canned_url: str, referer: str, leads: str) -> None:
    reply = httpx.get(f"{canned_url}/language/de", headers={"referer": referer})
    assert (reply.status_code, reply.headers["location"]) == (303, leads)
    assert reply.cookies["articles_language"] == "de"


def test_a_program_is_answered_in_english(canned_url: str) -> None:
    headers = {"accept-language": "de", "cookie": "articles_language=de"}
    asked = httpx.get(f"{canned_url}/api/board/history?place=Nowhere", headers=headers)
    assert asked.json()["detail"].startswith("The board has no such place")
    shown = httpx.get(f"{canned_url}/api/board/history?place=Nowhere", headers={**headers, "x-language": "de"})
    assert shown.json()["detail"].startswith("Die Lagetafel hat")


def test_a_choice_that_is_no_language_changes_nothing(canned_url: str) -> None:
    assert "set-cookie" not in httpx.get(f"{canned_url}/language/xx").headers
    page = httpx.get(f"{canned_url}/search", headers={"cookie": "articles_language=../de", "x-language": "../de"})
    assert '<html lang="en">' in page.text


@pytest.mark.parametrize(("heading", "english", "german"), [
    (Heading(DAY, "Desk"), "As of 5 December 2024, Desk", "Stand 5. Dezember 2024, Desk"),
    (Heading(DAY, "100 %(s)", DayRelation.ON), "On 5 December 2024, 100 %(s)", "Am 5. Dezember 2024, 100 %(s)"),
    (Heading(DAY, "Desk", DayRelation.EARLIER), "Earlier, on 5 December 2024, Desk",
     "Früher, am 5. Dezember 2024, Desk"),
    (Heading(DAY, None, DayRelation.LATER), "Later, on 5 December 2024, source unknown",
     "Später, am 5. Dezember 2024, Quelle unbekannt"),
    (Heading(None, "Desk"), "Date unknown, Desk", "Datum unbekannt, Desk"),
])  # fmt: skip
def test_a_heading_is_worded_in_the_language_of_the_reader(heading: Heading, english: str, german: str) -> None:
    assert heading_text(heading) == heading_text(heading, translated) == english
    answer = replace(HAMA_ANSWER, blocks=(heading,))
    with speaking("de"):
        assert heading_text(heading, translated) == german
        assert f'<p class="asof">{german}</p>' in answered(answer, 0)
        assert plain(answer, translated).startswith(f"{german}:")


def test_a_date_is_written_in_the_language_of_the_reader() -> None:
    with speaking("de"):
        assert translated(day_message(DAY)) == "5. Dezember 2024"


def test_each_reason_of_a_statement_is_translated_by_itself() -> None:
    who = Message("%(how)s (“%(words)s”)", how=Message(Otherwise.ROLES), words="took Hama, Homs")
    unfound = Statement("So.", Verdict.UNFOUND, missing=(who, Fact(FactKind.NUMBER, "12").message))
    with speaking("de"):
        [block] = reworded(replace(HAMA_ANSWER, blocks=(unfound,)), translated).statements
    assert block.missing == ("wer es tat („took Hama, Homs“)", "die Zahl 12")


def test_no_style_sheet_holds_words() -> None:
    """They could not be translated there: questions.js gives the style sheets what they show."""
    for sheet in STATIC.glob("*.css"):
        shown = re.findall(r'content: *"([^"]*)"', sheet.read_text(encoding="utf-8"))
        assert not [text for text in shown if re.search(r"[A-Za-z]{2}", text)], sheet.name


def test_a_conversation_that_comes_back_is_told_in_german_and_in_full(opened: Open) -> None:
    page = german(opened, "/")
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("document.documentElement.dataset.restoring = 'true'")
    shown = page.evaluate("getComputedStyle(document.querySelector('#hint'), '::before').content")
    assert "Ihr Gespräch wird zurückgeholt" in shown
    # The box stays at the foot of a phone, with an edge of ten pixels that lies over what follows.
    ends = page.evaluate("document.querySelector('#composer').getBoundingClientRect().bottom + 10")
    starts = "parseFloat(getComputedStyle(hint).paddingTop) + hint.getBoundingClientRect().top"
    assert page.evaluate(f"(hint => {starts})(document.querySelector('#hint'))") >= ends
