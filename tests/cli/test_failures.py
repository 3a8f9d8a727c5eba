"""A command that cannot be run says so in a sentence, and leaves everything as it is."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from chatbot.cli import commands
from tests.conftest import ROOT


@pytest.mark.parametrize(
    "command",
    [["ask", "Who controls Hama?"], ["ask", "-"], ["articles"], ["articles", "remove", "1"], ["verify"], ["feedback"]]
    + [["export", "out.jsonl"], ["users", "list"], ["users", "password", "ada"], ["users", "token", "ada"]]
    + [["users", "add", "ada"], ["watch", "."], ["import", "in.jsonl"], ["claims"], ["board"]],
)
def test_a_mistyped_data_folder_is_named_and_not_made(
    failing: Callable[..., str], tmp_path: Path, command: list[str]
) -> None:
    message = failing(*command, "--data", tmp_path / "dtaa")
    assert message.startswith(f"There is no data folder '{tmp_path}/dtaa'. Check --data")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [["ask", "Who?"], ["articles"], ["verify"], ["export", "out.jsonl"]])
def test_a_folder_without_an_index_is_named_and_left_empty(
    failing: Callable[..., str], tmp_path: Path, command: list[str]
) -> None:
    assert failing(*command, "--data", tmp_path).startswith(f"The folder '{tmp_path}' holds no index. Check --data")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["idnex", "articles"], "there is no command 'idnex'. Did you mean index?"),
        (["Ask", "Who?"], "there is no command 'Ask'. Did you mean ask?"),
        (["quux"], "there is no command 'quux'. The commands are serve, index,"),
        (["--port", "7861", "aks", "Who?"], "there is no command 'aks'. Did you mean ask?"),
        (["--data", "here", "ask", "Who?"], "the command comes first, its options after it: python app.py ask"),
        (["a\x1b[2Jb"], "there is no command 'a [2Jb'."),
    ],
)
def test_a_mistyped_command_is_named(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        commands.main(arguments)
    printed = capsys.readouterr().err
    assert left.value.code == 2 and message in printed and "--watch" not in printed
    assert "feedback" in printed and "users" in printed


@pytest.mark.parametrize("arguments", [["ask"], ["--port", "web"], ["articles", "burn"], ["index", "--no-such-option"]])
def test_wrong_usage_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        commands.main(arguments)
    assert left.value.code == 2 and "usage: python app.py" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["/dev/null/data", "/proc/data"])
def test_a_data_folder_that_cannot_be_made_is_said(failing: Callable[..., str], place: str) -> None:
    assert failing("index", ROOT / "articles", "--data", place).startswith(f"The data folder {place} cannot be made: ")


def test_a_broken_ledger_is_said_and_left_as_it_is(failing: Callable[..., str], tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    ledger.write_bytes(b"no database at all" * 100)
    assert str(ledger) in failing("ask", "Who?", "--data", tmp_path)
    assert ledger.read_bytes() == b"no database at all" * 100


def test_an_unknown_embedding_model_is_said_before_anything_is_indexed(
    failing: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    message = failing("index", ROOT / "articles", "--data", tmp_path, "--embedding-model", "no/such")
    assert message.startswith("The embedding model 'no/such' cannot be loaded")


@pytest.mark.parametrize("made", [False, True])
def test_without_the_environment_the_command_that_makes_it_is_named(tmp_path: Path, made: bool) -> None:
    shutil.copy(ROOT / "app.py", tmp_path)
    for package in ("chatbot", "index"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=lambda folder, names: [
            name for name in names if not (name.endswith(".py") or Path(folder, name).is_dir())
        ])
    if made:
        (tmp_path / ".venv" / "bin").mkdir(parents=True)
        (tmp_path / ".venv" / "bin" / "python").touch()
    # Neither this environment's libraries nor those of the system.
    ran = subprocess.run([sys.executable, "-I", "-S", "-c", "import sys, runpy; sys.path[:0] = sys.argv[1:]; "
                          "runpy.run_path(sys.argv[1] + '/app.py', run_name='__main__')", str(tmp_path)],
                         capture_output=True, text=True, timeout=60)
    assert ran.returncode == 1 and "Traceback" not in ran.stderr
    assert ran.stderr.startswith("Error: The library '")
    advice = "Start the program in its environment: .venv/bin/python app.py" if made else "environment first: make run"
    assert advice in ran.stderr
