"""Commands of app.py that a test runs, and what they leave."""

import json
import os
from dataclasses import dataclass

from chatbot.settings import ENVIRONMENT
from tests.support import program

CLEAN = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT.values()}


@dataclass(frozen=True)
class Ran:
    """What a process of app.py left: its exit status and all that it wrote."""

    status: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.out.splitlines()]


def run(*arguments: object, given: str = "") -> Ran:
    """A process of its own."""
    done = program.run("app.py", *arguments, given=given, env=CLEAN)
    return Ran(done.returncode, done.stdout, done.stderr)


def table(out: str) -> tuple[dict[str, int], list[str]]:
    """The counts of a run's report, and its lines on what was left out."""
    lines = out.splitlines()
    counts = {line.split()[0]: int(line.split()[1]) for line in lines if not line.startswith(" ")}
    return counts, [line for line in lines if line.startswith(" ")]
