import sqlite3
import threading
import zipfile
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from chatbot.answering.pipeline import Chain
from chatbot.settings import Settings
from index.claim import Origin
from index.collection import Collection
from index.errors import DataFolderError
from index.ingest.integrity import audit
from index.search.embedder import BUNDLED
from index.storage.index_files import LEDGER_FILE
from index.storage.ledger import Ledger
from index.storage.schema import FORMAT, MIGRATIONS
from tests.support.ledgers import ledger_in

# Two articles each, indexed by the versions of 23 and 27 November 2026, from files that are gone.
OLD_INDEX = Path(__file__).with_name("index_of_format_2.zip")
OLD_CLAIMS = Path(__file__).with_name("index_of_format_9.zip")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    with zipfile.ZipFile(OLD_INDEX) as archive:
        archive.extractall(tmp_path)
    return tmp_path


def tables(path: Path) -> dict[str, list[str]]:
    """The names of the columns of every table, and the indexes by their own names."""
    with closing(sqlite3.connect(path)) as db:
        names = [name for name, in db.execute("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")]
        return {name: [row[1] for row in db.execute(f"PRAGMA table_info({name})")] for name in sorted(names)}


def test_an_index_of_an_earlier_version_answers_after_the_upgrade(old: Path) -> None:
    messages: list[str] = []
    with closing(Collection(old, embedding_model=BUNDLED, writing=True, say=messages.append)) as collection:
        assert messages == []
        bridge, ferry = sorted(collection.articles(), key=lambda listed: listed.title)
        assert (bridge.title, bridge.date, ferry.source) == ("Bridge in Marlow reopens", date(2024, 12, 2), "Courier")
        assert collection.vocabulary.aliases() == {("NTA", "National Transport Agency")}
        assert collection.annotate_missing() == 2 and collection.annotate_missing() == 0
        assert audit(collection).faults == []
        [citation, *_] = Chain(collection, Settings(data=old)).answer("Why was the ferry to Osel cancelled?").citations
        assert (citation.title, citation.sentence) == (
            "Ferry to Osel cancelled", "The ferry to Osel was cancelled on Thursday because of a storm.",
        )
    with ledger_in(old) as ledger:
        assert ledger.settings.get("format") == str(FORMAT)


def test_claims_of_format_9_are_those_of_the_rules(tmp_path: Path) -> None:
    with zipfile.ZipFile(OLD_CLAIMS) as archive:
        archive.extractall(tmp_path)
    with closing(Collection(tmp_path, embedding_model=BUNDLED, writing=True)) as collection:
        claims = [claim for _, claim in collection.claims()]
        assert [(claim.place, claim.holder) for claim in claims] == [
            ("Orlen", "Lunar Front"), ("Marlow", "army"), ("Marlow", "army"),
        ]
        assert {claim.origin for claim in claims} == {Origin.RULES}
        assert len(collection.claim_store.unread()) == 2 and audit(collection).faults == []


def test_an_upgraded_ledger_has_the_tables_of_a_new_one(old: Path) -> None:
    Ledger(old / LEDGER_FILE).close()
    Ledger(old / "new.sqlite").close()
    assert tables(old / LEDGER_FILE) == tables(old / "new.sqlite")


def test_an_upgrade_that_breaks_off_changes_nothing(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tables(old / LEDGER_FILE)
    broken = old / "9999.sql"
    broken.write_text("ALTER TABLE absent ADD COLUMN x TEXT;\n")
    monkeypatch.setattr("index.storage.schema.MIGRATIONS", [*MIGRATIONS, broken])
    with pytest.raises(DataFolderError, match="no such table: absent"):
        Ledger(old / LEDGER_FILE)
    assert tables(old / LEDGER_FILE) == before


def test_many_may_open_an_old_ledger_at_once(old: Path) -> None:
    def opened() -> None:
        start.wait()
        try:
            formats.append(Ledger(old / LEDGER_FILE).settings.get("format"))
        except DataFolderError as exc:
            formats.append(str(exc))

    formats: list[str | None] = []
    start = threading.Barrier(6)
    threads = [threading.Thread(target=opened) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert formats == [str(FORMAT)] * 6


def test_the_scripts_are_numbered_without_a_gap() -> None:
    assert [path.stem for path in MIGRATIONS] == [f"{number:04}" for number in range(1, FORMAT + 1)]
