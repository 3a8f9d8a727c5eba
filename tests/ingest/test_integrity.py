from collections.abc import Iterator
from pathlib import Path

import pytest

from chatbot.cli import commands
from index.collection import Collection
from index.ingest.integrity import audit, repair
from index.ingest.run import Progress, index_paths
from index.search.embedder import BUNDLED
from tests.support.corpus import first
from tests.support.ledgers import change

DAMAGES = [
    ("UPDATE passage SET end_at = 9999 WHERE number = 0", "lies outside its text"),
    ("UPDATE passage SET sentences = '[[0, 9999]]'", "the sentences of passage 0 lie outside it"),
    ("UPDATE passage SET sentences = 'x'", "the sentences of passage 0 lie outside it"),
    ("UPDATE passage SET vector = x'00'", "the vector of passage 0 does not have 384 numbers"),
    ("UPDATE passage SET vector = zeroblob(1536)", "numbers and the length 1"),
    ("UPDATE passage SET sentence_vectors = x'00'", "the sentence vectors of passage 0"),
    ("DELETE FROM passage", "it has no passages"),
    ("UPDATE passage SET number = 7", "missing or numbered wrongly"),
    ("DELETE FROM words", "the word index has another text of it"),
    ("UPDATE words SET body = 'other'", "the word index has another text of it"),
    ("INSERT INTO words (rowid, title, body) VALUES (99, 'a', 'b')", "1 passages or rows of the word index"),
]


@pytest.fixture
def opened(tmp_path: Path, articles: Path) -> Iterator[Collection]:
    collection = Collection(tmp_path / "data", embedding_model=BUNDLED, writing=True)
    index_paths(collection, [articles])
    yield collection
    collection.close()


def progress(total: int) -> Progress:
    return lambda done: None


def test_a_sound_index_has_no_faults(opened: Collection) -> None:
    opened._files.dense.publish()
    assert audit(opened).faults == []


def test_each_damage_is_said_and_mended(opened: Collection) -> None:
    opened._files.dense.publish()
    added = [row.added for row in opened.articles()]
    for damage, message in DAMAGES:
        change(opened.data, damage)
        report = audit(opened)
        assert message in " ".join(report.faults), damage
        assert repair(opened, report, progress).faults == [], damage
    assert first(opened, "Who took over the harbour?") == "Harbour"
    assert [row.added for row in opened.articles()] == added


def test_only_what_is_broken_is_embedded_again(opened: Collection) -> None:
    opened._files.dense.publish()
    change(opened.data, "UPDATE passage SET vector = x'00' WHERE article_id = ?", opened.articles()[0].id)
    totals: list[int] = []
    assert repair(opened, audit(opened), lambda total: totals.append(total) or progress(total)).faults == []  # type: ignore[func-returns-value]
    assert totals == [1]


def test_the_command_says_it_and_mends_it_when_asked(
    opened: Collection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(opened.data, "DELETE FROM words")
    opened.close()
    data = ["--data", str(tmp_path / "data")]
    assert commands.main(["verify", *data]) == 1 and "Mend it with" in capsys.readouterr().out
    assert commands.main(["verify", "--repair", *data]) == 0 and "All of it is mended." in capsys.readouterr().out
    assert commands.main(["verify", *data]) == 0 and "Nothing is wrong: 2 articles" in capsys.readouterr().out
