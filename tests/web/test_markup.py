"""Whatever is shown stays the text it was: each payload as article text, question, title, file name, LLM output and
comment, in a browser whose Content-Security-Policy is switched off, so that the escaping alone has to hold."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, FilePayload, Page, expect

from chatbot.feedback import FILE, FeedbackStore, cleaned
from tests.conftest import canned_server
from tests.support.markup import PAYLOADS, batches, file_name, readable, sentence_of, titled
from tests.web.test_authentication import ask

Seen = list[str]
TEXTS = "(elements) => elements.map((element) => element.textContent)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("markup")


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    with canned_server(folder, module="tests.support.markup") as (_, address):
        yield address


@pytest.fixture
def context(browser: Browser, url: str) -> Iterator[BrowserContext]:
    """A session that notes each script that runs and each request that leaves; in the end there were none."""
    seen: Seen = []
    context = browser.new_context(bypass_csp=True, viewport={"width": 1240, "height": 900})
    context.expose_function("hit", lambda *_: seen.append("a script ran"))
    context.on("request", lambda request: None if request.url.startswith(f"{url}/") else seen.append(request.url))
    context.on("dialog", lambda dialog: _dismiss(seen, dialog))
    context.on("weberror", lambda error: seen.append(str(error.error)))
    context.on("page", lambda page: page.on("framenavigated", lambda frame: _stays(seen, frame.url, url)))
    yield context
    context.close()
    assert seen == []


def _stays(seen: Seen, address: str, url: str) -> None:
    if not address.startswith((f"{url}/", "about:blank")):
        seen.append(f"led to {address}")


def _dismiss(seen: Seen, dialog: Dialog) -> None:
    seen.append(dialog.message)
    dialog.dismiss()


def texts(page: Page, selector: str) -> list[str]:
    return [readable(text) for text in page.locator(selector).evaluate_all(TEXTS)]


def test_there_are_payloads_of_every_kind() -> None:
    assert len(PAYLOADS) == len(set(PAYLOADS)) >= 150
    kinds = ["<svg", "javascript:", "data:", "onerror", "![", "](", "<!--", "mermaid", "$$", "{{", "${", "&lt;"]
    for kind in [*kinds, "\u202e", "\0"]:
        assert any(kind in payload for payload in PAYLOADS), kind
    assert max(len(word) for payload in PAYLOADS for word in payload.split()) >= 300


def test_question_answer_card_and_comment_are_text(context: BrowserContext, url: str, folder: Path) -> None:
    page = context.new_page()
    page.goto(url)
    comments = []
    for number, batch in enumerate(batches()):
        question = " ".join([str(number), *batch])
        asked(page, number, question)
        assert texts(page, "#live .q") == [readable(f"Question: {question}")]
        written = texts(page, "#live .a > .said")
        assert without_marks(" ".join(written[:-1])) == without_marks(readable(" ".join(batch)))
        assert written[-1].startswith(readable("Seen. not found in the articles: " + " ".join(batch)))
        cards = f"#passages section[data-turn='{number}'] .card"
        titles = [" ".join(batch), *map(file_name, batch)]
        assert as_stored(texts(page, f"{cards} h3 > span:last-child")) == as_stored(map(readable, titles))
        assert as_stored(texts(page, f"{cards} mark"))[0] == as_stored([readable(sentence_of(" ".join(batch)))])[0]
        comments.append(commented(page, " ".join(batch)))
        assert page.title() == "Ask the articles"
    asked(page, len(comments), "0 and on")
    shown_lines = page.locator("#past .comment input").evaluate_all("(inputs) => inputs.map((input) => input.value)")
    assert shown_lines == comments
    expect(page.locator("#conversation :is(img, svg, script, iframe, style, video)")).to_have_count(0)
    assert [record["comment"] for record in reversed(FeedbackStore(folder / FILE).read()[0])] == comments
    lines = page.evaluate("async () => (await fetch('api/feedback')).text()").strip().split("\n")
    assert [json.loads(line)["comment"] for line in reversed(lines)] == comments


def as_stored(given: Iterable[str]) -> list[str]:
    """Texts as an article keeps them: composed characters, no soft hyphens."""
    return [unicodedata.normalize("NFC", text.replace("\xad", "")) for text in given]


def without_marks(text: str) -> str:
    """A text without what makes its lines headings, items of a list or rows of a table, what makes it bold or code, and
    without white space."""
    words = (word for word in text.split() if not re.fullmatch(r"[-*+•|]|\|+|-{3,}|\d+[.)]|#{1,6}", word))
    return re.sub("[`*_]", "", "".join(words))


def asked(page: Page, turn: int, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.get_by_label("Your question").press("Enter")
    expect(page.locator(f"#live .turn[data-turn='{turn}']:not([aria-busy]) .thumb").first).to_be_visible(timeout=20_000)


def commented(page: Page, text: str) -> str:
    """Rates the latest answer with this comment; the comment as it is to be kept."""
    line = " ".join(text.splitlines())
    page.locator("#live").get_by_role("button", name="Helpful", exact=True).click()
    page.locator("#live").get_by_label("Comment", exact=True).fill(line)
    page.keyboard.press("Enter")
    expect(page.locator("#live .kept")).to_contain_text("Your comment is kept")
    return cleaned(line)


def test_an_article_and_its_title_are_text(context: BrowserContext, url: str, folder: Path) -> None:
    page = context.new_page()
    for number, batch in enumerate(batches()):
        title = readable(" ".join(batch))
        page.goto(f"{url}/article/{titled(folder, number).id}?start=5&end=50")
        assert texts(page, "h1") == as_stored([title])
        # In a title, browsers show a null byte as the sign for what cannot be shown.
        [shown] = texts(page, "title")
        assert shown.replace("\ufffd", "") == as_stored([title])[0].replace("\ufffd", "")
        [text] = texts(page, ".text")
        [expected] = as_stored([readable(sentence_of(" ".join(batch)))])
        assert text.startswith("The council met") and "".join(text.split()).endswith("".join(expected.split()))


def test_titles_and_file_names_are_text_in_the_list(context: BrowserContext, url: str) -> None:
    page = context.new_page()
    page.goto(f"{url}/#articles")
    expect(page.locator("#listed tbody tr")).to_have_count(50)
    seen: list[str] = []
    after = page.get_by_role("button", name="Next", exact=True)
    while True:
        seen += texts(page, "#listed .title a")
        if after.is_disabled():
            break
        after.click()
        expect(page.locator("#listed .pager span")).to_contain_text(f"{len(seen) + 1} to ")
    known = [*(" ".join(batch) for batch in batches()), *dict.fromkeys(map(file_name, PAYLOADS))]
    assert as_stored(seen) == as_stored(map(readable, known))
    expect(page.locator("#article-list :is(img, svg, script, iframe, style, video)")).to_have_count(0)


def test_names_of_uploads_and_their_titles_are_text(context: BrowserContext, url: str) -> None:
    page = context.new_page()
    page.goto(f"{url}/#articles")
    names = [f"{file_name(payload)}.txt" for payload in PAYLOADS[:50]]
    files: list[FilePayload] = [{"name": name, "mimeType": "text/plain", "buffer": b"x"} for name in names]
    page.locator(".drop input").set_input_files(files)
    expect(page.locator(".outcome .added li")).to_have_count(50, timeout=30_000)
    shown = texts(page, ".outcome .added li")
    assert [text.removesuffix(": 1 bytes") for text in shown] == [readable(base(name)) for name in names]
    page.locator("[data-remove]").first.click()
    assert texts(page, "#removing") == [f"Remove “{readable(' '.join(batches()[0]))}”?"]
    expect(page.locator("#article-list :is(img, svg, script, iframe, style, video)")).to_have_count(0)


def base(name: str) -> str:
    """The last part of a name, as the server takes it."""
    return re.split(r"[/\\]", name)[-1].strip()


ESCAPES = [
    "../accounts.json", "..%2faccounts.json", "%2e%2e/accounts.json", "..%5caccounts.json", "....//accounts.json",
    "%252e%252e%252faccounts.json", "..;/accounts.json", "accounts.json%00", "%c0%ae%c0%ae/accounts.json",
    "/etc/passwd", "%2fetc%2fpasswd", "../../../../../../etc/passwd", "..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "file:///etc/passwd", "C:/Windows/win.ini",
]  # fmt: skip
PLACES = [
    "/article/", "/gradio_api/file=", "/file=", "/file/", "/static/", "/assets/", "/svelte/", "/gradio_api/file/",
    "/gradio_api/upload/", "/gradio_api/deep_link/", "/page.css/", "/widget.js/", "/",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_no_path_leads_to_a_file(url: str, folder: Path, place: str) -> None:
    (folder / "accounts.json").write_text('{"users": {}, "tokens": {}}')
    for escape in ESCAPES:
        status, text, _ = ask(url, "GET", place + escape)
        assert status in (400, 403, 404, 405) and "root:" not in text and '"users"' not in text, place + escape
