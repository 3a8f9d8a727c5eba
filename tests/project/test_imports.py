import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*ROOT.glob("*.py"), *ROOT.glob("index/**/*.py"), *ROOT.glob("chatbot/**/*.py")])


@cache
def imported(path: Path) -> frozenset[str]:
    """The dotted names that the file at `path` imports, wherever in it."""
    return frozenset(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def importers(name: str) -> list[str]:
    """The files that import `name` or something inside it."""
    return [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if any(module == name or module.startswith(f"{name}.") for module in imported(path))
    ]


def test_index_knows_nothing_of_the_chatbot() -> None:
    assert [path for path in importers("chatbot") if path.startswith("index/")] == []


@pytest.mark.parametrize("name", ["app", "tests", "benchmarks"])
def test_nothing_imports_what_stands_above_it(name: str) -> None:
    assert importers(name) == []


@pytest.mark.parametrize("library, owner", [
    ("chromadb", "index/storage/vector_store.py"),
    ("sentence_transformers", "index/search/sentence_model.py"),
    ("spacy", "index/language/parser.py"),
    ("tiktoken", "index/language/tokens.py"),
    ("nupunkt", "index/language/sentences.py"),
    ("sqlite3", "index/storage/connection.py"),
    ("filelock", "index/storage/lock.py"),
    ("httpcore", "index/fetch/connection.py"),
    ("datasketch", "index/ingest/near_duplicates.py"),
    ("watchfiles", "index/ingest/watch.py"),
    ("feedparser", "index/fetch/feeds.py"),
    ("protego", "index/fetch/robots.py"),
    ("idna", "index/fetch/address_policy.py"),
    ("frontmatter", "index/readers/plain.py"),
    ("trafilatura", "index/readers/page_text.py"),
    ("pypdf", "index/readers/pdf.py"),
    ("pypdfium2", "index/readers/pdf_layout.py"),
    ("striprtf", "index/readers/rtf.py"),
    ("openpyxl", "index/readers/tables.py"),
    ("docx", "index/readers/docx.py"),
    ("bcrypt", "chatbot/web/auth/accounts.py"),
    ("jinja2", "chatbot/web/templating.py"),
])
def test_one_library_is_imported_in_one_file(library: str, owner: str) -> None:
    assert importers(library) == [owner]


def test_only_the_command_line_imports_typer() -> None:
    assert {str(Path(path).parent) for path in importers("typer")} == {"chatbot/cli"}


def test_only_the_page_imports_gradio() -> None:
    assert importers("gradio") == [f"chatbot/web/page/{name}.py" for name in ("asking", "blocks", "gradio_sessions")]


def test_the_page_does_not_import_the_server() -> None:
    assert "chatbot/web/page/blocks.py" not in importers("chatbot.web.server")


def test_torch_stays_where_the_models_are() -> None:
    models = ["bert", "cross_encoder", "joint_layers", "packed_layers", "sentence_model"]
    assert importers("torch") == [f"index/search/{name}.py" for name in models]
