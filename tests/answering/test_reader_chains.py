import time
from contextlib import closing
from pathlib import Path

from chatbot.answering.pipeline import Chain
from chatbot.answering.tried_examples import TriedExamples
from chatbot.settings import Settings
from index.collection import Collection
from index.ingest.run import index_paths
from index.search.embedder import BUNDLED
from tests.support.corpus import write


def test_the_examples_follow_what_is_indexed_and_none_would_abstain(tmp_path: Path) -> None:
    with closing(Collection(tmp_path / "data", embedding_model=BUNDLED, writing=True)) as collection:
        chain = Chain(collection, Settings())
        examples = TriedExamples(chain, collection)
        assert examples() == ()
        # Of a name that stands in questions and asides alone nothing is told.
        write(tmp_path, "osk.md", "And what of Oskar Quill? Not to speak of Oskar Quill!", title="Aside", source="Desk")
        text = "The council of Lindby met. Rain fell in Lindby on Monday. People in Lindby waited for the ferry."
        write(tmp_path, "lindby.md", text, title="Lindby", source="Desk")
        index_paths(collection, [tmp_path / "lindby.md", tmp_path / "osk.md"])
        assert examples() is None
        until = time.monotonic() + 60
        while not examples() and time.monotonic() < until:
            time.sleep(0.05)
        made = examples()
        assert made and any("Lindby" in question for question in made) and examples() is made
        assert all(chain.answer(question).citations for question in made)
