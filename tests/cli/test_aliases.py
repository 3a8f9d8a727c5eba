"""The command over the names of controllers."""

import json
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from chatbot.cli.commands import main
from index.article import Article
from index.collection import Collection
from index.ingest.run import index_articles
from index.search.embedder import BUNDLED

NEWS = "The Lunar Liberty Front (LLF) is an alliance. The LLF captured Vessby. The Kestrel Column holds Orlo."


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("aliases") / "data"
    with closing(Collection(folder, embedding_model=BUNDLED)) as collection:
        index_articles(collection, [Article("a" * 16, NEWS, "Report", "Desk", None, date(2024, 12, 4))])
    return folder


def test_names_are_merged_listed_and_undone(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(["aliases", "--data", str(data), *arguments])
        return status, *capsys.readouterr()

    assert run()[:2] == (0, "No two names count as one.\n")
    assert "Kestrel Column  (claims: 1)" in run("--all")[1]
    merged = run("--merge", "Kestrel Column", "LLF")[1]
    assert "= LLF  (merged by an editor; claims: 1)" in merged
    assert "Kestrel Column is LLF  (the command line, 20" in merged
    [side] = [json.loads(line) for line in run("--json")[1].splitlines()]
    assert [name["name"] for name in side["names"]] == ["Kestrel Column", "LLF"]
    assert run("--undo", "LLF", "Kestrel Column")[1] == "No two names count as one.\n"
    status, _, error = run("--merge", "LLF")
    assert status == 1 and "--merge takes 2 names, not 1" in error
    assert "No article names 'Oz'" in run("--split", "Oz")[2]
    assert "at a time" in run("--split", "LLF", "--undo", "LLF", "Oz")[2]
    assert "goes with no change" in run("--split", "LLF", "--group", "staff")[2]
