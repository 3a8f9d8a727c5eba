import json
import os
import random
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from index.collection import Collection
from index.ingest.integrity import audit
from index.search.embedder import BUNDLED
from tests.conftest import ROOT
from tests.support.corpus import write


@pytest.mark.parametrize("where, kills", [("embedded", 35), ("server", 15)])
def test_a_kill_at_any_moment_loses_nothing_that_was_reported(
    request: pytest.FixtureRequest, tmp_path: Path, where: str, kills: int
) -> None:
    url = [request.getfixturevalue("chroma_url")] if where == "server" else []
    seed = random.randrange(10**6)
    command = [sys.executable, "-m", "tests.support.killed", str(tmp_path), str(kills), str(seed), *url]
    # A thread would not outlive a fork.
    alone = os.environ | {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
    done = subprocess.run(command, cwd=ROOT, env=alone, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, f"seed {seed}: {done.stdout}{done.stderr}"
    assert f"{kills} kills, seed {seed}" in done.stdout


def test_the_command_itself_is_killed_and_finishes_when_it_is_run_again(tmp_path: Path) -> None:
    for n in range(150):
        write(tmp_path / "articles", f"{n}.md", f"Report {n} of the day.", title=f"R{n}")
    command = [sys.executable, "app.py", "index", str(tmp_path / "articles"), "--data", str(tmp_path / "data")]
    run = subprocess.Popen([*command, "--verbose"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    # 64 are kept at a time: most are still to come.
    lines = [run.stdout.readline() for _ in range(random.randint(1, 64))]
    run.send_signal(signal.SIGKILL)
    lines += run.communicate()[0].splitlines()
    assert run.returncode == -signal.SIGKILL
    kept = {line.split()[1] for line in lines if re.match(r"Kept: [0-9a-f]{16} ", line)}
    again = subprocess.run([*command, "--json"], cwd=ROOT, capture_output=True, text=True)
    report = json.loads(again.stdout)
    assert (again.returncode, len(report["added"]) + len(report["unchanged"])) == (0, 150)
    assert len(kept) <= len(report["unchanged"]) < 150
    opened = Collection(tmp_path / "data", embedding_model=BUNDLED, writing=True, loading=False)
    assert audit(opened).faults == []
    assert {row.id for row in opened.articles()} >= kept and opened.summary().articles == 150
    opened.close()
