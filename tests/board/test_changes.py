import datetime
import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from chatbot.board.changes import (
    ATOM,
    change_json,
    changes_atom,
    changes_json,
    changes_markdown,
    changes_of,
    daily_changes_of,
)
from chatbot.board.queries import BoardFilter
from chatbot.errors import QuestionError
from index.claim import ReportedClaim
from tests.support.canned_articles import HAMA, HOSTILE_TEXT
from tests.support.canned_collection import CLAIMS, REMAINED, CannedCollection

HOME = "https://chat.example/desk/"
FIRST, FIFTH = datetime.date(2024, 12, 1), datetime.date(2024, 12, 5)


class Hostile(CannedCollection):
    """Reports of 5 December whose names and sentences are written to break out of a feed."""

    def reported_claims(self) -> list[ReportedClaim]:
        bad = f"{HOSTILE_TEXT} ]]> \x0b\x1b\ufffe"
        return [
            replace(claim, reported=FIFTH, sentence=bad, title=bad, source=bad, url='https://news.example/?a="&b=<')
            for claim in CLAIMS
        ]


def entries(feed: bytes) -> list[dict[str, str]]:
    return [
        {part.tag.removeprefix(f"{{{ATOM}}}"): part.text or part.get("href") or "" for part in entry}
        for entry in ElementTree.fromstring(feed).iter(f"{{{ATOM}}}entry")
    ]


def test_a_change_holds_both_rows_and_the_sentence() -> None:
    changes = changes_of(CannedCollection(), BoardFilter(changed_since=FIRST))
    hama, homs = [json.loads(json.dumps(change_json(change, changes.side_of))) for change in changes.changes]
    assert (hama["place"], hama["day"]) == ("Hama", "2024-12-05")
    assert (hama["before"]["controllers"], hama["after"]["controllers"]) == (["government"], ["Opposition forces"])
    assert hama["before"]["claims"][0]["sentence"] == REMAINED
    assert HAMA.text[hama["start"] : hama["end"]] == hama["sentence"] and hama["article_id"] == HAMA.id
    assert homs["before"]["disputed"] is False and homs["after"]["disputed"] is True


def test_without_a_day_the_last_week_is_told() -> None:
    record = changes_json(changes_of(CannedCollection(), BoardFilter()))
    assert (record["since"], record["until"]) == ("2024-11-28", "2024-12-05")
    places = [change.place for change in changes_of(CannedCollection(), BoardFilter(place="Hama")).changes]
    assert places == ["Hama"]
    held = changes_of(CannedCollection(), BoardFilter(controller="opposition forces", changed_since=FIRST)).changes
    assert [claim.place for claim in held] == ["Hama"]


def test_days_in_the_wrong_order_are_said() -> None:
    with pytest.raises(QuestionError, match="from 2024-12-05 to 2024-12-01 cannot be told.*Swap them"):
        changes_of(CannedCollection(), BoardFilter(as_of=FIRST, changed_since=FIFTH))


def test_markdown_tells_before_and_after_with_the_sentences() -> None:
    text = changes_markdown(changes_of(CannedCollection(), BoardFilter(changed_since=FIRST)))
    assert text.startswith("# What changed from 1 December 2024 to 5 December 2024\n\n## Hama\n\nBefore: **gov")
    assert "After: **Opposition forces**\n\n> Opposition forces took the city of Hama on Thursday.\n>\n> — Hama" in text
    assert "[news.example](<https://news.example/hama>)" in text and "After: **disputed: government**" in text
    nothing = changes_markdown(changes_of(CannedCollection(), BoardFilter(changed_since=FIFTH)))
    assert nothing.endswith("Nothing changed by the reports.")


def test_an_entry_of_the_feed_keeps_its_id() -> None:
    week = daily_changes_of(CannedCollection(), BoardFilter())
    later = daily_changes_of(CannedCollection(), BoardFilter(changed_since=FIRST, as_of=datetime.date(2024, 12, 9)))
    feed = f"{HOME}api/board/changes.atom"
    week_entries, again = [entries(changes_atom(changes, HOME, feed)) for changes in (week, later)]
    assert [entry["title"] for entry in again] == ["Hama: Opposition forces", "Homs: disputed: government"]
    assert week_entries[:2] == again and len({entry["id"] for entry in week_entries}) == len(week_entries) == 6
    assert all(entry["id"].startswith("urn:uuid:") for entry in week_entries)
    assert again[0]["updated"] == "2024-12-05T00:00:00Z"
    assert "Before: government. After: Opposition forces." in again[0]["content"]
    assert "“Opposition forces took the city of Hama on Thursday.” (Hama changes hands, Sample" in again[0]["content"]


def test_nothing_in_an_article_breaks_the_feed_or_the_markdown() -> None:
    changes = daily_changes_of(Hostile(), BoardFilter())
    feed = changes_atom(changes, HOME, f"{HOME}api/board/changes.atom?place=<&>")
    assert len(entries(feed)) == 5 and b"<img" not in feed and b"<script" not in feed
    tags = {part.tag for part in ElementTree.fromstring(feed).iter()}
    known = "feed id title updated published link author name entry content"
    assert tags == {f"{{{ATOM}}}{name}" for name in known.split()}
    text = changes_markdown(changes_of(Hostile(), BoardFilter()))
    shown = re.sub(r"\\.", "", text)
    assert "<img" not in shown and "](http" not in shown and "\x1b" not in text


class Empty(CannedCollection):
    def reported_claims(self) -> list[ReportedClaim]:
        return []


def test_a_collection_without_claims_has_an_empty_feed() -> None:
    changes = daily_changes_of(Empty(), BoardFilter())
    assert entries(changes_atom(changes, HOME, HOME)) == [] and changes_json(changes)["changes"] == []
    assert changes_markdown(changes) == "# What changed\n\nNothing changed by the reports."
