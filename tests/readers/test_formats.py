import datetime
import io
import json
import zipfile
from email.message import EmailMessage
from pathlib import Path

import docx
import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from index.article import Article
from index.ingest.sandbox import Worker
from index.limits import FileLimits
from index.readers.registry import Refusal, article_files, read_file

FIFTH = datetime.date(2024, 12, 5)
BODY = (
    "<p>The council of Norvik took over the harbour on Monday, after a dispute of many years over the old quay.</p>"
    "<p>Captain Aune of the ferry said that no one was hurt, and that the ferries would sail again on Friday.</p>"
    "<p>The company had run the harbour since it was built, and said that it would go to court over the matter.</p>"
)


def read(path: Path, content: bytes | str, limits: FileLimits | None = None) -> list[Article | Refusal]:
    """What is read of a file with `content`."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_file(path, limits or FileLimits()))


def article(path: Path, content: bytes | str) -> Article:
    """The one article in it."""
    [result] = read(path, content)
    assert isinstance(result, Article), result
    return result


def reason(path: Path, content: bytes | str, limits: FileLimits | None = None) -> str:
    """Why it is refused."""
    [result] = read(path, content, limits)
    assert isinstance(result, Refusal), result
    return result.reason


def html(head: str = "", body: str = BODY) -> str:
    return f"<html lang='en'><head><title>Harbour</title>{head}</head><body><article>{body}</article></body></html>"


def pdf(*pages: str, encrypted: bool = False) -> bytes:
    """A PDF with a page for each text, its lines drawn one below the other."""
    writer = PdfWriter()
    for text in pages:
        page = writer.add_blank_page(600, 800)
        font = DictionaryObject({
            NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        })
        page[NameObject("/Resources")] = DictionaryObject({
            NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})
        })
        stream = DecodedStreamObject()
        drawn = " ".join(f"({line}) Tj T*" for line in text.splitlines())
        stream.set_data(f"BT /F1 12 Tf 14 TL 50 750 Td {drawn} ET".encode())
        page[NameObject("/Contents")] = writer._add_object(stream)
    writer.add_metadata({"/Title": "Quay", "/CreationDate": "D:20241205233000-05'00'"})
    if encrypted:
        writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def archive(path: Path, files: dict[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return path


def test_a_web_page_tells_what_it_states(tmp_path: Path) -> None:
    head = (
        '<meta property="article:published_time" content="2024-12-05T23:30:00-05:00">'
        '<meta name="author" content="Ada Berg">'
        '<meta property="og:site_name" content="Desk"><link rel="canonical" href="https://news.example/harbour">'
    )
    parsed = article(tmp_path / "a.html", html(head))
    assert (parsed.title, parsed.source, parsed.author) == ("Harbour", "Desk", "Ada Berg")
    assert (parsed.url, parsed.language, parsed.date, parsed.date_from) == (
        "https://news.example/harbour", "en", FIFTH, "page"
    )


def test_scripts_and_hidden_text_are_no_part_of_a_page(tmp_path: Path) -> None:
    hidden = "".join(
        f"<p {how}>The SECRET council of Norvik gave its harbour to the ferry company for nothing at all.</p>"
        for how in ("hidden", 'style="display: none"', 'style="visibility:hidden"', 'style="font-size:0"')
    )
    text = article(tmp_path / "a.html", html(body=BODY + hidden + "<script>steal('SECRET')</script>")).text
    assert "harbour on Monday" in text and "SECRET" not in text


@pytest.mark.parametrize("raw", [
    html().replace("Norvik", "Nørvik").encode("latin-1").replace(b"<title>", b'<meta charset="iso-8859-1"><title>'),
    html().replace("Norvik", "Nørvik").encode(), html().replace("Norvik", "Nørvik").encode("utf-16"),
])
def test_a_page_is_read_in_the_encoding_it_states(tmp_path: Path, raw: bytes) -> None:
    assert "council of Nørvik" in article(tmp_path / "a.html", raw).text


@pytest.mark.parametrize("tags", ["<div>", "<b>", "<table>", "<span class='x'>", "<ul>\n<li>", "<blockquote>"])
def test_ten_thousand_nested_tags_hide_no_text(tmp_path: Path, tags: str) -> None:
    assert "council of Norvik" in article(tmp_path / "a.html", html(body=tags * 10_000 + BODY)).text


def test_text_that_is_nested_too_deeply_is_refused_with_that_reason(tmp_path: Path) -> None:
    [result] = read(tmp_path / "a.html", html(body=BODY + "<div>deeper " * 10_000))
    assert isinstance(result, Refusal) and "nested more than 250 deep: not all of it can be read" in result.reason


def test_a_pdf_keeps_its_pages(tmp_path: Path) -> None:
    parsed = article(tmp_path / "a.pdf", pdf("The harbour was closed.\n1", "The ferry sank.\n2"))
    assert parsed.text.split() == "The harbour was closed. The ferry sank.".split()
    assert [parsed.page(parsed.text.index(word)) for word in ("harbour", "ferry")] == [1, 2]
    assert (parsed.title, parsed.date, parsed.date_from) == ("Quay", FIFTH, "file metadata")


def test_lines_of_a_pdf_are_joined_and_a_sentence_runs_on_over_a_page(tmp_path: Path) -> None:
    parsed = article(tmp_path / "a.pdf", pdf(
        "The council of Norvik took over the har-\nbour on Monday after a dispute of the", "many years."
    ))
    assert parsed.text == "The council of Norvik took over the harbour on Monday after a dispute of the many years."
    assert parsed.page(parsed.text.index("many")) == 2 and parsed.page(parsed.text.index("dispute")) == 1


@pytest.mark.parametrize("raw, says", [
    (pdf("Text.", encrypted=True), "is encrypted"), (b"%PDF-1.7 broken", "is broken"), (pdf(""), "only pictures"),
])
def test_a_pdf_that_cannot_be_read_is_refused_with_the_reason(tmp_path: Path, raw: bytes, says: str) -> None:
    assert says in reason(tmp_path / "a.pdf", raw)


def test_a_pdf_of_too_many_pages_is_refused(tmp_path: Path) -> None:
    assert "CHATBOT_LIMIT_PAGES" in reason(tmp_path / "a.pdf", pdf("A.", "B."), FileLimits(pages=1))


def test_a_pdf_whose_pages_lead_in_a_circle_is_refused(tmp_path: Path) -> None:
    circle = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\n"
    (tmp_path / "a.pdf").write_bytes(circle + b"trailer<</Root 1 0 R>>\n%%EOF")
    with Worker(FileLimits(seconds=20)) as worker:
        [result] = worker.read(tmp_path / "a.pdf")
    assert isinstance(result, Refusal)


def test_a_word_document_is_read_with_its_tables(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Harbour", 0)
    document.add_paragraph("The harbour was closed.")
    document.add_table(1, 1).cell(0, 0).text = "The ferry sank."
    document.core_properties.created = datetime.datetime(2024, 12, 5, 23, 30)
    document.save(str(tmp_path / "a.docx"))
    parsed = article(tmp_path / "a.docx", (tmp_path / "a.docx").read_bytes())
    assert parsed.title == "Harbour" and parsed.text.endswith("The harbour was closed.\n\nThe ferry sank.")
    assert (parsed.date, parsed.date_from, parsed.author) == (FIFTH, "file metadata", None)
    assert "not a Word document" in reason(tmp_path / "b.docx", b"text")


@pytest.mark.parametrize("kind, content", [("plain", "The harbour was closed."), ("html", BODY)])
def test_a_message_has_its_day_where_it_was_sent(tmp_path: Path, kind: str, content: str) -> None:
    message = EmailMessage()
    message["Subject"], message["From"] = "Harbour: closed", "Ada Berg <ada@desk.example>"
    message["Date"] = "Thu, 05 Dec 2024 23:30:00 -0500"
    message.set_content(content, subtype=kind)
    parsed = article(tmp_path / "a.eml", bytes(message))
    assert "harbour" in parsed.text and (parsed.title, parsed.author) == ("Harbour: closed", "Ada Berg")
    assert (parsed.date, parsed.date_from) == (FIFTH, "mail header")


def test_records_are_articles_and_a_bad_one_is_named(tmp_path: Path) -> None:
    good = {"text": "The ferry sank.", "title": "Ferry", "date": "2024-12-05T23:30:00-05:00", "source": "Desk"}
    whole = read(tmp_path / "a.json", json.dumps([good, {"title": "x"}, {"text": "Text.", "url": "https://x.example"}]))
    lines = read(tmp_path / "a.jsonl", "\n".join([json.dumps(good), "{", json.dumps({"text": "Text."})]))
    for first, second, third in (whole, lines):
        assert isinstance(first, Article) and isinstance(second, Refusal) and isinstance(third, Article)
        assert (first.date, first.date_from, first.source, third.title) == (FIFTH, "record", "Desk", "Text.")
    assert "object 2" in str(whole[1]) and "line 2" in str(lines[1])
    assert "not JSON" in reason(tmp_path / "b.json", "[" * 100_000)


def test_an_archive_is_read_one_level_deep(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {
        "b.txt": "The ferry sank.", "sub/c.html": html(), "d.zip": b"PK", "../e.txt": "Out.", "/f.txt": "Out.",
        "C:\\g.txt": "Out.", "picture.png": b"x", ".hidden.txt": "x", "empty.md": "",
    })
    result = list(read_file(path, FileLimits()))
    assert [part.title for part in result if isinstance(part, Article)] == ["The ferry sank.", "Harbour"]
    refused = {part.name.removeprefix(f"{path}: "): part.reason for part in result if isinstance(part, Refusal)}
    assert set(refused) == {"d.zip", "../e.txt", "/f.txt", "C:\\g.txt", "empty.md"}
    assert "archive in an archive" in refused["d.zip"] and "leads out" in refused["../e.txt"]
    assert {part.path for part in result if isinstance(part, Article)} == {str(path)}


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    bomb = archive(tmp_path / "a.zip", {"a.txt": b"0" * 3_000_000})
    assert "CHATBOT_LIMIT_ARCHIVE_RATIO" in str(*read_file(bomb, FileLimits()))
    assert "CHATBOT_LIMIT_ARCHIVE_MB" in str(*read_file(bomb, FileLimits(archive_mb=2, archive_ratio=9999)))
    assert "CHATBOT_LIMIT_FILE_MB" in str(*read_file(bomb, FileLimits(file_mb=2, archive_ratio=9999)))
    assert "is broken" in reason(tmp_path / "b.zip", b"PK\x03\x04 no archive")


def test_a_long_line_and_a_long_text_are_refused_by_their_limits(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(200_000_000)
    assert "the file has 200 MB (limit 50 MB; CHATBOT_LIMIT_FILE_MB" in str(
        *read_file(tmp_path / "a.txt", FileLimits())
    )
    assert "CHATBOT_LIMIT_TEXT_MB" in reason(tmp_path / "b.txt", "x" * 1_000_001, FileLimits(text_mb=1))


def test_a_link_out_of_the_folder_is_refused_and_one_within_it_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.txt").write_text("Secret.")
    (tmp_path / "in/a.txt").write_text("Text.")
    for name, target in (("b.txt", "../secret.txt"), ("c", ".."), ("d.txt", "a.txt")):
        (tmp_path / "in" / name).symlink_to(target)
    results = list(article_files([tmp_path / "in"]))
    assert [Path(result.name).name for result in results if isinstance(result, Refusal)] == ["b.txt", "c"]
    assert [result.name for result in results if isinstance(result, Path)] == ["a.txt", "d.txt"]


@pytest.mark.parametrize("odd", [
    "\u202eevil\u202c", "zero\u200bwidth\u200d\ufeff", "a\x01\x1b[2Jb", "𝕿𝖍𝖊 ｑｕｉｃｋ", "<script>alert(1)</script>",
    "Ω≈ç√∫",
    "1;DROP TABLE users", "التَّطْبِيق", "%s %d", "../../etc/passwd", "'\"`", "👩‍👩‍👧", "nil", "1E+02", "\x0b\x85x",
    "a\u2028b\u2029c\x0cd",
])
def test_odd_strings_come_back_as_they_went_in(tmp_path: Path, odd: str) -> None:
    stated = f"---\ntitle: {json.dumps(odd)}\n---\n"
    assert article(tmp_path / "a.txt", f"{stated}It says {odd} here.").text == f"It says {odd} here."
    assert article(tmp_path / "a.txt", f"{stated}Text.").title == odd.strip()
    name = odd.replace("/", "-")
    assert article(tmp_path / f"x{name}.txt", "The " + "very " * 40 + "long.").title == f"x{name}"


@pytest.mark.parametrize("head, day", [
    ('<meta property="article:published_time" content="2099-12-05T08:00:00Z">', None),
    ("", None),
    ('<meta name="date" content="2024-12-05">', FIFTH),
])
def test_a_pages_day_is_not_guessed_from_what_may_be_two_days(
    tmp_path: Path, head: str, day: datetime.date | None
) -> None:
    parsed = article(tmp_path / "a.html", html(head, '<p class="date">Published: 05/12/2024</p>' + BODY))
    assert parsed.date == day


@pytest.mark.parametrize("under", ["By Ada Berg\n2 March 2023", "March 2, 2023", "Published: Thursday, 2 March 2023"])
def test_the_day_under_a_headline_comes_before_that_of_the_file(tmp_path: Path, under: str) -> None:
    text = f"Quay closed\n{under}\nThe quay of Norvik was closed on Monday, the council of the town said."
    parsed = article(tmp_path / "a.pdf", pdf(text))
    assert (parsed.date, parsed.date_from) == (datetime.date(2023, 3, 2), "line in the text")


@pytest.mark.parametrize("head", ["Coast Post | 5 May 2023 | Page {} of 4", "Coast Post - Local news", "{} COAST POST"])
def test_running_heads_are_dropped_from_the_sentences_of_a_pdf(tmp_path: Path, head: str) -> None:
    lines = ["The council of Norvik took over the harbour on Monday, after a dispute", "of many years."]
    pages = [f"{head.format(number)}\nAune {line * 2}\n{line}" for number, line in enumerate(lines, 3)]
    text = article(tmp_path / "a.pdf", pdf(*pages)).text
    assert "COAST" not in text.upper() and "dispute Aune of many" in text.replace("\n\n", " ")


@pytest.mark.parametrize("first, second, text", [
    ("The repairs of the quay took all of the re\xad", "sources that it had.", "resources"),
    ("The captain of the ferry was on the Oakhurst-", "Veldt line for years.", "Oakhurst-Veldt"),
])
def test_words_that_were_broken_in_a_pdf_are_whole(tmp_path: Path, first: str, second: str, text: str) -> None:
    raw = pdf(f"{first}\n{second}".replace("\xad", "\\255"))
    raw = raw.replace(b"/BaseFont /Helvetica", b"/BaseFont /Helvetica /Encoding /WinAnsiEncoding")
    assert text in article(tmp_path / "a.pdf", raw).text


@pytest.mark.parametrize("title", ["Microsoft Word - quay_final.docx", "quay v3.indd", "untitled"])
def test_a_programs_title_is_none(tmp_path: Path, title: str) -> None:
    raw = pdf("Quay closed for good\n\nThe quay of Norvik was closed.")
    assert article(tmp_path / "a.pdf", raw.replace(b"(Quay)", f"({title})".encode())).title == "Quay closed for good"


@pytest.mark.parametrize("text, composed", [
    ("Ine\u0301s Calder met Ren\xade\u0301e in Zu\u0308rich.", "Inés Calder met Renée in Zürich."),
    ("Mayor S\u030ckoda wrote to Nguye\u0302\u0303n in A\u030arhus.", "Mayor Škoda wrote to Nguyễn in Århus."),
])
def test_decomposed_accents_are_composed_and_offsets_count_in_what_is_kept(
    tmp_path: Path, text: str, composed: str
) -> None:
    parsed = article(tmp_path / "a.txt", f"Caf\u00e9 Ine\u0301s\n\n{text}")
    assert parsed.text == f"Café Inés\n\n{composed}" and parsed.title == "Café Inés"


LEAD = "The council of Norvik took over the harbour on Monday."


@pytest.mark.parametrize("content", [
    json.dumps({"status": "ok", "articles": [{"title": "A", "text": LEAD}]}),
    json.dumps({"total": 1, "results": [{"headline": "A", "content": LEAD}]}),
    "\n".join(json.dumps({"title": "A", "body": LEAD}) for _ in range(2)),
    json.dumps([{
        "title": "A", "text": "<div><p>The council of Norvik took over<br>\nthe harbour &amp; quay.</p></div>",
    }]),
])
def test_records_are_found_however_they_are_wrapped(tmp_path: Path, content: str) -> None:
    results = read(tmp_path / "a.json", content)[0]
    assert isinstance(results, Article) and results.title == "A"
    assert results.text.startswith("The council of Norvik took over")
    assert "<" not in results.text and "&" not in results.text.replace(" & ", "")


def test_a_records_source_may_be_an_object_and_its_day_have_another_name(tmp_path: Path) -> None:
    record = {"text": LEAD, "source": {"id": None, "name": "Coast Post"}, "publishedAt": "2024-12-05T08:00:00Z"}
    parsed = article(tmp_path / "a.json", json.dumps(record))
    assert (parsed.source, parsed.date) == ("Coast Post", FIFTH)


def test_documents_of_other_kinds_are_counted_not_passed_over(tmp_path: Path) -> None:
    for name in ("a.txt", "b.doc", "c.DOC", "sub/d.ppt", "e.jpg", ".f.doc"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(LEAD, encoding="utf-8")
    *files, refused = article_files([tmp_path])
    assert files == [tmp_path / "a.txt"] and isinstance(refused, Refusal)
    assert "3 documents in it are of kinds that are not read: 2 .doc, 1 .ppt." in refused.reason
