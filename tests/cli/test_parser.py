import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from chatbot.cli import commands, options
from chatbot.cli.completion import SCRIPTS, completion_script
from tests.conftest import ROOT

Given = dict[str, object]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[str, Given]]:
    """Reads a command line; gives the command's name and what it would be run with."""

    def read_line(*arguments: str) -> tuple[str, Given]:
        runs: list[tuple[str, Given]] = []

        def recording(name: str) -> Callable[..., int]:
            return lambda **given: runs.append((name, given)) or 7  # type: ignore[func-returns-value]

        program = commands.build_program()
        for name, command in program.commands.items():
            command.callback = recording(name)
        monkeypatch.setattr(commands, "build_program", lambda: program)
        assert commands.main(arguments) == 7
        [line] = runs
        return line

    return read_line


@pytest.mark.parametrize(
    ("arguments", "command", "values"),
    [
        ([], "serve", {"index": [], "port": None}),
        (["--port", "7861"], "serve", {"port": 7861}),
        (["--index", "a", "b", "--port", "7861", "--watch", "c", "http://d"], "serve",
         {"index": ["a", "b"], "watch": ["c", "http://d"], "port": 7861}),
        (["serve", "--index", "a", "--index", "b"], "serve", {"index": ["a", "b"]}),
        (["index", "a", "b", "--prune", "c", "--json"], "index",
         {"paths": ["a", "b", "c"], "prune": True, "as_json": True, "verbose": False}),
        (["index", "--", "--prune"], "index", {"paths": ["--prune"], "prune": False}),
        (["ask", "-", "--conv"], "ask", {"question": "-", "conversation": True}),
        (["ask", "--as=2024-12-01", "Who?"], "ask", {"question": "Who?", "as_of": "2024-12-01"}),
        (["ask", "- Who holds the mill?"], "ask", {"question": "- Who holds the mill?"}),
        (["ask", "--temperature", "-1", "Who?"], "ask", {"question": "Who?", "temperature": "-1"}),
        (["articles", "--json", "remove", "4f", "5a"], "articles", {"action": "remove", "ids": ["4f", "5a"]}),
        (["users", "add", "ada", "--role=editor"], "users", {"action": "add", "name": "ada", "role": "editor"}),
        (["embed", "--url", "https://x"], "embed", {"public_url": "https://x"}),
    ],
)
def test_a_line_is_read(
    read: Callable[..., tuple[str, Given]], arguments: list[str], command: str, values: Given
) -> None:
    name, given = read(*arguments)
    listed = {key: [*map(str, value)] if isinstance(value, list | tuple) else value for key, value in given.items()}
    assert (name, {key: listed[key] for key in values}) == (command, values)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["index", "a", "--data", "--prune"], "python app.py index: error: argument --data: expected one argument"),
        (["--index", "--port", "7861"], "python app.py serve: error: argument --index: expected at least one argument"),
        (["ask", "Who?", "--m", "x"], "ambiguous option: --m could match --model, --max-tokens"),
        (["--prot", "7861"], "No such option: --prot (Possible options: "),
        (["users", "burn"], "'burn' is not one of 'add', 'list', 'password', 'groups', 'remove', 'token', 'revoke'"),
        (["--port", "\x1b[2J"], "invalid int value: '"),
    ],
)
def test_wrong_usage_is_explained(
    capsys: pytest.CaptureFixture[str], arguments: list[str], error: str
) -> None:
    with pytest.raises(SystemExit, match="2"):
        commands.main(arguments)
    printed = capsys.readouterr()
    assert error in printed.err and "Help: python app.py" in printed.err and printed.out == ""
    assert all(character.isprintable() or character == "\n" for character in printed.err)


def test_the_version_is_the_one_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        commands.main(["--version"])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert capsys.readouterr().out == f"{project['name']} {project['version']}\n"


def test_an_option_of_two_groups_is_named_alike() -> None:
    groups = [options.DATA_OPTIONS, options.ADDRESS_OPTIONS, options.INDEX_OPTIONS, options.LLM_OPTIONS]
    flags = {(option.name, option.default.param_decls) for group in groups for option in group}
    assert len(flags) == len({name for name, _ in flags})


# Each completes the words given to it and prints what comes of it, a line each.
SHELLS = {
    "bash": 'eval "$SCRIPT"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1));'
    '_article_chatbot_completion "$PYTHON"; printf "%s\\n" "${COMPREPLY[@]}"',
    "zsh": "compdef() { }; _python() { }; "
    '_arguments() { print -r -- "$1" | grep -oE "\\"[^\\"]+\\"(:\\"[^\\"]*\\")?" };'
    'eval "$SCRIPT"; words=("$PYTHON" "${@[2,-1]}"); CURRENT=$#; _article_chatbot_completion',
    "fish": "string split '\\n' -- $SCRIPT | source; complete --do-complete (string join ' ' -- $argv)",
}


def test_the_script_is_that_of_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    for shell, known in (("/usr/bin/zsh", "compdef"), ("fish", "--condition"), ("/bin/bash", "COMP_"), ("", "COMP_")):
        monkeypatch.setenv("SHELL", shell)
        assert known in completion_script()


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("words", "completions"),
    [
        (["python", "app.py", "ar"], ["articles"]),
        (["python", "./app.py", "users", "re"], ["remove", "revoke"]),
        (["python", "app.py", "users", "add", "ada", "--role", ""], ["reader", "editor"]),
        (["python", "app.py", "serve", "--index", "a", "b", "--embedd"], ["--embedding-model"]),
        (["python", "other.py", "fee"], []),
    ],
)
def test_a_shell_completes_commands_options_and_values(shell: str, words: list[str], completions: list[str]) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is missing: apt-get install {shell}")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = os.environ | {"PYTHON": sys.executable, "SCRIPT": SCRIPTS[shell], "PATH": path}
    first = {"bash": ["bash"], "zsh": ["zsh"], "fish": []}[shell]
    done = subprocess.run(
        [shell, "-c", SHELLS[shell], *first, *words], cwd=ROOT, env=environment, capture_output=True, text=True,
        timeout=60,
    )
    # zsh and fish are told what each is for, too.
    completed = [re.split("[\t:]", line)[0].strip('"') for line in done.stdout.split("\n") if line]
    assert (sorted(completed), done.stderr) == (sorted(completions), "")
