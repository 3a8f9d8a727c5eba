"""Holds README.md and docs/ against the program: what they name exists, and what exists is named there."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from chatbot.cli import commands
from chatbot.settings import ENVIRONMENT, Settings
from index.limits import FileLimits
from tests.conftest import ROOT

PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md")])
TEXTS = {page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8") for page in PAGES}
EVERYTHING = "\n".join(TEXTS.values())
OPERATING = TEXTS["docs/operating.md"]
LIMITS = {f"CHATBOT_LIMIT_{limit.name.upper()}": limit.default for limit in fields(FileLimits)}
VARIABLES = {variable: Settings.model_fields[name].default for name, variable in ENVIRONMENT.items()} | LIMITS
VARIABLE = re.compile(r"\bCHATBOT_[A-Z_]*[A-Z](?![A-Z_{])")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
SPAN = re.compile(r"`([^`\n]+)`|^ {4}(.+)$", re.MULTILINE)
MARKDOWN_LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
FILE = re.compile(r"(?:app|benchmarks|chatbot|docs|index|prompts|tests)(?:/[\w.-]+)+/?")
ROUTE = re.compile(r"/api(?:/[a-z]+)+")


@pytest.fixture
def shown_help(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lines of help wide enough that no option is cut off."""
    monkeypatch.setenv("COLUMNS", "250")
    yield


def help_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What `python app.py ARGUMENTS --help` prints."""
    with pytest.raises(SystemExit, match="0"):
        commands.main([*arguments, "--help"])
    return capsys.readouterr().out


def options_of(capsys: pytest.CaptureFixture[str], *command: str) -> set[str]:
    """The options of a command, or those in place of one."""
    return set(OPTION.findall(help_of(capsys, *command))) - {"--help"}


@cache
def calls() -> list[list[str]]:
    """The words after `python app.py` in every example."""
    spans = (inline or block for inline, block in SPAN.findall(EVERYTHING))
    results = [part for span in spans for part in re.findall(r"python app\.py((?: (?! )[^\n]*)?)", span)]
    # An explanation in a block of code is two spaces away.
    return [shlex.split(re.split(r" {2,}| [<>|] ", call)[0].replace("...", "").replace(";", "")) for call in results]


def test_there_are_examples_to_look_at() -> None:
    assert len(calls()) > 25 and ["users", "add", "ada", "--role", "editor"] in calls()


def test_every_variable_in_the_documentation_exists() -> None:
    assert set(VARIABLE.findall(EVERYTHING)) - set(VARIABLES) == set()


def test_every_variable_is_in_the_table_of_operating() -> None:
    rows = [variable for row in OPERATING.splitlines() if row.startswith("| ") for variable in VARIABLE.findall(row)]
    assert sorted(rows) == sorted(VARIABLES)


def test_no_message_of_the_program_names_another_variable() -> None:
    sources = [*ROOT.glob("chatbot/**/*.py"), *ROOT.glob("index/**/*.py")]
    named = {name for path in sources for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    assert named - set(VARIABLES) == set()


@pytest.mark.parametrize("variable", VARIABLES)
def test_the_table_gives_the_default(variable: str) -> None:
    [row] = [line for line in OPERATING.splitlines() if line.startswith("| ") and VARIABLE.search(line)
             and variable in VARIABLE.findall(line)]
    _, named, default, _ = row.strip("|").split(" | ", 3)
    shown = re.findall(r"`([^`]+)`", default)
    if VARIABLES[variable] in (None, (), ""):
        assert not shown, row
    else:
        defaults = dict(zip(VARIABLE.findall(named), shown, strict=False))
        value = VARIABLES[variable]
        assert defaults[variable] == (f"{value:g}" if isinstance(value, float) else str(value)), row


@pytest.mark.usefixtures("shown_help")
def test_every_command_is_documented_and_the_other_way_round(capsys: pytest.CaptureFixture[str]) -> None:
    listed = set(re.findall(r"^[ │]+([a-z]+) {2,}", help_of(capsys), re.MULTILINE))
    assert listed == set(commands.COMMANDS)
    called = {call[0] for call in calls() if call and re.fullmatch("[a-z]+", call[0])}
    assert called == listed


@pytest.mark.usefixtures("shown_help")
def test_every_option_of_an_example_is_one_of_its_command(capsys: pytest.CaptureFixture[str]) -> None:
    known = {command: options_of(capsys, command) for command in commands.COMMANDS}
    known["serve"] |= options_of(capsys)
    wrong = [
        call for call in calls()
        if not {word for word in call if word.startswith("--")}
        <= known[call[0] if call and call[0] in known else "serve"]
    ]
    assert wrong == []


@pytest.mark.usefixtures("shown_help")
def test_every_option_is_in_operating_and_the_other_way_round(capsys: pytest.CaptureFixture[str]) -> None:
    existing = options_of(capsys).union(*(options_of(capsys, command) for command in commands.COMMANDS))
    assert existing - set(OPTION.findall(OPERATING)) == set()
    # A span that begins with an option names one of ours, wherever it stands.
    own = (inline for inline, _ in SPAN.findall(EVERYTHING) if inline.startswith("--"))
    named = {option for span in own for option in OPTION.findall(span)}
    assert named - existing == set()


def test_every_route_is_documented_and_the_other_way_round() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("chatbot/web/**/*.py"))
    served = set(re.findall(r"@app\.\w+\(\"(/api[^\"{]*?)/?(?:\{|\")", sources))
    assert served == set(ROUTE.findall(EVERYTHING)), "routes below /api/"


def test_every_target_of_make_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    spans = (inline or block for inline, block in SPAN.findall(EVERYTHING))
    named = {target for span in spans for target in re.findall(r"\bmake ([a-z-]+)", span)}
    assert named and named <= targets


def test_every_module_that_is_run_exists() -> None:
    named = set(re.findall(r"python -m (benchmarks[\w.]*)", EVERYTHING))
    assert named and [name for name in named if find_spec(name.rstrip(".")) is None] == []


@pytest.mark.parametrize("page", TEXTS)
def test_every_file_that_a_page_names_exists(page: str) -> None:
    folder = (ROOT / page).parent
    links = [link for link in MARKDOWN_LINK.findall(TEXTS[page]) if "://" not in link]
    missing = [link for link in links if not (folder / link).exists()]
    spans = [inline for inline, _ in SPAN.findall(TEXTS[page])]
    missing += [span for span in spans if FILE.fullmatch(span) and not (ROOT / span).exists()]
    assert missing == []


def test_the_list_of_contents_names_every_page() -> None:
    linked = set(MARKDOWN_LINK.findall(TEXTS["docs/README.md"]))
    assert linked == {Path(page).name for page in TEXTS if page.startswith("docs/")} - {"README.md"}


def test_the_readme_is_short_and_names_torch_before_make() -> None:
    readme = TEXTS["README.md"]
    assert len(readme.splitlines()) <= 120
    assert readme.index("pip install torch==") < readme.index("    make run")
