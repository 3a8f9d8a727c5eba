import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.audit import audit
from index.collection import Collection
from index.embedder import BUNDLED
from tests.conftest import ROOT
from tests.corpus import write


@pytest.mark.parametrize("where, kills", [("embedded", 35), ("server", 15)])
def test_a_kill_at_any_moment_loses_nothing_that_was_reported(
    request: pytest.FixtureRequest, tmp_path: Path, where: str, kills: int
) -> None:
    url = [request.getfixturevalue("chroma_url")] if where == "server" else []
    seed = random.randrange(10**6)
    command = [sys.executable, "-m", "tests.killed", str(tmp_path), str(kills), str(seed), *url]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, f"seed {seed}: {done.stdout}{done.stderr}"
    assert f"{kills} kills, seed {seed}" in done.stdout


def test_the_command_itself_is_killed_and_finishes_when_it_is_run_again(tmp_path: Path) -> None:
    for n in range(150):
        write(tmp_path / "articles", f"{n}.md", f"Report {n} of the day.", title=f"R{n}")
    command = [sys.executable, "app.py", "index", str(tmp_path / "articles"), "--data", str(tmp_path / "data")]
    run = subprocess.Popen([*command, "--verbose"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    kept = [run.stdout.readline().split()[1] for _ in range(64)]
    time.sleep(random.random())
    run.send_signal(signal.SIGKILL)
    kept += [line.split()[1] for line in run.communicate()[0].splitlines() if line.startswith("Kept: ")]
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert again.returncode == 0 and f" {len(set(kept))} unchanged" in again.stdout or len(set(kept)) < 150
    opened = Collection(tmp_path / "data", embedding_model=BUNDLED, writing=True, loading=False)
    assert audit(opened).faults == []
    assert {row.id for row in opened.articles()} >= set(kept) and opened.summary().articles == 150
    opened.close()
