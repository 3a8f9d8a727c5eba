"""Names of locals, parameters and functions say what a value is; those that have to be decoded do not come back."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

DECODED = {"one", "found", "kept", "said", "told"}
# A column of the ledger and a field of claims, which exports and the API show under these names.
STORED = {
    "index/storage/corrections.py": {"found"}, "index/storage/annotations.py": {"said_by"},
    "index/claim.py": {"said_by"}, "index/claims/reading_check.py": {"said_by"},
    "chatbot/llm/claim_reader.py": {"said_by"},
}  # fmt: skip
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
# What a script binds: a variable, parts of an object or a list, a function, or what a function takes.
BOUND = re.compile(
    r"\b(?:const|let|var)\s+(\{[^=]*?\}|\[[^=]*?\]|[\w$]+)|\bfunction\s*([\w$]*)\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)"
    r"|\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*=>|\b([\w$]+)\s*=>|\b(catch)\s*\(([\w$]+)\)"
)
# "kept: added" binds "added".
RENAMED = re.compile(r"[\w$]+\s*:(?=\s*[\w$\[{])")
WORDS = re.compile(r"[A-Z]?[a-z]+")
PACKAGES = ("app.py", "benchmarks", "chatbot", "index", "tests")


def decoded(source: str) -> Iterator[tuple[int, str]]:
    """Each name that is bound in `source` and has such a word in it, with its line. A test's name is a sentence."""
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
        if not name.startswith("test_") and DECODED.intersection(words_of(name)):
            yield node.lineno, name


def words_of(name: str) -> list[str]:
    """The words of a name in lower case. "Not found" is what the web calls it."""
    return [part.lower() for part in _PART.findall(re.sub("NotFound|NOT_FOUND|not_found", "", name))]


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
        "self._kept = 1", "import x as found", "class X:\n    said: str", "def not_said(): ...",
        "class KeptClaims: ...", "MOST_KEPT = 1", "read_one = 1",
    ],
)  # fmt: skip
def test_such_a_name_is_noticed(source: str) -> None:
    assert len(list(decoded(source))) == 1


@pytest.mark.parametrize("source", ["bone, tone = 1, 2", "def test_one_is_found(): ...", "class NotFoundError: ..."])
def test_other_names_are_left_alone(source: str) -> None:
    assert list(decoded(source)) == []


def decoded_in_script(source: str) -> list[str]:
    """The names of this kind that a script binds; of tellKept, too, a part is one."""
    code = re.sub(r"(?m)(?<![:\"'`])//.*$|/\*.*?\*/", "", source)
    bound = (RENAMED.sub("", part) for match in BOUND.finditer(code) for part in match.groups() if part)
    names = [name for part in bound for name in re.findall(r"(?<![\w$.\"'`])[A-Za-z_$][\w$]*", part)]
    return [name for name in names if DECODED & {word.lower() for word in WORDS.findall(name)}]


def test_names_in_scripts_say_what_a_value_is() -> None:
    files = sorted((ROOT / "chatbot/web/page/static").glob("*.js"))
    assert files
    assert [f"{file.name}: {name}" for file in files for name in decoded_in_script(file.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    "source",
    [
        "const one = 1;", "let [a, told] = b;", "const { a, said } = b;", "const { a: kept } = b;",
        "function f(a, said = g(1)) {}", "(said, b) => 1", "one => 1", "const tellKept = 1;", "function sayTold() {}",
        "({ kept, b }) => 1", "async (one) => 1", "var kept;", "function found() {}",
    ],
)  # fmt: skip
def test_such_a_name_is_noticed_in_a_script(source: str) -> None:
    assert len(decoded_in_script(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "// const one = 1;", "const { kept: added } = b;", "a.told(b);", '$("#kept");', "const none = lonely;",
        'f({ said: values });', "const a = `${one} kept`;",
    ],
)  # fmt: skip
def test_what_a_script_only_uses_is_no_such_name(source: str) -> None:
    assert decoded_in_script(source) == []
