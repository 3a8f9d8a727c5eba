import datetime
from email.utils import format_datetime

import httpx
import pytest
from pydantic import SecretStr

from chatbot.llm.error_messages import Faults, is_passing, seconds_asked, tells_key
from chatbot.settings import Settings
from tests.conftest import ROOT

SETTINGS = Settings(model="openai:NAME", base_url="http://127.0.0.1:8000/v1", api_key=SecretStr("sk-secret"))
WHO = "The LLM openai:NAME at http://127.0.0.1:8000 "


class StatusError(Exception):
    """A refusal as the providers' packages raise it."""

    def __init__(self, status: int, retry_after: str = "") -> None:
        super().__init__(f"refused with {status}")
        self.status_code = status
        self.response = httpx.Response(status, headers={"Retry-After": retry_after} if retry_after else {})


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
def test_a_fault_that_may_pass(status: int) -> None:
    assert is_passing(StatusError(status)) and is_passing(httpx.ConnectError(""))


@pytest.mark.parametrize("exc", [StatusError(400), StatusError(401), StatusError(404), ValueError(""), TimeoutError()])
def test_a_fault_that_stays(exc: Exception) -> None:
    assert not is_passing(exc)


@pytest.mark.parametrize(
    ("given", "seconds"), [("7", 7), ("0.5", 0.5), ("", 0), ("soon", 0), ("-3", 0), ("9" * 30, 0), ("date", 60)]
)
def test_what_retry_after_asks_for(given: str, seconds: float) -> None:
    in_a_minute = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=1)
    given = format_datetime(in_a_minute, usegmt=True) if given == "date" else given
    assert seconds_asked(StatusError(429, given)) == pytest.approx(seconds, abs=2)
    assert seconds_asked(ValueError()) == 0


def test_a_date_that_has_passed_asks_for_nothing() -> None:
    assert seconds_asked(StatusError(429, "Wed, 21 Oct 2015 07:28:00 GMT")) == 0


def test_the_key_is_struck_out_and_noticed() -> None:
    exc = RuntimeError("bad key sk-secret")
    assert Faults(SETTINGS).raised(exc, begun=False) == f"{WHO}failed: bad key (key)"
    assert tells_key(exc, SETTINGS) and tells_key(StatusError(403), SETTINGS) and not tells_key(ValueError(), SETTINGS)


def test_a_fault_without_a_request_is_told_all_the_same() -> None:
    faults = Faults(Settings(model="anthropic:x"))
    assert faults.raised(httpx.ConnectError(""), begun=False).startswith("The LLM anthropic:x cannot be reached.")


def test_the_readme_tells_every_fault_word_for_word() -> None:
    faults, readme = Faults(SETTINGS), (ROOT / "docs" / "llm.md").read_text(encoding="utf-8")
    messages = [
        faults.raised(httpx.ConnectError(""), begun=False),
        faults.raised(TimeoutError(), begun=False),
        faults.raised(TimeoutError(), begun=True),
        faults.raised(httpx.ReadError(""), begun=True),
        faults.raised(ValueError(), begun=True),
        *(faults.raised(StatusError(status, "30"), begun=False) for status in (401, 404, 429, 500)),
        faults.empty(), faults.spent(), faults.endless(), faults.broken_off(),
    ]  # fmt: skip
    assert all(line.startswith(WHO) for line in messages)
    assert [line for line in messages if f"| {line.removeprefix(WHO)} |" not in readme] == []
