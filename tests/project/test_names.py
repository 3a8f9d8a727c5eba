"""Names of locals, parameters and functions say what a value is; those that have to be decoded do not come back."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

DECODED = {"one", "found", "kept", "said", "told"}
# Folders that are free of them; more are added as they become so.
CLEAN = (
    "benchmarks/support", "chatbot/cli", "chatbot/extractive", "chatbot/llm", "index/fetch", "index/readers",
    "tests/fetch", "tests/index", "tests/language", "tests/llm", "tests/program", "tests/question", "tests/readers",
    "tests/storage", "tests/verification",
)  # fmt: skip


def decoded(source: str) -> Iterator[str]:
    """Each such name that is bound in `source`, with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            name = node.id
        elif isinstance(node, ast.arg):
            name = node.arg
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            name = node.name
        else:
            continue
        if name in DECODED:
            yield f"{node.lineno}: {name}"


@pytest.mark.parametrize("folder", CLEAN)
def test_names_say_what_a_value_is(folder: str) -> None:
    files = sorted(Path(ROOT / folder).rglob("*.py"))
    assert files
    assert [f"{file.name}:{name}" for file in files for name in decoded(file.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "source", ["one = 1", "[said for said in x]", "def f(*, kept): ...", "def told(): ...", "(found := 1)"]
)
def test_such_a_name_is_noticed(source: str) -> None:
    assert len(list(decoded(source))) == 1
