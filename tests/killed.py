"""Kills index runs with SIGKILL: `python -m tests.killed FOLDER KILLS SEED [URL]`. Each run first checks all that the
killed ones left; prints what happened, and ends with an error where anything was lost, doubled or not to be found."""

import os
import random
import signal
import sys
import time
from pathlib import Path

import index.intake
from index.article import Article
from index.audit import audit_ledger
from index.check import TOLERANCE
from index.collection import Collection
from index.embedder import BUNDLED
from index.ledger import EVERYTHING
from tests.corpus import write

ARTICLES = 16
# Many small transactions: more moments between two of them.
index.intake.PASSAGES_AT_A_TIME = 2


def run(data: Path, articles: Path, reported: Path, url: str | None) -> None:
    """One index run: open, check, add what is missing, report each article that is kept."""
    collection = Collection(data, embedding_model=BUNDLED, chroma_url=url, writing=True)
    there = {row.id for row in collection.articles()}
    lost = set(reported.read_text().split()) - there if reported.exists() else set()
    assert not lost, f"reported as kept, and lost: {lost}"
    assert audit_ledger(collection).faults == []
    with collection._dense.newest() as store:
        for rows in collection.ledger.vectors():
            for passage, _, vector in rows:
                [(ident, similarity)] = store.search(vector, EVERYTHING, 1)
                assert ident == passage.id and similarity > 1 - TOLERANCE, f"{passage.id} finds {ident}"
    reported.with_suffix(".began").touch()
    with reported.open("a") as file:

        def kept(article: Article) -> None:
            file.write(f"{article.id}\n")
            file.flush()

        index.intake.index_paths(collection, [articles], kept=kept)
    collection.close()
    assert collection_size(data) == ARTICLES


def collection_size(data: Path) -> int:
    """Number of articles in a data folder."""
    from index.collection import LEDGER_FILE
    from index.ledger import Ledger

    return Ledger(data / LEDGER_FILE).count()[0]


def fork(data: Path, articles: Path, reported: Path, url: str | None) -> int:
    """A run in a process of its own, which needs no imports; its id."""
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
    killed, place, writes = 0, 1, 0
    while killed < kills:
        data, reported = folder / f"data-{place}", folder / f"reported-{place}"
        mark = reported.with_suffix(".began")
        mark.unlink(missing_ok=True)
        child = fork(data, articles, reported, url)
        anywhere = killed % 2 == 0
        while not anywhere and not mark.exists() and not ended(child):
            time.sleep(0.002)
        time.sleep(chance.uniform(0, length if anywhere else writing))
        if ended(child):
            finish(child)
            place += 1
            continue
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        killed += 1
        writes += mark.exists()
    finish(fork(data, articles, reported, url))
    sys.stdout.write(f"{killed} kills, seed {seed}: {writes} of them while writing, {place} indexes finished between\n")


def ended(child: int) -> bool:
    """Whether a child has ended; it is still to be waited for."""
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def finish(child: int) -> None:
    """Wait for a run that must succeed."""
    assert os.waitpid(child, 0)[1] == 0, "a run after a kill failed"


if __name__ == "__main__":
    os.environ["OMP_NUM_THREADS"] = "1"
    kill_runs(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] if len(sys.argv) > 4 else None)
