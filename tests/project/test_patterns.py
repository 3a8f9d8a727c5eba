"""No regular expression of the project takes long, whatever text it is given."""

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT

# Of the whole run, on a busy machine; each expression has a second of its own for each text.
MOST_SECONDS = 550
FEWEST_PATTERNS = 200


def test_every_regular_expression_takes_time_that_grows_with_its_text() -> None:
    lines: list[dict[str, object]] = []
    command = [sys.executable, "-m", "tests.support.hostile"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            output, _ = process.communicate(timeout=MOST_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
    lines = [json.loads(line) for line in output.splitlines()]
    assert not [line for line in lines if "slow" in line]
    assert lines and int(str(lines[-1].get("done", 0))) >= FEWEST_PATTERNS, f"it ended at {lines[-1:]}"


@pytest.mark.parametrize("pattern", [r"(a+)+b", r"(?:\w+ )+!", r"(x+x+)+y"])
def test_an_expression_that_is_slow_is_noticed(pattern: str) -> None:
    code = f"import re; from tests.support import hostile; hostile.report(re.compile({pattern!r}, re.DOTALL))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert '"slow"' in done.stdout
