"""Files of every format at a web address are read as the same files on a disk are."""

import datetime
import io
import json
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import docx
import pytest

from index.article import Article
from index.collection import Collection
from index.fetch.address_policy import read_ranges
from index.fetch.client import Fetcher, FetchLimits
from index.ingest.web import index_urls
from index.limits import FileLimits
from index.readers.registry import read_file
from index.search.embedder import BUNDLED
from tests.ingest.test_web import MONDAY, rss, run
from tests.readers.test_documents import LONG, ROWS, epub, odt, workbook
from tests.readers.test_formats import pdf
from tests.support.website import Website, page

NOTHING = "application/octet-stream"
NAMED = 'attachment; filename="harbour.csv"'


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    opened = Collection(tmp_path_factory.mktemp("files"), embedding_model=BUNDLED, writing=True)
    yield opened
    opened.close()


@pytest.fixture
def site(collection: Collection) -> Iterator[Website]:
    with Website() as website:
        yield website
    collection.remove_all([row.id for row in collection.articles()])


def csv_of(town: str) -> bytes:
    return "\n".join(";".join(row) for row in ROWS).replace("quay", f"quay of {town}").encode()


def word(text: str) -> bytes:
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


def mail(text: str) -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["Date"] = "Harbour", "Ada Berg <a@desk.example>", MONDAY
    message.set_content(text)
    return bytes(message)


FILES = [
    (".xlsx", workbook([["title", "text"], ["Lock", "The lock of Ostra was shut on Monday."]]), NOTHING),
    (".csv", csv_of("Norvik"), "text/csv; charset=utf-8"),
    (".tsv", csv_of("Lindby").replace(b";", b"\t"), "text/plain"),
    (".epub", epub(f"<h1>Ferry</h1><p>{LONG}</p>"), "application/epub+zip"),
    (".odt", odt("<text:h>Pier</text:h><text:p>The pier of Voss was shut.</text:p>"), NOTHING),
    (".rtf", rb"{\rtf1\ansi{\info{\title Quay}}The caf\'e9 of Varn closed.\par}", "text/plain; charset=utf-8"),
    (".docx", word("The dock of Tarn was shut on Monday."), NOTHING),
    (".pdf", pdf("The bridge of Hild was shut on Monday."), "text/html"),
    (".eml", mail("The mole of Skarn was shut on Monday."), "text/plain"),
    (".jsonl", json.dumps({"text": "The canal of Elm was shut.", "date": "2024-12-05"}).encode(), "application/json"),
]


def test_each_format_is_read_as_from_a_disk(collection: Collection, site: Website, tmp_path: Path) -> None:
    stored: list[Article] = []
    for suffix, raw, kind in FILES:
        site.pages[f"/harbour{suffix}"] = page(raw, kind)
        file = tmp_path / f"harbour{suffix}"
        file.write_bytes(raw)
        stored += [each for each in read_file(file, FileLimits()) if isinstance(each, Article)]
    report = run(collection, site, *(f"/harbour{suffix}" for suffix, _, _ in FILES))
    fetched = [collection.article(row.id) for row in collection.articles()]
    assert report.refused == []
    known = [{(each.title, each.text, each.author, each.date) for each in side} for side in (stored, fetched)]
    # The same report in two tables counts once, wherever it is read from.
    assert known[0] == known[1] and len({each.url for each in fetched}) == len(fetched)
    assert all((each.url or "").startswith(f"{site.url}/harbour.") and each.path is None for each in fetched)
    again = run(collection, site, *(f"/harbour{suffix}" for suffix, _, _ in FILES))
    assert (again.added, again.updated, again.refused) == ([], [], [])


def test_a_row_is_known_by_an_address_on_its_own_site_only(collection: Collection, site: Website) -> None:
    rows = [["The harbour was shut.", "{site}/news/1"], ["The quay sank.", "https://other.example/2"]]
    table = "\n".join(["text,url", *(",".join(row).format(site=site.url) for row in rows)])
    site.pages["/get?id=7"] = page(table, NOTHING, content_disposition=NAMED)
    assert run(collection, site, "/get?id=7").refused == []
    assert {row.url for row in collection.articles()} == {f"{site.url}/news/1", f"{site.url}/get?id=7#2"}
    assert {row.source for row in collection.articles()} == {"127.0.0.1"}


def test_a_feed_may_lead_to_files(collection: Collection, site: Website) -> None:
    site.pages["/feed"] = page(rss(("/a.odt", MONDAY), ("/a.csv", MONDAY), ("/a.png", MONDAY)), "text/xml")
    site.pages["/a.odt"] = page(odt("<text:p>The pier of Voss was shut.</text:p>"), NOTHING)
    site.pages["/a.csv"] = page(csv_of("Norvik"), "text/csv")
    site.pages["/a.png"] = page(b"\x89PNG", "image/png")
    report = run(collection, site, "/feed")
    [refused] = report.refused
    assert len(report.added) == 3 and "'image/png', which is not read" in refused.reason
    dates = {row.url: row.date for row in collection.articles()}
    assert dates[f"{site.url}/a.odt"] == datetime.date(2024, 12, 2)


@pytest.mark.parametrize("path, raw, kind, reason", [
    ("/a.xlsx", b"PK\3\4" + b"a" * 100, NOTHING, "is no Excel document, or broken"),
    ("/a.odt", b"no document", NOTHING, "is no OpenDocument"),
    ("/a.csv", b"name,day\nHarbour,Monday\n", "text/csv", "no column of the first row is called 'text'"),
    ("/a.epub", epub("<p>" + "a " * 3_000_000 + "</p>"), "application/epub+zip", "as archives do"),
    ("/a.csv", b"text\n" + b"a" * 1_100_000, "text/csv", "it is larger than 1 MB"),
    ("/a.doc", b"\xd0\xcf\x11\xe0", "application/msword", "'.doc' files are not read"),
])
def test_what_is_broken_or_too_large_is_refused_with_its_address(
    collection: Collection, site: Website, path: str, raw: bytes, kind: str, reason: str
) -> None:
    site.pages[path] = page(raw, kind)
    small = Fetcher(allowed=read_ranges("127.0.0.1/32"), limits=FetchLimits(bytes=1_000_000, pause_seconds=0))
    [refused] = index_urls(collection, [site.url + path], small, limits=FileLimits(file_mb=1)).refused
    assert refused.name == site.url + path and reason in refused.reason
    assert collection.articles() == []
