import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import atexit, os, sys, tempfile
from chatbot.cli.process_end import end_process

class Library:
    def __del__(self):
        os.write(1, b"torn down")

library = Library()
folder = tempfile.TemporaryDirectory(dir=sys.argv[1])
atexit.register(lambda: print("at exit"))
print("printed")
print("told", file=sys.stderr)
end_process(int(sys.argv[2]))
"""


def end(folder: Path, status: int, output: int = subprocess.PIPE) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", PROGRAM, str(folder), str(status)]
    return subprocess.run(command, stdout=output, stderr=subprocess.PIPE, text=True, cwd=ROOT, timeout=60)


def test_what_is_registered_runs_and_the_libraries_are_not_torn_down(tmp_path: Path) -> None:
    ended = end(tmp_path, 3)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, "printed\nat exit\n", "told\n")
    assert list(tmp_path.iterdir()) == []


def test_output_that_cannot_be_written_is_no_success(tmp_path: Path) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        ended = end(tmp_path, 0, full.fileno())
    assert ended.returncode == 1 and list(tmp_path.iterdir()) == []
