import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OUTSIDE = [path for name in ("chatbot", "benchmarks", "tests") for path in sorted((ROOT / name).rglob("*.py"))]
SQL = re.compile(r"\b(SELECT\b.*\bFROM|INSERT INTO|DELETE FROM|UPDATE \w+ SET|CREATE TABLE|PRAGMA)\b", re.DOTALL)


def reaches_through(source: str) -> list[str]:
    """Where a source takes a collection's ledger, embedding model or files from something other than itself."""
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and node.attr in ("ledger", "embedder")
        and not (isinstance(node.value, ast.Name) and node.value.id == "self")
        and not ast.unparse(node).startswith("index.")
    ]


def statements(source: str) -> Iterator[str]:
    """The string constants of a source that are SQL."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value):
            yield node.value


def test_nothing_outside_the_index_reaches_through_a_collection() -> None:
    assert reaches_through("x = opened.ledger.count()\ny = self._collection.embedder\n") != []
    assert {str(path): hits for path in OUTSIDE if (hits := reaches_through(path.read_text(encoding="utf-8")))} == {}


@pytest.mark.parametrize("package", ["index", "chatbot", "benchmarks"])
def test_only_the_storage_says_sql(package: str) -> None:
    sources = [path for path in (ROOT / package).rglob("*.py") if path.parent.name != "storage"]
    assert {str(path): hits for path in sources if (hits := list(statements(path.read_text(encoding="utf-8"))))} == {}
    assert list(statements((ROOT / "index/storage/articles.py").read_text(encoding="utf-8"))) != []
