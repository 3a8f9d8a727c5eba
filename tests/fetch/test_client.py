import gzip
import shutil
import ssl
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Timer

import pytest

from index.errors import FetchError
from index.fetch.address_policy import read_ranges
from index.fetch.client import Fetcher, FetchLimits
from tests.support.website import Answer, Website, page, raw, redirect, status

HERE = read_ranges("127.0.0.1/32")
OPEN = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.fixture
def site() -> Iterator[Website]:
    with Website() as website:
        website.pages["/"] = page("<p>The ferry sailed.</p>", "text/html; charset=utf-8")
        yield website


def fetcher(resolve: Callable[[str, int], Sequence[str]] | None = None, **given: float) -> Fetcher:
    limits = FetchLimits(**{"pause_seconds": 0.0, "seconds": 5.0, **given})  # type: ignore[arg-type]
    return Fetcher(allowed=HERE, limits=limits, **({"resolve": resolve} if resolve else {}))  # type: ignore[arg-type]


def refusal(site: Website, answer: Answer, **given: float) -> str:
    site.pages["/a"] = answer
    with pytest.raises(FetchError) as caught:
        fetcher(None, **given).fetch(f"{site.url}/a")
    assert f"{site.url}/a" in str(caught.value)
    return str(caught.value)


def test_a_page_comes_whole_with_what_the_server_says_of_it(site: Website) -> None:
    site.pages["/a"] = page("é", "Text/HTML; charset=ISO-8859-1", etag='"1"', last_modified="yesterday")
    got = fetcher().fetch(f"{site.url}/a")
    assert (got.body, got.kind, got.charset) == ("é".encode(), "text/html", "ISO-8859-1")
    assert (got.etag, got.modified, got.url) == ('"1"', "yesterday", f"{site.url}/a")


def test_the_server_is_told_who_asks_and_nothing_else(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    site.pages["/"] = page("<p>One.</p>", set_cookie="id=1")
    client = fetcher()
    client.fetch(site.url)
    client.fetch(site.url)
    _, headers = site.asked[-1]
    assert headers["user-agent"].startswith("article-chatbot/")
    assert set(headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}


def test_an_unchanged_page_is_not_sent_again(site: Website) -> None:
    site.pages["/a"] = status(304)
    assert fetcher().fetch(f"{site.url}/a", etag='"1"', modified="yesterday").body is None
    _, headers = site.asked[-1]
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('"1"', "yesterday")


def test_the_name_stays_the_names_while_its_address_is_connected_to(site: Website) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    fetcher(resolve).fetch(f"http://news.example:{site.port}/")
    assert site.asked[-1][1]["host"] == f"news.example:{site.port}"
    assert asked == ["news.example"] * 2  # once for robots.txt, once for the page


def test_a_name_that_is_rebound_leads_nowhere(site: Website) -> None:
    with Website("127.0.0.2", site.port) as inside:
        answers = iter([["127.0.0.1"], ["127.0.0.1"], ["127.0.0.2"]])
        client = fetcher(lambda host, port: next(answers))
        client.fetch(f"http://news.example:{site.port}/")
        with pytest.raises(FetchError, match="127.0.0.2, a loopback address"):
            client.fetch(f"http://news.example:{site.port}/")
        assert inside.asked == []


def test_a_name_with_one_closed_address_is_not_tried_at_all(site: Website) -> None:
    with pytest.raises(FetchError, match="10.0.0.1, a private address"):
        fetcher(lambda host, port: ["127.0.0.1", "10.0.0.1"]).fetch(f"http://news.example:{site.port}/")
    assert site.asked == []


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1", "fe80::1%eth0", "169.254.169.254", "100.64.0.1"])
def test_a_name_at_a_closed_address_is_refused(site: Website, address: str) -> None:
    with pytest.raises(FetchError, match="is not fetched from"):
        Fetcher(resolve=lambda host, port: [address]).fetch(f"http://news.example:{site.port}/")
    assert site.asked == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"])
def test_loopback_is_refused_unless_it_is_allowed(site: Website, host: str) -> None:
    with pytest.raises(FetchError, match="is not fetched from. Where it is meant, set CHATBOT_FETCH_ALLOW"):
        Fetcher().fetch(f"http://{host}:{site.port}/")
    assert site.asked == []


def test_the_next_address_is_tried_where_one_does_not_answer(site: Website) -> None:
    allowed = read_ranges("127.0.0.0/8")
    limits = FetchLimits(pause_seconds=0)
    client = Fetcher(allowed=allowed, limits=limits, resolve=lambda *_: ["127.0.0.9", "127.0.0.1"])
    assert client.fetch(f"http://news.example:{site.port}/").body


@pytest.mark.parametrize("to, reason", [
    ("http://127.0.0.2/", "127.0.0.2, a loopback address"),
    ("http://169.254.169.254/latest/meta-data", "metadata"),
    ("//2130706433/", "read differently"),
    ("file:///etc/passwd", "only http and https"),
    ("http://user@news.example/", "user's name"),
    ("/a", "redirected more than 5 times"),
    ("", "redirected to nowhere"),
])
def test_every_redirect_is_checked(site: Website, to: str, reason: str) -> None:
    assert reason in refusal(site, redirect(to))


def test_redirects_are_followed_to_the_last_url(site: Website) -> None:
    for number in range(5):
        site.pages[f"/{number}"] = redirect(f"/{number + 1}#top")
    site.pages["/5"] = page("<p>Here.</p>")
    assert fetcher().fetch(f"{site.url}/0").url == f"{site.url}/5"


def test_a_server_that_drips_is_left_in_time(site: Website) -> None:
    started = time.monotonic()
    message = refusal(site, raw(OPEN + b"Content-Length: 999\r\n\r\n", *[b"a"] * 60, pause=0.1), seconds=1.0)
    assert "in time" in message and time.monotonic() - started < 3


def test_headers_that_drip_are_left_in_time(site: Website) -> None:
    started = time.monotonic()
    message = refusal(site, raw(OPEN, *[b"X-A: b\r\n"] * 60, pause=0.1), seconds=1.0)
    assert "in time" in message and time.monotonic() - started < 3


def test_time_is_counted_over_all_redirects(site: Website) -> None:
    for number in range(5):
        site.pages[f"/a{number}"] = raw(
            b"", b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /a%d\r\n\r\n" % (number + 1), pause=0.4
        )
    with pytest.raises(FetchError, match="in time"):
        fetcher(seconds=1.0).fetch(f"{site.url}/a0")


@pytest.mark.parametrize("answer, reason", [
    (page(b"a" * 2000), "larger than 0.001 MB"),
    (page("a", content_length="9" * 12), "larger than 0.001 MB"),
    (raw(OPEN + b"\r\n", b"a" * 2000), "larger than 0.001 MB"),
    (page(gzip.compress(b"a" * 10_000_000), content_encoding="gzip"), "larger than 0.001 MB"),
    (page(gzip.compress(b"a" * 10_000_000)[:900], content_encoding="gzip"), "larger than 0.001 MB"),
    (page(gzip.compress(b"a" * 100)[:-9], content_encoding="gzip"), "cut off"),
    (page("no gzip", content_encoding="gzip"), "broken"),
    (page(zlib.compress(b"a"), content_encoding="br"), "not asked for"),
    (raw(OPEN + b"Content-Length: 500\r\n\r\n", b"a"), "cannot be read from"),
    (raw(OPEN + b"Content-Length: -1\r\n\r\n", b"a"), "cannot be read from"),
    (raw(b"SSH-2.0-OpenSSH\r\n"), "cannot be read from"),
    (raw(OPEN + b"X: " + b"a" * 300_000), "cannot be read from"),
    (status(404), "answered 404"),
    (status(500), "answered 500"),
])
def test_a_server_that_lies_is_refused(site: Website, answer: Answer, reason: str) -> None:
    assert reason in refusal(site, answer, bytes=1000)


def test_a_compressed_page_is_unpacked(site: Website) -> None:
    site.pages["/a"] = page(gzip.compress(b"<p>The ferry.</p>"), content_encoding="gzip")
    site.pages["/b.xml.gz"] = page(gzip.compress(b"<urlset/>"), "application/gzip")
    assert fetcher().fetch(f"{site.url}/a").body == b"<p>The ferry.</p>"
    assert fetcher().fetch(f"{site.url}/b.xml.gz").body == b"<urlset/>"


def test_robots_txt_is_kept_to_and_read_once(site: Website) -> None:
    site.pages["/robots.txt"] = page("User-agent: *\nDisallow: /secret\n", "text/plain")
    client = fetcher()
    client.fetch(site.url)
    with pytest.raises(FetchError, match="robots.txt does not let it be fetched"):
        client.fetch(f"{site.url}/secret/1")
    assert [path for path, _ in site.asked] == ["/robots.txt", "/"]


def test_robots_txt_counts_where_a_redirect_leads(site: Website) -> None:
    site.pages["/robots.txt"] = page("User-agent: *\nDisallow: /secret\n", "text/plain")
    assert "robots.txt does not let it be fetched" in refusal(site, redirect("/secret"))


def test_a_site_whose_robots_txt_fails_is_left_alone(site: Website) -> None:
    site.pages["/robots.txt"] = status(503)
    assert "robots.txt cannot be read" in refusal(site, page("a"))


def test_robots_txt_can_be_left_unread(site: Website) -> None:
    site.pages["/robots.txt"] = page("User-agent: *\nDisallow: /\n", "text/plain")
    assert Fetcher(allowed=HERE, robots=False, limits=FetchLimits(pause_seconds=0)).fetch(site.url).body
    assert [path for path, _ in site.asked] == ["/"]


def test_a_host_gets_one_request_in_so_many_seconds(site: Website) -> None:
    client = fetcher(pause_seconds=0.3)
    started = time.monotonic()
    for _ in range(2):
        client.fetch(site.url)
    assert 0.6 <= time.monotonic() - started < 2  # robots.txt, the page, the page


def test_a_site_may_ask_for_longer_pauses(site: Website) -> None:
    site.pages["/robots.txt"] = page("User-agent: *\nCrawl-delay: 0.5\n", "text/plain")
    client = fetcher()
    started = time.monotonic()
    for _ in range(2):
        client.fetch(site.url)
    assert time.monotonic() - started > 0.5


def test_who_waits_for_a_turn_can_be_stopped(site: Website) -> None:
    client = fetcher(pause_seconds=60.0)
    Timer(0.2, client.stop).start()
    started = time.monotonic()
    with pytest.raises(FetchError, match="stopped"):
        client.fetch(site.url)
    assert time.monotonic() - started < 5


def test_an_unknown_host_is_named() -> None:
    with pytest.raises(FetchError, match="http://news.invalid/: .*the host 'news.invalid' is unknown"):
        fetcher().fetch("http://news.invalid/")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is missing")
    folder = tmp_path_factory.mktemp("tls")
    key, chain = folder / "key.pem", folder / "chain.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=news.example",
         "-addext", "subjectAltName=DNS:news.example", "-keyout", key, "-out", chain], check=True, capture_output=True,
    )
    return key, chain


@pytest.fixture
def secure(certificate: tuple[Path, Path]) -> Iterator[tuple[Website, Fetcher]]:
    key, chain = certificate
    with Website() as website:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        website.server.socket = context.wrap_socket(website.server.socket, server_side=True)
        trusting = ssl.create_default_context(cafile=str(chain))
        limits = FetchLimits(pause_seconds=0)
        yield website, Fetcher(allowed=HERE, limits=limits, resolve=lambda *_: ["127.0.0.1"], tls=trusting)


def test_the_certificate_is_checked_against_the_name(secure: tuple[Website, Fetcher]) -> None:
    site, client = secure
    site.pages["/"] = page("<p>Safe.</p>")
    assert client.fetch(f"https://news.example:{site.port}/").body == b"<p>Safe.</p>"
    with pytest.raises(FetchError, match="CERTIFICATE_VERIFY_FAILED"):
        client.fetch(f"https://other.example:{site.port}/")


def test_https_is_never_left_for_http(secure: tuple[Website, Fetcher], site: Website) -> None:
    safe, client = secure
    safe.pages["/"] = redirect(site.url)
    with pytest.raises(FetchError, match="redirected from https to http://127.0.0.1"):
        client.fetch(f"https://news.example:{safe.port}/")
    assert site.asked == []
