from collections.abc import Callable
from pathlib import Path

from chatbot.answering.reader_chains import examples_of_now
from index.collection import Collection
from index.ingest.run import index_paths
from index.search.embedder import BUNDLED
from tests.support.corpus import write


def test_the_examples_follow_what_is_indexed(tmp_path: Path) -> None:
    collection = Collection(tmp_path / "data", embedding_model=BUNDLED, writing=True)
    examples: Callable[[], list[str]] = examples_of_now(collection)
    assert examples() == []
    text = "The council of Lindby met. Rain fell in Lindby on Monday. People in Lindby waited for the ferry."
    write(tmp_path, "lindby.md", text, title="Lindby", source="Desk")
    index_paths(collection, [tmp_path / "lindby.md"])
    made = examples()
    assert any("Lindby" in question for question in made) and examples() is made
    collection.close()
