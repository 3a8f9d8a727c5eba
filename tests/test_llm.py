import os
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator

import pytest

from chatbot.errors import LanguageModelError, SettingsError
from chatbot.llm import LanguageModel
from chatbot.settings import Settings
from tests.scripted_llm import ScriptedLLM, closed_address

KEY = "sk-very-secret-7f3a"
ASK = [("system", "Be short."), ("human", "Who left {Homs}?")]


@pytest.fixture
def server() -> Iterator[ScriptedLLM]:
    with ScriptedLLM("fixed", text="The army left Homs. [1]") as llm:
        yield llm


def model(base_url: str, *, timeout: float = 10, retries: int = 0, tokens: int = 50) -> LanguageModel:
    settings = Settings(
        model="openai:llama3.2:3b", base_url=base_url, api_key=KEY, timeout_seconds=timeout, max_tokens=tokens
    )
    return LanguageModel(settings, max_retries=retries)


def test_an_answer_streams_before_it_is_complete(server: ScriptedLLM) -> None:
    server.behaviour = "stall"
    stream = model(server.base_url).stream(ASK)
    assert [next(stream) for _ in range(3)] == ["The", " army", " left"]


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
        ("429", "is busy, or the quota is used up (429). It asks to wait 1 seconds."),
        ("500", "failed (500)"),
        ("silent", "did not answer for 0.4 seconds"),
        ("stall", "stopped in the middle of its answer for 0.4 seconds"),
        ("cut", "broke off before its answer was complete"),
        ("cut_quietly", "broke off before its answer was complete"),
        ("invalid_json", "sent what cannot be read"),
        ("web_page", "sent what cannot be read"),
        ("empty", "sent an empty answer"),
        ("endless", "did not stop writing"),
    ],
)
def test_a_fault_is_told_in_a_sentence_that_names_the_server_and_never_the_key(
    server: ScriptedLLM, behaviour: str, sentence: str
) -> None:
    server.behaviour = behaviour
    with pytest.raises(LanguageModelError) as caught:
        list(model(server.base_url, timeout=0.4 if behaviour in ("silent", "stall") else 10).stream(ASK))
    said = str(caught.value)
    assert said.startswith(f"The LLM openai:llama3.2:3b at {server.base_url[:-3]} ") and sentence in said
    assert KEY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("behaviour", ["stall", "cut", "cut_quietly", "invalid_json"])
def test_what_was_written_before_a_fault_stands(server: ScriptedLLM, behaviour: str) -> None:
    server.behaviour = behaviour
    written = []
    with pytest.raises(LanguageModelError):
        for piece in model(server.base_url, timeout=0.4).stream(ASK):
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


def test_a_busy_server_is_asked_again_after_the_time_it_names(server: ScriptedLLM) -> None:
    server.behaviour = "429"
    started = time.monotonic()
    with pytest.raises(LanguageModelError):
        list(model(server.base_url, retries=1).stream(ASK))
    assert len(server.requests) == 2 and time.monotonic() - started >= 1


def test_an_abandoned_answer_cancels_the_request(server: ScriptedLLM) -> None:
    server.behaviour, server.delay_seconds = "endless", 0.01
    stream = model(server.base_url, tokens=10_000).stream(ASK)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert server.abandoned.wait(2)


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
from chatbot.llm import LanguageModel
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
