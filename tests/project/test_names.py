"""Names of locals, parameters and functions say what a value is; those that have to be decoded do not come back."""

import ast
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

DECODED = {"one", "found", "kept", "said", "told"}
# A column of the ledger, which exports show under this name.
STORED = {"index/storage/corrections.py": {"found"}}
PACKAGES = ("app.py", "benchmarks", "chatbot", "index", "tests")


def decoded(source: str) -> Iterator[tuple[int, str]]:
    """Each such name that is bound in `source`, with its line; whether it is private or a class makes no difference."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            name = node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            name = node.attr
        elif isinstance(node, ast.arg):
            name = node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = node.name
        elif isinstance(node, ast.alias | ast.ExceptHandler):
            name = (node.asname if isinstance(node, ast.alias) else node.name) or ""
        else:
            continue
        if name.strip("_").lower() in DECODED:
            yield node.lineno, name


@pytest.mark.parametrize("package", PACKAGES)
def test_names_say_what_a_value_is(package: str) -> None:
    path = ROOT / package
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    assert files
    names = [
        f"{where}:{line}: {name}"
        for where, file in ((str(file.relative_to(ROOT)), file) for file in files)
        for line, name in decoded(file.read_text(encoding="utf-8"))
        if name not in STORED.get(where, ())
    ]
    assert names == []


@pytest.mark.parametrize(
    "source",
    [
        "one = 1", "[said for said in x]", "def f(*, kept): ...", "def told(): ...", "(found := 1)", "class _Told: ...",
        "self._kept = 1", "import x as found", "class X:\n    said: str",
    ],
)  # fmt: skip
def test_such_a_name_is_noticed(source: str) -> None:
    assert len(list(decoded(source))) == 1
