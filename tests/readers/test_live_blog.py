import datetime
import json
from pathlib import Path

import pytest

from index.claims.extract import annotate
from index.language.sentences import sentence_spans
from tests.readers.test_formats import article
from tests.support.reports import parser

ENTRIES = (
    ("2023-09-18T21:05:00+02:00", "Sluice gives way", "The sluice at Ardmoor gave way, and two streets are wet."),
    ("2023-09-18T16:40:00+02:00", "School shut", "Ardmoor Primary was shut, and parents fetched their children."),
    ("2023-09-17T08:00:00+02:00", "Rain goes on", "Rain has fallen on Ardmoor for two days, and the river rises."),
)
LINES = [
    line for day, head, text in ENTRIES
    for line in (head, f"{int(day[8:10])} September 2023, {day[11:16]}", text)
]


def page(entries: str, head: str = "") -> str:
    start = "<html lang='en'><head><title>Flood live</title>"
    return f"{start}{head}</head><body><main><h1>Flood live</h1>{entries}</main>"


def each(template: str) -> str:
    return "".join(template.format(time=time, head=head, text=text) for time, head, text in ENTRIES)


@pytest.mark.parametrize("template", [
    "<article><time datetime='{time}'>x</time><h2>{head}</h2><p>{text}</p></article>",
    "<div><header><h3>{head}</h3><span>Posted <time datetime='{time}'></time></span></header><p>{text}</p></div>",
    "<li><h4><time datetime='{time}'>9pm</time> {head}</h4><div><p>{text}</p><button>Share</button></div></li>",
    "<h3><time datetime='{time}'>x</time>{head} now here</h3><p>{text}</p>",
])
def test_each_entry_of_a_live_blog_has_its_time(tmp_path: Path, template: str) -> None:
    parsed = article(tmp_path / "a.html", page(each(template)))
    lines = [line for line in parsed.text.split("\n\n") if line not in ("Posted", "Flood live")]
    assert parsed.title == "Flood live"
    assert [line.removesuffix(" now here") for line in lines] == LINES


def test_entries_that_only_the_metadata_holds_are_read(tmp_path: Path) -> None:
    updates = [
        {"headline": head, "datePublished": time, "articleBody": f"<p>{text}</p>"} for time, head, text in ENTRIES
    ]
    stated = json.dumps({"@graph": [{"@type": "LiveBlogPosting", "liveBlogUpdate": [*updates, 3]}]})
    script = f'<script type="application/ld+json">{stated}</script>'
    parsed = article(tmp_path / "a.html", page("<p>Follow the flood at Ardmoor with our reporters here.</p>", script))
    assert parsed.text.split("\n\n") == LINES


@pytest.mark.parametrize("beside", [
    "".join(f"<div><time datetime='{time}'>x</time> {head} more to say</div>" for time, head, _ in ENTRIES),
    "<p>First shown <time datetime='2023-09-18'>18 September</time></p>",
])
def test_times_beside_an_article_make_no_entries(tmp_path: Path, beside: str) -> None:
    message = "Nobody was hurt, the mayor of the town said on the radio in the evening."
    text = "".join(f"<p>{text} {message}</p>" for _, _, text in ENTRIES)
    lines = article(tmp_path / "a.html", page(f"<article>{text}</article>{beside}")).text.split("\n\n")
    assert not [line for line in lines if line in LINES]


@pytest.mark.parametrize("heading", [
    "18 September 2023\n\n14:32", "18 September 2023\n\n14.32 GMT\n\nSluice gives way", "18 September 2023, 14:32",
    "Entry of 18 September, 14.20", "Posted 18 September 2023 at 14:20 ET", "Updated: 18 September 2023, 14:20 BST",
])
def test_an_event_of_an_entry_is_of_its_day(heading: str) -> None:
    text = f"{heading}\n\nThe council took over the sluice."
    rows = annotate(text, datetime.date(2023, 9, 20), sentence_spans(text), parser())
    day = rows[-1].day
    assert day is not None and day.first == datetime.date(2023, 9, 18)
