"""Every sentence that the program makes for a reader has its German."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from chatbot.web.languages.catalogue import (
    speaking,
)
from chatbot.web.languages.phrases import phrase, reason
from index.limits import over
from tests.conftest import ROOT

VALUE = "5\N{ZERO WIDTH SPACE}"
SENTENCE = re.compile(r"[A-Z“'{%][^\n]*[a-z][^\n]* [^\n]*[.!?:]")
ANSWERING = ("chatbot/answering", "chatbot/question", "chatbot/web/page", "chatbot/web/middleware", "chatbot/web/api")
MORE = [f"chatbot/{name}.py" for name in ("filters", "history", "shared_answers", "feedback", "answer")]
# Read by programs or by who runs the server, not on the page.
ELSEWHERE = re.compile(
    r"Expected a JSON object|Give the file's name|What changed is at|failed$|%s|A .* failed|Bearer |cannot be shown"
    r"|What readers' browsers keep|could not be (analysed|made)|is left in the|Who |What (happened|is said|about)"
    r"|What is the latest news|Tell me about"
)


def sentences(path: Path) -> Iterator[tuple[str, str]]:
    """Each sentence that a file of Python makes, with what stands for its values."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) in inner | docs:
            continue
        if isinstance(node, ast.JoinedStr):
            parts = (str(part.value) if isinstance(part, ast.Constant) else VALUE for part in node.values)
            text = "".join(parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if SENTENCE.fullmatch(text.strip()) and not ELSEWHERE.search(text):
            yield f"{path.name}:{node.lineno}", text.strip()


def with_values(text: str) -> list[str]:
    """The sentence with a number for its values, or with a number of something."""
    return [text.replace(VALUE, value) for value in ("5", "5 articles", "5 passages")]


def is_known(text: str) -> bool:
    return phrase(text) != text


def test_every_sentence_that_the_answerer_or_the_page_makes_is_known() -> None:
    files = [file for folder in ANSWERING for file in sorted((ROOT / folder).glob("*.py"))]
    files += [ROOT / name for name in MORE]
    made = [(place, text) for file in files for place, text in sentences(file)]
    assert len(made) > 60
    with speaking("de"):
        unknown = [(place, text) for place, text in made if not any(map(is_known, with_values(text)))]
    assert unknown == []


# What refuses files, addresses, feeds and changes.
REFUSING = [
    *sorted((ROOT / "index/readers").glob("*.py")), *sorted((ROOT / "index/fetch").glob("*.py")),
    *(ROOT / "index/ingest" / f"{name}.py" for name in (
        "corrections", "names", "run", "sandbox", "uploads", "watch", "watched_sources", "web",
    )),
    ROOT / "index/groups.py",
]
# These are put together from parts: each whole is tried below.
OF_PARTS = re.compile(
    rf"the file {VALUE} \(|, {VALUE}\. Expected one of|teasers, no article\.{VALUE}"
    rf"|^{VALUE} of kinds that are not read"
)
ERRORS = re.compile(r"(\w+Error|Refusal|_too_large)$")


def reasons(path: Path) -> Iterator[tuple[str, str]]:
    """Each reason that a file gives, whole, with what stands for its values: what is raised, and what a function that
    is called for a reason returns."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        str(node.targets[0].id): str(node.value.value) for node in tree.body  # type: ignore[attr-defined]
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ERRORS.search(getattr(node.func, "id", "")) and node.args:
            given = node.args[-1]
        elif isinstance(node, ast.Return | ast.Yield) and isinstance(node.value, ast.JoinedStr):
            given = node.value
        else:
            continue
        if (text := text_of(given, constants)) and not OF_PARTS.search(text):
            yield f"{path.name}:{node.lineno}", text


def text_of(node: ast.expr, constants: dict[str, str]) -> str | None:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    if not isinstance(node, ast.JoinedStr):
        return None
    return "".join(str(part.value) if isinstance(part, ast.Constant) else value_of(part.value, constants)  # type: ignore[attr-defined]
                   for part in node.values)


def value_of(node: ast.expr, constants: dict[str, str]) -> str:
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "over":
        return over(str(node.args[0].value), 5)  # type: ignore[attr-defined]
    return constants.get(getattr(node, "id", ""), VALUE)


def test_every_reason_of_a_refusal_is_known() -> None:
    given = [(place, text) for path in REFUSING for place, text in reasons(path) if re.search(r"[a-z] [a-z]", text)]
    assert len(given) > 90
    with speaking("de"):
        unknown = [(place, text) for place, text in given if reason(text) == text]
    assert unknown == []
