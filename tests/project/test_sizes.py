"""Holds files and functions to sizes that can be read. Complexity is radon's: it counts comprehensions and and/or."""

from pathlib import Path

import pytest
from radon.complexity import cc_visit

from tests.conftest import ROOT

PACKAGES = ("chatbot", "index", "benchmarks")
SOURCES = sorted([ROOT / "app.py", *(path for package in PACKAGES for path in ROOT.glob(f"{package}/**/*.py"))])
LINES = 350
COMPLEXITY = 12


def complexities(path: Path) -> dict[str, int]:
    """The complexity of each function and method of a file; of two of one name in one file the higher."""
    measured: dict[str, int] = {}
    for block in cc_visit(path.read_text(encoding="utf-8")):
        for function in getattr(block, "methods", [block]):
            key = f"{path.relative_to(ROOT)} {function.name}"
            measured[key] = max(measured.get(key, 0), function.complexity)
    return measured


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_function_has_more_branches_than_can_be_followed(path: Path) -> None:
    over = {name: value for name, value in complexities(path).items() if value > COMPLEXITY}
    assert over == {}


def test_no_file_is_longer_than_can_be_read() -> None:
    others = [path for kind in ("chatbot/**/*.js", "chatbot/**/*.css", "tests/**/*.py") for path in ROOT.glob(kind)]
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in [*SOURCES, *others]}
    lengths = {name: len(text.splitlines()) for name, text in texts.items()}
    assert {name: length for name, length in lengths.items() if length > LINES} == {}
