import json
import random
import re
import signal
from pathlib import Path

import pytest

from index.collection import Collection
from index.ingest.integrity import audit
from index.search.embedder import BUNDLED
from tests.support import program
from tests.support.corpus import write
from tests.support.program import Program

pytestmark = pytest.mark.slow_first


@pytest.mark.parametrize("where, kills", [("embedded", 24), ("server", 8)])
def test_a_kill_at_any_moment_loses_nothing_that_was_reported(
    request: pytest.FixtureRequest, tmp_path: Path, where: str, kills: int
) -> None:
    url = [request.getfixturevalue("chroma_url")] if where == "server" else []
    # Another for each run of the tests: all of them together kill in many places.
    seed = random.randrange(10**6)
    done = program.run("-m", "tests.support.killed", tmp_path, kills, seed, *url, timeout=900)
    assert done.returncode == 0, f"seed {seed}: {done.stdout}{done.stderr}"
    assert f"{kills} kills, seed {seed}" in done.stdout


def test_the_command_itself_is_killed_and_finishes_when_it_is_run_again(tmp_path: Path) -> None:
    for n in range(150):
        write(tmp_path / "articles", f"{n}.md", f"Report {n} of the day.", title=f"R{n}")
    command = ["app.py", "index", tmp_path / "articles", "--data", tmp_path / "data"]
    run = Program(*command, "--verbose")
    # 64 are kept at a time: most are still to come.
    lines = [run.stdout.readline() for _ in range(random.randint(1, 64))]
    run.send_signal(signal.SIGKILL)
    lines += run.communicate()[0].splitlines()
    assert run.returncode == -signal.SIGKILL
    reported = {line.split()[1] for line in lines if re.match(r"Kept: [0-9a-f]{16} ", line)}
    again = program.run(*command, "--json")
    report = json.loads(again.stdout)
    assert (again.returncode, len(report["added"]) + len(report["unchanged"])) == (0, 150)
    assert len(reported) <= len(report["unchanged"]) < 150
    opened = Collection(tmp_path / "data", embedding_model=BUNDLED, writing=True, loading=False)
    assert audit(opened).faults == []
    assert {row.id for row in opened.articles()} >= reported and opened.summary().articles == 150
    opened.close()
