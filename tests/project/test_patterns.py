"""No regular expression of the project takes long, whatever text it is given."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.program import Program, run

# Of the whole run, on a busy machine; each expression has a second of its own for each text.
MOST_SECONDS = 550
FEWEST_PATTERNS = 200


def test_every_regular_expression_takes_time_that_grows_with_its_text(tmp_path: Path) -> None:
    with Program("-m", "tests.support.hostile", into=tmp_path / "lines") as process:
        try:
            process.wait(MOST_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
    output = (tmp_path / "lines").read_text()
    lines: list[dict[str, object]] = [json.loads(line) for line in output.splitlines()]
    assert not [line for line in lines if "slow" in line]
    assert lines and int(str(lines[-1].get("done", 0))) >= FEWEST_PATTERNS, f"it ended at {lines[-1:]}"


@pytest.mark.parametrize("pattern", [r"(a+)+b", r"(?:\w+ )+!", r"(x+x+)+y"])
def test_an_expression_that_is_slow_is_noticed(pattern: str) -> None:
    code = f"import re; from tests.support import hostile; hostile.report(re.compile({pattern!r}, re.DOTALL))"
    done = run("-c", code, timeout=60)
    assert '"slow"' in done.stdout
