"""Runs the program in a process of its own without the seconds that Python takes to load its libraries.

A fork server loads them once for all tests of a run. Each process is forked from it and then does what `python` does
with the same arguments. Where the start of the program itself is tested, `subprocess` starts it.
"""

import atexit
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext

ROOT = Path(__file__).parent.parent.parent


def _forking() -> "ForkServerContext":
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.support.preloaded"])
    return context


class Program:
    """`python ARGUMENTS` as a running process, with what `subprocess.Popen` offers.

    The first argument is a script, or "-m" or "-c" with a module or code. What it writes goes to a pipe each for stdout
    and stderr, or all of it to the file `into`.
    """

    def __init__(
        self, *arguments: object, env: Mapping[str, str] | None = None, given: str = "", into: Path | None = None
    ) -> None:
        self.args = [str(argument) for argument in arguments]
        if into:
            # Whoever reads it finds it at once.
            into.open("ab").close()
        context = _forking()
        pipes = [context.Pipe(duplex=False) for _ in range(2)]
        child = [pipe[1] for pipe in pipes]
        self._process = context.Process(
            target=_run, args=(self.args, dict(os.environ if env is None else env), given, child, into),
            daemon=True,
        )
        self._process.start()
        for connection in child:
            connection.close()
        self.stdout, self.stderr = (_readable(pipe[0]) for pipe in pipes)
        pid = self._process.pid
        assert pid is not None
        self.pid = pid

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None) -> None:
        """Wait for its end, and kill it first where the test has failed."""
        if kind is not None:
            self.kill()
        self._process.join()
        self.stdout.close()
        self.stderr.close()

    @property
    def returncode(self) -> int | None:
        """The exit status of an ended process; a killed one has its signal, negative."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The exit status, or None while it runs."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit status, once it has ended; raises subprocess.TimeoutExpired after `timeout` seconds."""
        self._process.join(timeout)
        status = self.returncode
        if status is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return status

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """All that it still writes to stdout and stderr, once it has ended."""
        with ThreadPoolExecutor(2) as pool:
            written = [pool.submit(stream.read) for stream in (self.stdout, self.stderr)]
            try:
                self.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
            return written[0].result(), written[1].result()

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()


def run(
    *arguments: object, env: Mapping[str, str] | None = None, given: str = "", timeout: float = 120
) -> "subprocess.CompletedProcess[str]":
    """Run `python ARGUMENTS` to its end with `given` as its input."""
    with Program(*arguments, env=env, given=given) as process:
        out, err = process.communicate(timeout)
        return subprocess.CompletedProcess(process.args, process.wait(), out, err)


def _readable(connection: Connection) -> IO[str]:
    descriptor = os.dup(connection.fileno())
    connection.close()
    return os.fdopen(descriptor)


def _run(
    arguments: list[str], environment: Mapping[str, str], given: str, outputs: Sequence[Connection],
    into: Path | None,
) -> None:
    """In the forked process: be what `python ARGUMENTS` is, with ROOT as its folder."""
    file = into.open("ab") if into else None
    for number, connection in zip((1, 2), outputs, strict=True):
        os.dup2((file or connection).fileno(), number)
        connection.close()
    sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", buffering=1, closefd=False)
    with tempfile.TemporaryFile() as read:
        read.write(given.encode())
        read.seek(0)
        os.dup2(read.fileno(), 0)
    sys.stdin = os.fdopen(0, closefd=False)
    from tests.support.preloaded import SET

    os.environ.clear()
    os.environ.update({**SET, **environment})
    os.chdir(ROOT)
    try:
        _interpret(arguments)
    finally:
        # As at the end of `python`; what multiprocessing starts ends without it.
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()


def _interpret(arguments: list[str]) -> None:
    kind, *left = arguments
    if kind == "-c":
        sys.argv = arguments[1:]
        exec(compile(left[0], "<string>", "exec"), {"__name__": "__main__"})
    elif kind == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(left[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        runpy.run_path(kind, run_name="__main__")
