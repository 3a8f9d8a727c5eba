"""Every sentence that the program makes for a reader is a message, which has a translation. Each of these has one by
test_languages.py."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

SENTENCE = re.compile(r"[A-Z“'{%][^\n]*[a-z][^\n]* [^\n]*[.!?:]")
ANSWERING = ("chatbot/answering", "chatbot/question", "chatbot/web/page", "chatbot/web/middleware", "chatbot/web/api")
MORE = [f"chatbot/{name}.py" for name in ("filters", "history", "shared_answers", "feedback", "answer", "markdown")]
# Read by programs or by who runs the server, not on the page.
ELSEWHERE = re.compile(
    r"Expected a JSON object|Give the file's name|What changed is at|failed$|%s|A .* failed|Bearer |cannot be shown"
    r"|What readers' browsers keep|could not be (analysed|made)|is left in the|Who is the "
    r"|What about|What is the latest news|Tell me about"
)
# What refuses files, addresses, feeds and changes.
REFUSING = [
    *sorted((ROOT / "index/readers").glob("*.py")), *sorted((ROOT / "index/fetch").glob("*.py")),
    *(ROOT / "index/ingest" / f"{name}.py" for name in (
        "corrections", "names", "run", "sandbox", "uploads", "watch", "watched_sources", "web",
    )),
    ROOT / "index/groups.py",
]
ERRORS = re.compile(r"(\w+Error|Refusal)$")
# Of Python, and wrapped where it is raised.
OF_PYTHON = ("YAMLError", "ValueError")


def name_of(node: ast.AST) -> str:
    return str(getattr(node, "id", ""))


def is_message(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and name_of(node.func) == "Message"


def is_templates(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and name_of(node.targets[0]).endswith("_TEMPLATES")


def bare_sentences(source: str) -> Iterator[tuple[int, str]]:
    """Each sentence in a source that is no message, with its line."""
    tree = ast.parse(source)
    apart = [node for node in ast.walk(tree) if is_message(node) or is_templates(node)]
    apart += [node for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)]
    inside = {id(part) for node in apart for part in ast.walk(node)}
    pieces = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in inside | pieces:
            continue
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "5" for part in parts)
        is_text = isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
        if is_text and SENTENCE.fullmatch(text.strip()) and not ELSEWHERE.search(text):
            yield node.lineno, text  # type: ignore[attr-defined]


def bare_reasons(source: str) -> Iterator[tuple[int, str]]:
    """Each refusal whose reason is a text that is no message, with its line."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not ERRORS.search(name := name_of(node.func)) or name in OF_PYTHON:
            continue
        if node.args and isinstance(reason := node.args[-1], ast.Constant | ast.JoinedStr):
            yield node.lineno, ast.unparse(reason)


def files() -> list[Path]:
    return [file for folder in ANSWERING for file in sorted((ROOT / folder).glob("*.py"))] + [ROOT / n for n in MORE]


def test_every_sentence_that_the_answerer_or_the_page_makes_is_a_message() -> None:
    read = {file: file.read_text(encoding="utf-8") for file in files()}
    assert [f"{file.name}:{line}: {text}" for file in read for line, text in bare_sentences(read[file])] == []


def test_every_reason_of_a_refusal_is_a_message() -> None:
    read = {file: file.read_text(encoding="utf-8") for file in REFUSING}
    assert [f"{file.name}:{line}: {text}" for file in read for line, text in bare_reasons(read[file])] == []


@pytest.mark.parametrize("source", ['x = "No article fits it."', 'x = f"No article names {name}."'])
def test_a_sentence_that_is_no_message_is_noticed(source: str) -> None:
    assert len(list(bare_sentences(source))) == 1


@pytest.mark.parametrize("source", ['raise ReadError("it is empty.")', 'Refusal(name, f"it has {n} MB.")'])
def test_a_reason_that_is_no_message_is_noticed(source: str) -> None:
    assert len(list(bare_reasons(source))) == 1
