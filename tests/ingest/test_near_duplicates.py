from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.article import Article, article_id
from index.ingest.near_duplicates import ALIKE, group_stories, likeness, signature_of
from index.storage.ledger import Ledger
from tests.support.corpus import BRIDGE, HARBOUR, put

WIRE = " ".join(f"Report {n}: the ferry number {n} sailed to Elvaskar with {n * 7} people on board." for n in range(20))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "ledger.sqlite")
    yield opened
    opened.close()


def add(ledger: Ledger, name: str, text: str, *, source: str | None = None) -> str:
    url = f"https://{name}.example/a"
    put(ledger, Article(article_id(url), text, name, source or name.title(), url=url))
    return article_id(url)


def alike(first: str, other: str) -> float:
    return float(likeness(signature_of(first), signature_of(other)[None])[0])


def test_a_signature_does_not_change_from_run_to_run() -> None:
    assert signature_of("The bridge at Tolmin was closed to cars.")[:3].tolist() == [1598315660, 1310751329, 119182139]


def test_letter_case_and_marks_do_not_count() -> None:
    assert alike(HARBOUR, HARBOUR.upper().replace(".", " – ")) == 1.0
    assert alike(HARBOUR, BRIDGE) < 0.05


def test_the_share_of_equal_places_is_about_the_share_of_common_runs() -> None:
    shares = [0.2, 0.5, 0.8]
    for share in shares:
        common = [f"a{n}" for n in range(int(1000 * share))]
        rest = int(1000 * (1 - share) / 2)
        text = " ".join([*common, *(f"b{n}" for n in range(rest))])
        other = " ".join([*common, *(f"c{n}" for n in range(rest))])
        assert alike(text, other) == pytest.approx(share, abs=0.12)


@pytest.mark.parametrize("text", ["", "Ferry", "The ferry sailed"])
def test_a_text_shorter_than_a_run_has_a_signature(text: str) -> None:
    assert signature_of(text).shape == (128,) and alike(text, text) == 1.0 and alike(text, HARBOUR) < ALIKE


def test_a_report_run_by_three_outlets_is_one_story(ledger: Ledger) -> None:
    first = add(ledger, "agency", WIRE)
    add(ledger, "courier", "From our desk. " + WIRE)
    add(ledger, "gazette", WIRE[: len(WIRE) * 3 // 4])
    add(ledger, "other", BRIDGE)
    group_stories(ledger)
    assert ledger.stories.outlets(first) == (first, ["Agency", "Courier", "Gazette"])


def test_what_comes_later_joins_the_story(ledger: Ledger) -> None:
    first = add(ledger, "agency", WIRE)
    group_stories(ledger)
    later = add(ledger, "courier", "From our desk. " + WIRE)
    assert ledger.stories.outlets(later) == (None, [])
    group_stories(ledger)
    assert ledger.stories.outlets(later) == (first, ["Agency", "Courier"]) and ledger.stories.not_compared(9) == []


def test_a_changed_article_may_leave_its_story(ledger: Ledger) -> None:
    first, second = add(ledger, "agency", WIRE), add(ledger, "courier", WIRE + " End.")
    group_stories(ledger)
    add(ledger, "courier", BRIDGE)
    group_stories(ledger)
    assert ledger.stories.outlets(first)[1] == ["Agency"] and ledger.stories.outlets(second) == (second, ["Courier"])


def test_an_outlet_that_ran_it_word_for_word_counts_too(ledger: Ledger) -> None:
    first = add(ledger, "agency", WIRE)
    group_stories(ledger)
    for _ in range(2):
        ledger.stories.carry(first, "Courier")
    assert ledger.stories.outlets(first)[1] == ["Agency", "Courier"]
    ledger.remove(first)
    assert ledger.stories.outlets(first) == (None, [])


def test_many_articles_are_compared_in_parts(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.ingest.near_duplicates.ARTICLES_AT_A_TIME", 2)
    idents = [add(ledger, f"paper{n}", f"{WIRE} This is the edition {n}.") for n in range(5)]
    group_stories(ledger)
    assert {ledger.stories.outlets(ident)[0] for ident in idents} <= set(idents)
    assert len({ledger.stories.outlets(ident)[0] for ident in idents}) == 1


def test_signatures_are_kept_as_they_were_made(ledger: Ledger) -> None:
    add(ledger, "agency", WIRE)
    group_stories(ledger)
    (signature, _), = ledger.stories.signatures()
    assert np.array_equal(np.frombuffer(signature, np.uint32), signature_of(WIRE))


def test_a_later_version_of_a_url_supersedes_the_earlier(ledger: Ledger) -> None:
    ident = add(ledger, "agency", HARBOUR, source="Agency")
    put(ledger, replace(ledger.articles.get(ident), text=HARBOUR + " It opened again.", title="Open again"))
    earlier, = ledger.versions.all()
    assert (earlier.article_id, earlier.title, earlier.source) == (ident, "agency", "Agency")
    assert [row.title for row in ledger.articles.listed()] == ["Open again"] and ledger.count()[0] == 1


def test_the_same_text_again_supersedes_nothing(ledger: Ledger) -> None:
    ident = add(ledger, "agency", HARBOUR)
    put(ledger, replace(ledger.articles.get(ident), title="A better title"))
    put(ledger, Article("0" * 16, HARBOUR, "A file", path="/a"))
    put(ledger, Article("0" * 16, BRIDGE, "A file", path="/a"))
    assert ledger.versions.all() == []


def test_a_removed_article_leaves_no_version_behind(ledger: Ledger) -> None:
    ident = add(ledger, "agency", HARBOUR)
    add(ledger, "agency", BRIDGE)
    assert len(ledger.versions.all()) == 1
    ledger.remove(ident)
    assert ledger.versions.all() == []
