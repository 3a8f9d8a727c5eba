"""Starts this program's own modules as child processes that are written to and read from."""

import os
import subprocess
import sys
from pathlib import Path


def start_child(module: str, *arguments: str, buffered: bool = True) -> subprocess.Popen[bytes]:
    """Run `module` with its standard input and output as pipes; what it writes to its standard error is dropped."""
    # -P: what lies in the working directory is not to be taken for a module.
    command = [sys.executable, "-P", "-m", module, *arguments]
    # A child has one core: threads of its numpy would take those of the process that waits for it.
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1]), "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        bufsize=-1 if buffered else 0,
    )  # fmt: skip
