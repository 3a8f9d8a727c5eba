"""Files that are made to bring down who reads them: each is an article or a refusal with a reason, and soon."""

from pathlib import Path

import pytest

from index.article import Article
from index.ingest.sandbox import Worker
from index.language.dates import find_dates
from index.language.publication import publication_date
from index.language.sentences import sentence_spans
from index.limits import FileLimits
from index.readers.registry import Refusal

DEEP = "[" * 50_000
MERGES = "a0: &a0 {k: v}\n" + "".join(f"a{n + 1}: &a{n + 1}\n  <<: [*a{n}, *a{n}]\n" for n in range(30))
HOSTILE = {
    "deep list": f"---\ntitle: {DEEP}\n---\nText.",
    "deep mapping": "---\ntitle: " + "{a: " * 50_000 + "\n---\nText.",
    "deep block": "---\n" + "- " * 50_000 + "a\n---\nText.",
    "merges": f"---\n{MERGES}---\nText.",
    "aliases": "---\na: &a [x]\n" + "".join(f"b{n}: *a\n" for n in range(3000)) + "---\nText.",
    "long number": f"---\ntitle: {'9' * 5000}\n---\nText.",
    "long hexadecimal": f"---\ntitle: 0x{'f' * 5000}\n---\nText.",
    "long hexadecimal key": f"---\n0x{'f' * 5000}: a\n---\nText.",
    "long sexagesimal": f"---\ntitle: 1{':10' * 3000}\n---\nText.",
    "list of numbers": f"---\nauthor: [0x{'f' * 5000}]\n---\nText.",
    "date": "---\ndate: 9999-99-99T99:99:99Z\n---\nText.",
    "mapping as key": "---\n? {a: b}\n: c\n---\nText.",
    "python object": "---\ntitle: !!python/object:os.system {}\n---\nText.",
    "spaces": "a" + " " * 50_000 + "b",
    "title of spaces": f"---\ntitle: \"a{' ' * 50_000}b\"\n---\nText.",
    "emphasis": "*a_ " * 12_000,
    "links": "[a](" * 12_000,
    "quotes": ">" * 50_000 + "a",
    "line of dates": "3 May 2024 " * 5_000,
    "halves": '---\ntitle: "\\ud83d"\n---\nText.',
}


@pytest.mark.parametrize("suffix", [".md", ".txt"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_text_is_an_article_or_a_refusal(name: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_text(HOSTILE[name], encoding="utf-8")
    with Worker(FileLimits(seconds=10)) as worker:
        [outcome] = worker.read(path)
    assert isinstance(outcome, Article) or outcome.reason.endswith((".", ")"))
    assert not isinstance(outcome, Refusal) or "ended with status" not in outcome.reason
    repr(outcome).encode()


@pytest.mark.parametrize(("name", "content"), [
    ("a.json", '{"text": "Text.", "title": ' + "9" * 5000 + "}"),
    ("a.jsonl", '{"text": "Text.", "title": ' + "9" * 5000 + "}\n"),
    ("b.json", '{"text": "Text.", "date": ' + DEEP + "}"),
    ("c.json", '{"text": "Text. \\ud83d", "title": "\\udc4d"}'),
    ("a.eml", "Subject: a\nContent-Type: text/plain; charset=punycode\n\n" + "a-b" * 100_000),
    ("b.eml", "Subject: a\nDate: Mon, 99 Foo 99999999999999 99:99:99 +999999999\n\nText."),
    ("a.html", "<meta charset=punycode><p>" + "a-b" * 100_000),
])
def test_a_file_of_another_kind_is_an_article_or_a_refusal(name: str, content: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with Worker(FileLimits(seconds=10)) as worker:
        outcomes = list(worker.read(tmp_path / name))
    assert outcomes and not any("too many seconds" in str(outcome) for outcome in outcomes)
    repr(outcomes).encode()


@pytest.mark.parametrize("unit", ["3 May 2024 ", "since 3 May 2024 ", "May 3 ", "2024 ", "31 June 2024, ", "1 ", "1  "])
def test_a_line_of_dates_is_read_in_time_that_grows_with_it(unit: str, cpu_seconds: object) -> None:
    line = unit * (50_000 // len(unit))
    publication_date(line)
    find_dates(line, default_year=2024)


@pytest.mark.parametrize("unit", ["U.S. ", "a. ", "A", ". ", "؟", "؟ ", "。", "(", "'a ", '"a. ', "Mr. ", "1. ", "?!"])
def test_a_line_of_marks_is_cut_in_time_that_grows_with_it(unit: str, cpu_seconds: object) -> None:
    text = unit * (50_000 // len(unit))
    spans = sentence_spans(text)
    covered = "".join(text[start:end] for start, end in spans)
    assert covered.replace(" ", "") == text.replace(" ", "")
