"""Gathers what the program says from the code, as translators have to: from templates, scripts and Python."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from chatbot.verification.contradictions import Otherwise
from chatbot.web.api.feedback import COLUMNS as FEEDBACK_COLUMNS
from chatbot.web.languages.catalogue import MESSAGES, PAGE, SCRIPTS
from chatbot.web.page.article_list import COLUMNS, FIELDS
from chatbot.web.page.turn_actions import THUMBS
from index.claim import Status
from tests.conftest import ROOT

WEB = ROOT / "chatbot" / "web"
METHODS = [
    ("templates/**.html", "jinja2.ext:babel_extract"), ("page/**.py", "python"), ("languages/**.py", "python"),
]  # fmt: skip
KEYWORDS = {"_": None, "gettext": None, "worded": None, "ngettext": (1, 2)}
TEXT = r'"((?:[^"\\]|\\.)*)"'
IN_SCRIPT = re.compile(rf"\bt\(\s*{TEXT}|\btn\(\s*{TEXT},\s*{TEXT}")
# Labels that stand in a table of the code, whose entry is chosen at run time.
LABELS = {
    PAGE: [
        *COLUMNS.values(), *FIELDS.values(), *THUMBS.values(), *FEEDBACK_COLUMNS,
        "Ask the articles", "answers by quoting",
        "file metadata", "front matter", "page", "record", "mail header", "dateline", "line in the text", "feed",
        "correction",
    ],
    SCRIPTS: [
        *Status, "denies", "Place", "Controller", "Status", "Since", "As of", "Sources", "Disputed", "Office", "Of",
        "Holder",
        "Added", "Updated", "Unchanged", "Duplicates", "Refused", "Larger", "Smaller", "West", "East", "North", "South",
        "Kept in this browser, for %(days)s.", "Kept with your account, for %(days)s.",
        "Kept until this tab is closed.",
        "put back by %(name)s on %(day)s", "changed by %(name)s on %(day)s",
        "Other articles are being added here. These are next.",
    ],
    MESSAGES: [*Otherwise],
}  # fmt: skip
_PLACEHOLDER = re.compile(r"%\(\w+\)s")


@cache
def extracted(part: str) -> Catalog:
    """The messages of one part of the program, each with where it stands."""
    known = Catalog()
    gathered = {PAGE: _of_templates, SCRIPTS: _of_scripts, MESSAGES: _of_python}
    for message, place in gathered[part]():
        known.add(message, locations=[place])
    for label in LABELS[part]:
        known.add(str(label))
    return known


Id = str | tuple[str, ...]
Place = tuple[str, int]


def _of_templates() -> Iterator[tuple[Id, Place]]:
    for file, line, message, _, _ in extract_from_dir(str(WEB), METHODS, keywords=KEYWORDS, directory_filter=None):
        yield message, (f"chatbot/web/{file}", line)


def _of_scripts() -> Iterator[tuple[Id, Place]]:
    for path in sorted(WEB.glob("page/static/*.js")):
        script = path.read_text(encoding="utf-8")
        for match in IN_SCRIPT.finditer(script):
            single, first, many = match.groups()
            yield single or (first, many), (str(path.relative_to(ROOT)), script.count("\n", 0, match.start()) + 1)


def _of_python() -> Iterator[tuple[Id, Place]]:
    """The templates of messages: what Message is called with, and the values of tables of templates."""
    for path in sorted([*ROOT.glob("chatbot/**/*.py"), *ROOT.glob("index/**/*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for template in _templates(node):
                # Where only placeholders are joined, nothing is translated.
                if re.search(r"[^\W\d_]|“", _PLACEHOLDER.sub("", template)):
                    yield template, (str(path.relative_to(ROOT)), node.lineno)  # type: ignore[attr-defined]


def _templates(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Message":
        given = node.args
    elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "").endswith("_TEMPLATES"):
        assert isinstance(node.value, ast.Dict)
        given = node.value.values
    else:
        return []
    return [str(text.value) for text in given if isinstance(text, ast.Constant)]
