import os
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate

import pytest
from pydantic import SecretStr

from benchmarks.support.scripted_llm import ScriptedLLM, closed_address
from chatbot.errors import LanguageModelError, SettingsError
from chatbot.llm.client import LanguageModel
from chatbot.settings import Settings

KEY = "sk-very-secret-7f3a"
ASK = [("system", "Be short."), ("human", "Who left {Homs}?")]


@pytest.fixture
def server() -> Iterator[ScriptedLLM]:
    with ScriptedLLM("fixed", text="The army left Homs. [1]") as llm:
        yield llm


def model(base_url: str, *, timeout: float = 10, retries: int = 0, tokens: int = 50) -> LanguageModel:
    settings = Settings(
        model="openai:llama3.2:3b", base_url=base_url, api_key=SecretStr(KEY), timeout_seconds=timeout, retries=retries,
        max_tokens=tokens, window_tokens=tokens + 3000,
    )
    return LanguageModel(settings)


def test_an_answer_streams_before_it_is_complete(server: ScriptedLLM) -> None:
    server.behaviour = "stall"
    pieces = (piece for piece in model(server.base_url).stream(ASK) if piece)
    assert [next(pieces) for _ in range(3)] == ["The", " army", " left"]


def test_the_server_is_sent_the_model_the_messages_and_the_limits(server: ScriptedLLM) -> None:
    list(model(server.base_url).stream(ASK))
    body = server.requests[0].body
    assert body["model"] == "llama3.2:3b" and body["temperature"] == 0
    assert [(m["role"], m["content"]) for m in body["messages"]] == [("system", ASK[0][1]), ("user", ASK[1][1])]
    assert body["max_tokens"] == body["max_completion_tokens"] == 50


def test_a_server_of_ones_own_needs_no_key_and_is_not_sent_openais(
    server: ScriptedLLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    list(LanguageModel(Settings(model="openai:x", base_url=server.base_url)).stream(ASK))
    assert server.requests[0].headers["authorization"] == "Bearer not-needed"


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        ("400", "refused the request (400): "),
        ("401", "refused the key (401). Set CHATBOT_API_KEY"),
        ("404", "has no model 'llama3.2:3b' (404)"),
        ("429", "is busy, or the quota is used up (429). It asks to wait 1 second."),
        ("500", "failed (500)"),
        ("silent", "did not answer for 0.4 seconds (setting 'timeout_seconds')."),
        ("pings", "did not answer for 0.4 seconds"),
        ("stall", "stopped in the middle of its answer for 0.4 seconds"),
        ("cut", "broke off before its answer was complete"),
        ("cut_quietly", "broke off before its answer was complete"),
        ("invalid_json", "sent what cannot be read"),
        ("web_page", "sent what cannot be read"),
        ("empty", "sent an empty answer"),
        ("spent", "used up its 50 tokens before it wrote anything. Raise the setting 'max_tokens'."),
        ("cut_short", "stopped at its limit of 50 tokens (CHATBOT_MAX_TOKENS)."),
        ("endless", "did not stop writing and was cut off."),
        ("endless_blank", "did not stop writing and was cut off."),
        ("endless_empty", "did not stop writing and was cut off."),
    ],
)
def test_a_fault_is_told_in_a_sentence_that_names_the_server_and_never_the_key(
    server: ScriptedLLM, behaviour: str, sentence: str
) -> None:
    server.behaviour = behaviour
    with pytest.raises(LanguageModelError) as caught:
        list(model(server.base_url, timeout=0.4 if behaviour in ("silent", "pings", "stall") else 10).stream(ASK))
    message = str(caught.value)
    assert message.startswith(f"The LLM openai:llama3.2:3b at {server.base_url[:-3]} ") and sentence in message
    assert KEY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("behaviour", ["stall", "cut", "cut_quietly", "invalid_json", "cut_short"])
def test_what_was_written_before_a_fault_stands(server: ScriptedLLM, behaviour: str) -> None:
    server.behaviour = behaviour
    written = []
    with pytest.raises(LanguageModelError):
        for piece in model(server.base_url, timeout=2 if behaviour == "stall" else 10).stream(ASK):
            written.append(piece)
    assert "".join(written) == "The army left Homs. [1]"


def test_a_server_that_is_not_there_is_named() -> None:
    address = closed_address()
    with pytest.raises(LanguageModelError, match=f"at {address[:-3]} cannot be reached. Check that it is running"):
        list(model(address).stream(ASK))


@pytest.mark.parametrize("behaviour", ["404", "web_page", "empty"])
def test_an_address_without_its_path_is_hinted_at(server: ScriptedLLM, behaviour: str) -> None:
    server.behaviour = behaviour
    with pytest.raises(LanguageModelError, match="ends in /v1"):
        list(model(server.base_url.removesuffix("/v1")).stream(ASK))


@pytest.mark.parametrize("behaviour", ["429", "500"])
def test_a_fault_that_passes_is_asked_after_again(server: ScriptedLLM, behaviour: str) -> None:
    server.behaviour, server.times, server.retry_after = behaviour, 2, "0"
    assert "".join(model(server.base_url, timeout=0.4, retries=2).stream(ASK)) == "The army left Homs. [1]"
    assert len(server.requests) == 3


@pytest.mark.parametrize(("behaviour", "requests"), [("401", 1), ("404", 1), ("400", 1), ("empty", 1), ("500", 3)])
def test_a_fault_that_stays_is_told_and_others_are_not_asked_after(
    server: ScriptedLLM, behaviour: str, requests: int
) -> None:
    server.behaviour = behaviour
    with pytest.raises(LanguageModelError):
        list(model(server.base_url, retries=2).stream(ASK))
    assert len(server.requests) == requests


def test_silence_is_waited_for_once(server: ScriptedLLM) -> None:
    server.behaviour = "silent"
    # Long enough for the server to have read the request on a busy machine.
    with pytest.raises(LanguageModelError, match="did not answer for 1.5 seconds"):
        list(model(server.base_url, timeout=1.5, retries=2).stream(ASK))
    assert len(server.requests) == 1


@pytest.mark.parametrize("behaviour", ["cut", "stall"])
def test_what_was_said_is_not_asked_for_again(server: ScriptedLLM, behaviour: str) -> None:
    server.behaviour = behaviour
    with pytest.raises(LanguageModelError):
        list(model(server.base_url, timeout=0.4, retries=2).stream(ASK))
    assert len(server.requests) == 1


def test_a_busy_server_is_asked_again_after_the_time_it_names(server: ScriptedLLM) -> None:
    server.behaviour, server.times, server.retry_after = "429", 1, "1"
    started = time.monotonic()
    assert "".join(model(server.base_url, retries=1).stream(ASK)) == "The army left Homs. [1]"
    assert 1 <= time.monotonic() - started < 3


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_busy_server_that_asks_to_wait_long_is_not_waited_for(server: ScriptedLLM, form: str) -> None:
    server.behaviour = "429"
    server.retry_after = "90" if form == "seconds" else formatdate(time.time() + 90, usegmt=True)
    started = time.monotonic()
    with pytest.raises(LanguageModelError, match=r"\(429\). It asks to wait (89|90) seconds."):
        list(model(server.base_url, retries=2).stream(ASK))
    assert len(server.requests) == 1 and time.monotonic() - started < 1


@pytest.mark.parametrize("behaviour", ["endless", "silent", "stall", "pings"])
def test_an_abandoned_answer_cancels_the_request_at_once(server: ScriptedLLM, behaviour: str) -> None:
    server.behaviour, server.delay_seconds = behaviour, 0.01
    stream = model(server.base_url, tokens=10_000).stream(ASK)
    next(stream)
    stream.close()
    assert server.abandoned.wait(2)


def test_one_who_waits_to_ask_again_can_leave(server: ScriptedLLM) -> None:
    server.behaviour, server.retry_after = "429", "5"
    stream = model(server.base_url, retries=2).stream(ASK)
    assert [next(stream) for _ in range(5)] == [""] * 5
    stream.close()
    assert not server.abandoned.wait(0.5) and len(server.requests) == 1


def test_thoughts_are_kept_back(server: ScriptedLLM) -> None:
    server.text = "<think> Was it Homs? [7]\n</think> The army left Homs. [1]"
    assert "".join(model(server.base_url).stream(ASK)) == "The army left Homs. [1]"


def test_two_answers_at_a_time_do_not_mix(server: ScriptedLLM) -> None:
    server.delay_seconds = 0.02
    llm = model(server.base_url)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: "".join(llm.stream(ASK)), range(4)))
    assert answers == ["The army left Homs. [1]"] * 4


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("ollama:llama3.2", "pip install langchain-ollama"),
        ("nobody:x", "unknown provider 'nobody'. Known are anthropic"),
        ("openai:gpt-4o", "needs a key. Set CHATBOT_API_KEY"),
    ],
)
def test_a_model_that_cannot_be_made_says_what_to_do(
    name: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setitem(sys.modules, "langchain_ollama", None)
    with pytest.raises(LanguageModelError) as caught:
        LanguageModel(Settings(model=name))
    assert sentence in str(caught.value) and name in str(caught.value)


@pytest.mark.parametrize("base_url", ["localhost:8000", "http://", "ftp://host/v1", "http://host:port/v1", "nonsense"])
def test_a_base_url_that_is_none_is_refused(base_url: str) -> None:
    with pytest.raises(SettingsError, match="Setting 'base_url' has value '"):
        LanguageModel(Settings(model="openai:x", base_url=base_url))


def test_the_key_is_in_no_repr() -> None:
    assert KEY not in repr(model("http://127.0.0.1:9/v1")) + repr(vars(model("http://127.0.0.1:9/v1")))


WATCHED = """
import os, sys
addresses = set()
def watch(event, given):
    if event == "socket.connect":
        addresses.add(given[1][1])
    elif event == "socket.getaddrinfo":
        addresses.add(given[1])
sys.addaudithook(watch)
from chatbot.llm.client import LanguageModel
from chatbot.settings import Settings
assert not [name for name in sys.modules if name.startswith("lang")], "LangChain came with the import"
model = LanguageModel(Settings(model="openai:x", base_url=sys.argv[1]))
said = "".join(model.stream([("human", "Who left Homs?")]))
from langsmith.utils import tracing_is_enabled
print(said, sorted(map(str, addresses)), tracing_is_enabled(), os.environ.get("LANGSMITH_GATEWAY"))
"""


def test_nothing_but_the_models_address_is_spoken_to_whatever_the_environment_says(server: ScriptedLLM) -> None:
    elsewhere = "http://127.0.0.1:9"
    tracing = dict.fromkeys(("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "LANGCHAIN_TRACING"), "true")
    environment = os.environ | tracing | {"LANGSMITH_API_KEY": "k", "LANGSMITH_ENDPOINT": elsewhere}
    environment |= {"LANGSMITH_GATEWAY": elsewhere, "TIKTOKEN_CACHE_DIR": "/nonexistent"}
    run = subprocess.run(
        [sys.executable, "-c", WATCHED, server.base_url], env=environment, capture_output=True, text=True, check=False
    )
    port = server.base_url.split(":")[2].removesuffix("/v1")
    assert run.stdout == f"The army left Homs. [1] ['{port}'] False None\n", run.stderr
