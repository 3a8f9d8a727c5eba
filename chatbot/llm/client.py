"""Asks the LLM through LangChain's init_chat_model and passes on its text as it arrives. No other file knows a
provider. The key is never shown, nothing but the model's own address is spoken to, and every fault becomes a
LanguageModelError with a sentence for a person."""

import asyncio
import os
import queue
import time
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from concurrent.futures import Future
from contextlib import aclosing, closing, nullcontext
from functools import cache
from threading import Thread
from typing import TYPE_CHECKING, Any, cast

from chatbot.errors import CutShortError, LanguageModelError, SettingsError
from chatbot.llm.error_messages import Faults, is_passing, refuses_schemas, seconds_asked, tells_key, was_cut_short
from chatbot.llm.precedence import QUESTIONS
from chatbot.llm.reasoning_filter import ThoughtFilter
from chatbot.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk
    from langchain_core.runnables import Runnable, RunnableConfig
    from tenacity import AsyncRetrying, RetryCallState

LONGEST_TOKEN_CHARACTERS = 20
MOST_PIECES_A_TOKEN = 4
LONGEST_TOKEN_SECONDS = 1
LONGEST_WAITS_SECONDS = 10
FIRST_WAIT_SECONDS = 0.5
TURN_SECONDS = 0.2
NO_KEY = "not-needed"
# Why an answer ended, as OpenAI, Anthropic and Ollama name it, and the values of those whose tokens were used up.
REASONS = ("finish_reason", "stop_reason", "done_reason")
CUT_SHORT = ("length", "max_tokens", "MAX_TOKENS")


class LanguageModel:
    """A chat model of any provider that LangChain knows, asked for by `settings.model` as provider:name."""

    def __init__(self, settings: Settings, *, background: bool = False) -> None:
        """Imports LangChain (about two seconds, once) and makes the client; the server is not asked anything yet. In
        the `background` it is asked nothing that a question waits for.

        Raises LanguageModelError for a provider that is unknown, lacks its package or lacks its key.
        """
        if settings.model is None:
            raise SettingsError("Setting 'model' is not set. Expected PROVIDER:NAME, such as ollama:llama3.2.")
        self.name = settings.model
        self._settings = settings
        self._faults = Faults(settings)
        forbid_tracing()
        self._model = self._made()
        self._has_schemas = True
        self._turn = nullcontext if background else QUESTIONS.question
        self._loop = _loop()

    def __repr__(self) -> str:
        return f"LanguageModel({self.name!r})"

    def stream(self, messages: list[tuple[str, str]]) -> Generator[str]:
        """Yields the answer to the (role, text) `messages` piece by piece and, while nothing comes, "" five times a
        second, so that who listens can leave: closing the iterator cancels the request at once, whatever it waits for.

        A passing fault is asked after again as long as nothing was yielded. Raises LanguageModelError when the model
        cannot be reached, refuses, breaks off, says nothing or does not stop, and CutShortError when its tokens ended
        before its answer did; what was yielded before stands.
        """
        pieces: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        with self._turn():
            asking = asyncio.run_coroutine_threadsafe(self._ask(messages, pieces.put), self._loop)
            asking.add_done_callback(lambda _: pieces.put(None))
            try:
                while (piece := _next(pieces)) is not None:
                    yield piece
            finally:
                asking.cancel()
        asking.result()

    def written_as(
        self, schema: type, messages: list[tuple[str, str]], *, seconds: float,
        left: Callable[[], bool] = lambda: False,
    ) -> str:
        """The answer to `messages` as text, by LangChain's structured output in the form of `schema`, a pydantic model;
        of a server that knows no such form, as it writes it. Empty once `seconds` have passed, or nobody waits.

        Raises LanguageModelError as `stream` does.
        """
        ends, refused = time.monotonic() + seconds, False
        if self._has_schemas:
            with self._turn():
                asking = asyncio.run_coroutine_threadsafe(self._ask_as(schema, messages), self._loop)
                text, refused = _waited(asking, ends, left)
            if text is not None:
                return text
        text = ""
        with closing(self.stream(messages)) as pieces:
            for piece in pieces:
                text += piece
                if left() or time.monotonic() > ends:
                    return ""
        if refused:
            # It answers, but not in that form: it is not asked for it again.
            self._has_schemas = False
        return text

    async def _ask_as(self, schema: type, messages: list[tuple[str, str]]) -> tuple[str | None, bool]:
        """The answer's text, None where the plain request is to be tried; and whether the provider or its server
        refuses schemas. Raises CutShortError."""
        try:
            structured = self._model.with_structured_output(schema, method="json_schema", include_raw=True)
        except Exception:  # noqa: BLE001
            # Each provider's package raises its own kinds.
            return None, True
        try:
            answer = await structured.ainvoke(messages)
        except Exception as exc:  # noqa: BLE001
            if was_cut_short(exc):
                raise CutShortError(self._faults.cut_short()) from None
            # Whatever else it is, the plain request tells it for good.
            return None, refuses_schemas(exc)
        raw = answer["raw"] if isinstance(answer, dict) else None
        return (str(raw.text), False) if raw is not None else (None, True)

    def runnable(self) -> "Runnable[list[tuple[str, str]], str]":
        """`stream` as a Runnable of (role, text) messages, which ends early once its listener has left (`left_of`)."""
        from langchain_core.runnables import RunnableGenerator

        # Its types leave out that the function may be given the configuration.
        return RunnableGenerator(cast("Callable[..., Iterator[str]]", self._generate), name="model")

    def _generate(self, prompts: Iterator[list[tuple[str, str]]], config: "RunnableConfig") -> Iterator[str]:
        has_left = left_of(config)
        # Before any fault, so that it is raised while the stage behind this one runs, which may know what to do.
        yield ""
        for messages in prompts:
            if has_left():
                return
            with closing(self.stream(messages)) as pieces:
                for piece in pieces:
                    yield piece
                    if has_left():
                        return

    async def _ask(self, messages: list[tuple[str, str]], say: Callable[[str], None]) -> None:
        heard = _Heard(say, self._settings.max_tokens)
        try:
            async for attempt in _attempts(heard, self._settings.retries):
                with attempt:
                    heard.start()
                    await self._listen(messages, heard)
        except Exception as exc:
            # Each provider's package raises its own kinds, which cannot be named without importing the package.
            sentence = self._faults.raised(exc, begun=heard.begun)
            if tells_key(exc, self._settings):
                raise LanguageModelError(sentence) from None
            raise LanguageModelError(sentence) from exc
        heard.finish()
        self._check_end(heard)

    async def _listen(self, messages: list[tuple[str, str]], heard: "_Heard") -> None:
        loop, patience = asyncio.get_running_loop(), self._settings.timeout_seconds
        ends = loop.time() + patience + self._settings.max_tokens * LONGEST_TOKEN_SECONDS
        stream = cast("AsyncGenerator[AIMessageChunk]", self._model.astream(messages))
        # The time limit is ours and not the client's, which a comment sent to keep the connection would satisfy.
        async with asyncio.timeout(patience) as limit, aclosing(stream) as chunks:
            async for chunk in chunks:
                limit.reschedule(loop.time() + patience)
                heard.reason = _reason(chunk) or heard.reason
                heard.hear(str(chunk.text))
                heard.endless = heard.endless or loop.time() > ends
                if heard.endless:
                    break

    def _check_end(self, heard: "_Heard") -> None:
        compatible = self._settings.base_url is not None and self.name.startswith("openai:")
        if heard.endless:
            raise LanguageModelError(self._faults.endless())
        if not heard.begun:
            raise LanguageModelError(self._faults.spent() if heard.is_cut_short else self._faults.empty())
        if compatible and not heard.reason:
            raise LanguageModelError(self._faults.broken_off())
        if heard.is_cut_short:
            raise CutShortError(self._faults.cut_short())

    def _made(self) -> "BaseChatModel":
        from langchain.chat_models import init_chat_model

        provider, name = self.name.split(":", maxsplit=1)
        try:
            options = _provider_options(provider, self._settings)
            return cast("BaseChatModel", init_chat_model(name, model_provider=provider, **options))
        except Exception as exc:
            raise LanguageModelError(self._faults.unmade(exc)) from exc


class _Heard:
    """What has come of an answer that `say` is told of; `endless` once it is more than there can be of its tokens."""

    def __init__(self, say: Callable[[str], None], tokens: int) -> None:
        self.begun = False
        self._say = say
        self._tokens = tokens

    def start(self) -> None:
        """Before the server is asked, or asked again because nothing was passed on."""
        self.endless = False
        self.reason = ""
        self._characters = self._pieces = 0
        self._thoughts = ThoughtFilter()

    @property
    def is_cut_short(self) -> bool:
        return self.reason in CUT_SHORT

    def hear(self, text: str) -> None:
        self._characters += len(text)
        self._pieces += 1
        most_characters, most_pieces = self._tokens * LONGEST_TOKEN_CHARACTERS, self._tokens * MOST_PIECES_A_TOKEN
        self.endless = self._characters > most_characters or self._pieces > most_pieces
        self._pass_on(self._thoughts.feed(text))

    def finish(self) -> None:
        self._pass_on(self._thoughts.finish())

    def _pass_on(self, text: str) -> None:
        text = text if self.begun else text.lstrip()
        if text:
            self.begun = True
            self._say(text)


def _waited(
    asking: Future[tuple[str | None, bool]], ends: float, left: Callable[[], bool]
) -> tuple[str | None, bool]:
    """What comes of `asking`; an empty text, and it is cancelled, once the time has ended or nobody waits."""
    while not left() and time.monotonic() < ends:
        try:
            return asking.result(timeout=min(TURN_SECONDS, max(ends - time.monotonic(), 0.001)))
        except TimeoutError:
            continue
    asking.cancel()
    return "", False


def left_of(config: "RunnableConfig") -> Callable[[], bool]:
    """Whether nobody listens any more to the chain that runs with this configuration, of which `configurable` may hold
    an Event "left"."""
    left = config.get("configurable", {}).get("left")
    return left.is_set if left is not None else lambda: False


def forbid_tracing() -> None:
    """Keeps LangChain, in this process, from sending questions and articles to LangSmith, whatever is in the
    environment: its tracing, and its gateway, which would stand in for the provider."""
    import langsmith

    for variable in ("LANGCHAIN_TRACING", "LANGCHAIN_HANDLER", "LANGSMITH_GATEWAY"):
        os.environ.pop(variable, None)
    os.environ["LANGSMITH_TRACING"] = os.environ["LANGSMITH_TRACING_V2"] = "false"
    langsmith.configure(enabled=False)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """The event loop of all requests, in a thread of its own: providers' clients are shared, and bound to one loop."""
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, name="llm", daemon=True).start()
    return loop


def _reason(chunk: "AIMessageChunk") -> str:
    """Why the answer ended, where this is its last piece."""
    return str(next(filter(None, map(chunk.response_metadata.get, REASONS)), ""))


def _next(pieces: queue.SimpleQueue[str | None]) -> str | None:
    try:
        return pieces.get(timeout=TURN_SECONDS)
    except queue.Empty:
        return ""


def _attempts(heard: _Heard, retries: int) -> "AsyncRetrying":
    """Asks again after a passing fault, at most `retries` times and while nothing was heard. Waits longer each time, at
    random, and as long as the server wants; where that is more than ten seconds in all, the fault stands."""
    from tenacity import AsyncRetrying, retry_if_exception, wait_random_exponential

    backoff = wait_random_exponential(multiplier=FIRST_WAIT_SECONDS)

    def wait(state: "RetryCallState") -> float:
        exc = state.outcome.exception() if state.outcome else None
        return backoff(state) + (seconds_asked(exc) if exc else 0)

    def enough(state: "RetryCallState") -> bool:
        return state.attempt_number > retries or state.idle_for + state.upcoming_sleep > LONGEST_WAITS_SECONDS

    return AsyncRetrying(
        retry=retry_if_exception(lambda exc: not heard.begun and is_passing(exc)),
        stop=enough,
        wait=wait,
        reraise=True,
    )


def _provider_options(provider: str, settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {"temperature": settings.temperature}
    if settings.base_url:
        options["base_url"] = settings.base_url
    if provider == "ollama":
        key = {"headers": {"Authorization": f"Bearer {settings.key}"}} if settings.key else {}
        return options | {
            "num_predict": settings.max_tokens,
            "num_ctx": settings.window_tokens,
            "client_kwargs": {"timeout": settings.timeout_seconds, **key},
        }
    options |= {"max_tokens": settings.max_tokens, "timeout": settings.timeout_seconds, "max_retries": 0}
    if settings.key:
        options["api_key"] = settings.key
    if provider == "openai":
        options["stream_chunk_timeout"] = None
    if provider == "openai" and settings.base_url:
        # langchain-openai sends max_completion_tokens only, which many compatible servers do not know; and without a
        # key it would send the one in OPENAI_API_KEY to a server it was not meant for.
        options["extra_body"] = {"max_tokens": settings.max_tokens}
        options.setdefault("api_key", NO_KEY)
    return options
