"""Kills index runs with SIGKILL: `python -m tests.support.killed FOLDER KILLS SEED [URL]`. Each run first checks all
that the killed ones left; prints what happened, and ends with an error where anything was lost, doubled or not to be
found.

What takes seconds to load is loaded once, before the runs are forked, so that most of a run is work on the index.
"""

import os
import random
import signal
import socket
import socketserver
import sys
import time
from concurrent.futures import Future
from pathlib import Path

import chromadb.api.fastapi  # noqa: F401
import chromadb.api.rust  # noqa: F401

import index.ingest.prepare
import index.ingest.run
import index.storage.index_files
import index.storage.vector_snapshots
from index.article import Article
from index.collection import Collection
from index.ingest.integrity import audit_ledger
from index.language.tokens import count_tokens
from index.search.embedder import BUNDLED, Embedder
from index.storage.filters import EVERYTHING
from index.storage.index_files import LEDGER_FILE
from index.storage.ledger import Ledger
from index.storage.vector_check import TOLERANCE, check_folder
from tests.support.corpus import write
from tests.support.ledgers import ledger_in

ARTICLES = 16
MODEL: Future[Embedder] = Future()
# Many small transactions: more moments between two of them.
index.ingest.prepare.PASSAGES_AT_A_TIME = 2
# And many generations.
index.storage.index_files.PUBLISH_PASSAGES = 4
index.storage.index_files.PUBLISH_SHARE = 0.1


class Loaded(Collection):
    """A collection that embeds with the model of the process it was forked from."""

    def load(self) -> None:
        """It is there already."""

    @property
    def embedder(self) -> Embedder:
        """The model."""
        return MODEL.result()


class Check(socketserver.StreamRequestHandler):
    """Answers with the status of the check of a ledger and a folder, which are asked for in a line each."""

    def handle(self) -> None:
        """Answer."""
        ledger, folder = (Path(self.rfile.readline().decode().rstrip("\n")) for _ in range(2))
        self.wfile.write(str(check_folder(ledger, folder)).encode())


class Checks(socketserver.ForkingMixIn, socketserver.TCPServer):
    """Forks a child for each check, from a process that has no index open: SQLite does not bear to be forked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Check)
        self.parent = os.getpid()

    def service_actions(self) -> None:
        """End with the process that forked this one."""
        super().service_actions()
        if os.getppid() != self.parent:
            os._exit(0)

    def find_fault(self, ledger: Path, folder: Path) -> str | None:
        """`find_fault_apart` without the seconds that a new process takes to load Chroma."""
        with socket.create_connection(("127.0.0.1", self.server_address[1])) as asked:
            asked.sendall(f"{ledger}\n{folder}\n".encode())
            answer = asked.recv(100)
        return None if answer == b"0" else f"its check ended with '{answer.decode()}'"


def run(data: Path, articles: Path, reported: Path, url: str | None) -> None:
    """One index run: open, check, add what is missing, report each article that is kept."""
    collection = Loaded(data, embedding_model=BUNDLED, chroma_url=url, writing=True)
    there = {row.id for row in collection.articles()}
    lost = set(reported.read_text().split()) - there if reported.exists() else set()
    assert not lost, f"reported as kept, and lost: {lost}"
    assert audit_ledger(collection).faults == []
    with ledger_in(data) as ledger, collection._files.dense.newest() as store:
        for rows in ledger.passages.vectors():
            for passage, _, vector in rows:
                [(ident, similarity)] = store.search(vector, EVERYTHING, 1)
                assert ident == passage.id and similarity > 1 - TOLERANCE, f"{passage.id} finds {ident}"
    reported.with_suffix(".began").touch()
    with reported.open("a") as file:

        def record(article: Article) -> None:
            file.write(f"{article.id}\n")
            file.flush()

        index.ingest.run.index_paths(collection, [articles], on_written=record)
    collection.close()
    assert Ledger(data / LEDGER_FILE).count()[0] == ARTICLES


def fork(data: Path, articles: Path, reported: Path, url: str | None) -> int:
    """A run in a process of its own; its id."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        run(data, articles, reported, url)
        status = 0
    finally:
        if status:
            import traceback

            traceback.print_exc()
        sys.stderr.flush()
        os._exit(status)


def kill_runs(folder: Path, kills: int, seed: int, url: str | None) -> None:
    """So many kills, half of them anywhere in a run, half while it writes. A new index follows a finished one."""
    chance = random.Random(seed)
    articles = folder / "articles"
    for n in range(ARTICLES):
        write(articles, f"{n}.md", f"Report {n} of the day. It was calm in town {n}. {n} people came.", title=f"R{n}")
    began = time.monotonic()
    finish(fork(folder / "data-0", articles, folder / "reported-0", url))
    length = time.monotonic() - began
    writing = time.time() - (folder / "reported-0").with_suffix(".began").stat().st_mtime
    killed, at, writes = 0, 1, 0
    while killed < kills:
        data, reported = folder / f"data-{at}", folder / f"reported-{at}"
        mark = reported.with_suffix(".began")
        mark.unlink(missing_ok=True)
        child = fork(data, articles, reported, url)
        anywhere = killed % 2 == 0
        while not anywhere and not mark.exists() and not ended(child):
            time.sleep(0.002)
        time.sleep(chance.uniform(0, length if anywhere else writing))
        if ended(child):
            finish(child)
            at += 1
            continue
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        killed += 1
        writes += mark.exists()
    finish(fork(data, articles, reported, url))
    sys.stdout.write(f"{killed} kills, seed {seed}: {writes} of them while writing, {at} indexes finished between\n")


def ended(child: int) -> bool:
    """Whether a child has ended; it is still to be waited for."""
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def finish(child: int) -> None:
    """Wait for a run that must succeed."""
    assert os.waitpid(child, 0)[1] == 0, "a run after a kill failed"


if __name__ == "__main__":
    MODEL.set_result(Embedder())
    count_tokens("The vocabulary takes a second to read.")
    checks = Checks()
    if os.fork() == 0:
        checks.serve_forever()
    vars(index.storage.vector_snapshots)["find_fault_apart"] = checks.find_fault
    kill_runs(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] if len(sys.argv) > 4 else None)
