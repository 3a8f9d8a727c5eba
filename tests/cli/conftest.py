import io
import sys
from collections.abc import Callable

import pytest

from chatbot.cli import commands
from chatbot.settings import ENVIRONMENT
from tests.support.commands import Ran


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Runs a command in this process."""
    for name in ENVIRONMENT.values():
        monkeypatch.delenv(name, raising=False)

    def run_here(*arguments: object, given: str = "") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.StringIO(given))
        status = commands.main([str(argument) for argument in arguments])
        # What `ask` leaves out for its own process others of this one need.
        for name in [name for name, module in sys.modules.copy().items() if module is None]:
            del sys.modules[name]
        printed = capsys.readouterr()
        return Ran(status, printed.out, printed.err)

    return run_here


@pytest.fixture
def failing(here: Callable[..., Ran]) -> Callable[..., str]:
    """Runs a command in this process and gives the one sentence that it fails with."""

    def fail(*arguments: object) -> str:
        ran = here(*arguments)
        assert ran.status == 1 and ran.out == "" and ran.err.startswith("Error: ") and ran.err.count("\n") == 1
        return ran.err.removeprefix("Error: ").strip()

    return fail
