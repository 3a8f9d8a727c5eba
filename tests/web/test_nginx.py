import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.conftest import ROOT, canned_server, free_port
from tests.support.browsing import Pages
from tests.support.intranet import Intranet
from tests.support.page import ask, box
from tests.support.widget import frame
from tests.web.test_server import get

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
SERVER = """
user root; daemon off; pid FOLDER/pid; error_log stderr; worker_processes 1;
events {}
http {
    access_log off;
    client_body_temp_path FOLDER/body; proxy_temp_path FOLDER/proxy; fastcgi_temp_path FOLDER/fastcgi;
    uwsgi_temp_path FOLDER/uwsgi; scgi_temp_path FOLDER/scgi;
    server { listen 127.0.0.1:PORT; include FOLDER/chat.conf; }
}
"""


@pytest.fixture(scope="module")
def intranet() -> Iterator[Intranet]:
    """A site that may embed the chat."""
    site = Intranet()
    yield site
    site.close()


@pytest.fixture(scope="module")
def chat_url(tmp_path_factory: pytest.TempPathFactory, intranet: Intranet) -> Iterator[str]:
    """The address of the chat below a path of nginx, as docs/nginx.conf has it."""
    if NGINX is None:
        pytest.skip("nginx is missing: apt-get install nginx-light")
    folder, port = tmp_path_factory.mktemp("nginx"), str(free_port())
    url = f"http://127.0.0.1:{port}/chat"
    allowed = intranet.origin()
    server = canned_server(CHATBOT_PUBLIC_URL=url, CHATBOT_EMBED_ORIGINS=allowed, CHATBOT_READERS="open")
    (folder / "chat.conf").write_text((ROOT / "docs/nginx.conf").read_text().replace("7860", server.port))
    (folder / "nginx.conf").write_text(SERVER.replace("FOLDER", str(folder)).replace("PORT", port))
    command = [NGINX, "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with server, subprocess.Popen(command, stderr=subprocess.DEVNULL) as nginx:
        wait_for(folder / "pid")
        yield url
        nginx.terminate()


def wait_for(file: Path) -> None:
    for _ in range(100):
        if file.exists():
            return
        time.sleep(0.05)
    raise TimeoutError(f"{file} was never there")


def test_all_of_the_page_works_below_a_path(pages: Pages, chat_url: str) -> None:
    page = pages.lend(chat_url)
    ask(page, "Who controls Hama?")
    page.get_by_role("link", name="Read the article").first.click()
    expect(page.locator("#reader mark")).to_be_visible()
    with page.context.expect_page() as opening:
        page.get_by_role("link", name="Own page").click()
    article = opening.value
    expect(article.locator("#cited")).to_be_in_viewport()
    expect(article.locator("mark")).to_have_css("background-color", "rgb(255, 240, 184)")
    article.get_by_role("link", name="Ask the articles").click()
    expect(box(article)).to_be_visible()
    assert [url for url in pages.take_back() if not url.startswith((chat_url, "data:", "blob:"))] == []


def test_an_answer_is_streamed_through_the_proxy(pages: Pages, chat_url: str) -> None:
    page = pages.lend(f"{chat_url}/")
    box(page).fill("a slow, endless one")
    box(page).press("Enter")
    expect(page.get_by_text("Sentence number 2 ")).to_be_visible()
    expect(page.get_by_text("Sentence number 50 ")).to_have_count(0)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#live .note")).to_be_visible()


def test_it_is_embedded_from_below_a_path(pages: Pages, chat_url: str, intranet: Intranet) -> None:
    intranet.pages["/"] = f'<div data-article-chat></div><script src="{chat_url}/widget.js" async></script>'
    page = pages.lend(intranet.origin(), framed=chat_url)
    frame(page).get_by_label("Your question").fill("Who controls Hama?")
    frame(page).get_by_label("Your question").press("Enter")
    expect(frame(page).locator("#live button.c")).to_have_count(3)


def test_the_headers_pass_the_proxy_and_what_is_refused_stays_so(chat_url: str) -> None:
    assert "frame-ancestors 'self' http://localhost:" in get(f"{chat_url}/embed")[2]["content-security-policy"]
    assert get(f"{chat_url}/gradio_api/upload", data=b"x")[0] == 403
    assert get(f"{chat_url}/gradio_api/queue/join", data=b"{}", Origin="https://evil.example")[0] == 403
    assert get(f"{chat_url}/gradio_api/queue/join", data=b"x" * 100_000)[0] == 413
    assert get(f"{chat_url}/gradio_api/queue/join", data=b"x" * 5_000_000)[0] == 413


def test_uploads_are_left_to_the_chat_to_take_or_refuse(chat_url: str) -> None:
    for path, message in (("api/articles/file?name=a.md", "Editing is off"), ("api/ask", "413")):
        status, text, _ = get(f"{chat_url}/{path}", data=b"x" * 1_500_000, Content_Type="application/octet-stream")
        assert status in (403, 413) and message in text
