from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.support.scripted_llm import ScriptedLLM
from index.collection import Collection
from index.ingest.run import index_paths
from index.search.embedder import BUNDLED
from tests.support.corpus import write
from tests.support.second_reading import FILLER, ORDERS, SHOW, honest


@pytest.fixture
def server() -> Iterator[ScriptedLLM]:
    with ScriptedLLM() as llm:
        llm.claims = honest
        yield llm


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Collection]:
    """Two articles, of which the rules read nothing."""
    write(tmp_path / "articles", "pellan.md", f"{FILLER} {SHOW}", title="Pellan", date="2024-05-20")
    write(tmp_path / "articles", "korvik.md", f"{ORDERS} {FILLER}", title="Korvik", date="2024-05-19")
    with closing(Collection(tmp_path / "data", embedding_model=BUNDLED)) as collection:
        index_paths(collection, [tmp_path / "articles"])
        assert collection.claims() == []
        yield collection
