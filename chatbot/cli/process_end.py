"""Ends the process when a command is done, without the time that Python takes to clear up behind large libraries."""

import atexit
import os
import sys
from typing import NoReturn


def end_process(status: int) -> NoReturn:
    """End with this status, at once: to be called last, when all files are closed.

    What was registered to run at exit runs, such as the removal of temporary folders and the end of worker processes,
    and the output is written. Python's own end would then take torch, spaCy and Gradio down piece by piece, which takes
    seconds on a busy machine and has crashed in their threads.
    """
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        # Nobody reads any more what was printed, as behind `| head`.
        status = status or 1
    os._exit(status)
