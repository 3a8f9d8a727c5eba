"""The LLM behind LangChain's init_chat_model: messages in, pieces of text out as they arrive. No other file knows a
provider. The key is never shown, nothing but the model's own address is spoken to, and every fault becomes a
LanguageModelError with a sentence for a person."""

import os
import re
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from chatbot.errors import LanguageModelError, SettingsError
from chatbot.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

MAX_RETRIES = 1
LONGEST_TOKEN_CHARACTERS = 20
LONGEST_DETAIL_CHARACTERS = 200
NO_KEY = "not-needed"
CHECK_LOG = "Check the server's log."

_ADDRESS = re.compile(r"https?://([^/@\s]+@)?([^/:\s\[\]]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?(/\S*)?")
_UNREACHED = re.compile(r"Connect|Protocol|Network|ReadError|WriteError")


class LanguageModel:
    """A chat model of any provider that LangChain knows, asked for by `settings.model` as provider:name."""

    def __init__(self, settings: Settings, *, temperature: float = 0.0, max_retries: int = MAX_RETRIES) -> None:
        """Imports LangChain (about two seconds, once) and makes the client; the server is not asked anything yet.

        Raises SettingsError for a base URL that is none, and LanguageModelError for a provider that is unknown, lacks
        its package or lacks its key.
        """
        if settings.model is None:
            raise SettingsError("Setting 'model' is not set. Expected PROVIDER:NAME, such as ollama:llama3.2.")
        if settings.base_url and not _ADDRESS.fullmatch(settings.base_url):
            raise SettingsError(
                f"Setting 'base_url' has value '{settings.base_url}'. Expected http://... or https://..., such as "
                "http://127.0.0.1:8000/v1."
            )
        self.name = settings.model
        self._settings = settings
        forbid_tracing()
        self._model = self._made({"temperature": temperature, "max_retries": max_retries})

    def __repr__(self) -> str:
        return f"LanguageModel({self.name!r})"

    def stream(self, messages: list[tuple[str, str]]) -> Iterator[str]:
        """Yields the answer to the (role, text) `messages` piece by piece; closing the iterator cancels the request.

        Raises LanguageModelError when the model cannot be reached, refuses, breaks off, says nothing or does not stop;
        what was yielded before stands.
        """
        written, complete = 0, False
        longest = self._settings.max_tokens * LONGEST_TOKEN_CHARACTERS
        try:
            with closing(cast("Generator[AIMessageChunk]", self._model.stream(messages))) as chunks:
                for chunk in chunks:
                    complete = complete or "finish_reason" in chunk.response_metadata
                    if text := str(chunk.text):
                        written += len(text)
                        yield text
                    if written > longest:
                        break
        except Exception as exc:
            # Each provider's package raises its own kinds, which cannot be named without importing the package.
            sentence = self._explained(exc, begun=written > 0)
            if self._tells_key(exc):
                raise LanguageModelError(sentence) from None
            raise LanguageModelError(sentence) from exc
        self._check_end(written, longest, complete=complete)

    def _made(self, options: dict[str, Any]) -> "BaseChatModel":
        from langchain.chat_models import init_chat_model

        provider, name = self.name.split(":", maxsplit=1)
        options |= _provider_options(provider, self._settings)
        try:
            return cast("BaseChatModel", init_chat_model(name, model_provider=provider, **options))
        except ImportError as exc:
            package = re.search(r"pip install ([\w-]+)", str(exc))
            wanted = package[1] if package else f"langchain-{provider}"
            raise LanguageModelError(
                f"Model {self.name} needs a package that is not installed. Run: pip install {wanted}"
            ) from exc
        except Exception as exc:
            raise LanguageModelError(self._unmade(provider, str(exc))) from exc

    def _unmade(self, provider: str, detail: str) -> str:
        if "Unsupported provider" in detail:
            known = detail.partition("are: ")[2]
            return f"Model {self.name} names the unknown provider '{provider}'. Known are {known}."
        if re.search(r"api[_ ]?key|credential", detail, re.IGNORECASE):
            return f"Model {self.name} needs a key. Set CHATBOT_API_KEY, or a base URL for a server that needs none."
        return f"Model {self.name} cannot be set up: {self._shown(detail)}"

    def _check_end(self, written: int, longest: int, *, complete: bool) -> None:
        compatible = self._settings.base_url is not None and self.name.startswith("openai:")
        if written > longest:
            raise LanguageModelError(f"{self._who()} did not stop writing, and was cut off after {written} characters.")
        if written == 0:
            raise LanguageModelError(f"{self._who()} sent an empty answer. {self._check_path() or CHECK_LOG}")
        if compatible and not complete:
            raise LanguageModelError(f"{self._who()} broke off before its answer was complete. Ask again.")

    def _explained(self, exc: Exception, *, begun: bool) -> str:
        status = getattr(exc, "status_code", None)
        if isinstance(status, int) and status >= 400:
            return self._refusal(status, exc)
        return self._fault(exc, begun=begun)

    def _refusal(self, status: int, exc: Exception) -> str:
        who, name = self._who(exc), self.name.partition(":")[2]
        if status in (401, 403):
            return f"{who} refused the key ({status}). Set CHATBOT_API_KEY to one that it accepts."
        if status == 404:
            remedy = f"Run: ollama pull {name}" if self.name.startswith("ollama:") else "Check the model's name."
            return f"{who} has no model '{name}' (404). {remedy} {self._check_path()}".rstrip()
        if status == 429:
            return f"{who} is busy, or the quota is used up (429). {_when_again(exc)}"
        if status >= 500:
            return f"{who} failed ({status}). Ask again. {CHECK_LOG}"
        return f"{who} refused the request ({status}): {self._shown(str(exc))}"

    def _fault(self, exc: Exception, *, begun: bool) -> str:
        kinds = " ".join(kind.__name__ for kind in type(exc).__mro__)
        who = self._who(exc)
        if "Timeout" in kinds:
            said = "stopped in the middle of its answer" if begun else "did not answer"
            return f"{who} {said} for {self._settings.timeout_seconds:g} seconds (setting 'timeout_seconds')."
        if _UNREACHED.search(kinds) and begun:
            return f"{who} broke off before its answer was complete. Ask again."
        if _UNREACHED.search(kinds):
            return f"{who} cannot be reached. Check that it is running and that the address is right."
        if isinstance(exc, ValueError):
            return f"{who} sent what cannot be read. {self._check_path() or CHECK_LOG}"
        return f"{who} failed: {self._shown(str(exc))}"

    def _who(self, exc: Exception | None = None) -> str:
        asked = str(getattr(getattr(exc, "request", None), "url", ""))
        parts = urlsplit(self._settings.base_url or asked)
        host = parts.netloc.rpartition("@")[2]
        return f"The LLM {self.name}" + (f" at {parts.scheme}://{host}" if host else "")

    def _check_path(self) -> str:
        base_url = self._settings.base_url
        if base_url and self.name.startswith("openai:") and not base_url.rstrip("/").endswith("/v1"):
            return f"Check the base URL {urlsplit(base_url).path or '/'}: that of most servers ends in /v1."
        return ""

    def _shown(self, detail: str) -> str:
        if self._settings.api_key:
            detail = detail.replace(self._settings.api_key, "(key)")
        return " ".join(detail.split())[:LONGEST_DETAIL_CHARACTERS]

    def _tells_key(self, exc: Exception) -> bool:
        """Whether `exc` may quote the key, as a refusal does; it is then kept out of every traceback."""
        key = self._settings.api_key
        return getattr(exc, "status_code", None) in (401, 403) or bool(key and key in str(exc))


def forbid_tracing() -> None:
    """Keeps LangChain, in this process, from sending questions and articles to LangSmith, whatever is in the
    environment: its tracing, and its gateway, which would stand in for the provider."""
    import langsmith

    for variable in ("LANGCHAIN_TRACING", "LANGCHAIN_HANDLER", "LANGSMITH_GATEWAY"):
        os.environ.pop(variable, None)
    os.environ["LANGSMITH_TRACING"] = os.environ["LANGSMITH_TRACING_V2"] = "false"
    langsmith.configure(enabled=False)


def _provider_options(provider: str, settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {"base_url": settings.base_url} if settings.base_url else {}
    if provider == "ollama":
        key = {"headers": {"Authorization": f"Bearer {settings.api_key}"}} if settings.api_key else {}
        return options | {
            "num_predict": settings.max_tokens,
            "client_kwargs": {"timeout": settings.timeout_seconds, **key},
        }
    options |= {"max_tokens": settings.max_tokens, "timeout": settings.timeout_seconds}
    if settings.api_key:
        options["api_key"] = settings.api_key
    if provider == "openai" and settings.base_url:
        # langchain-openai sends max_completion_tokens only, which many compatible servers do not know; and without a
        # key it would send the one in OPENAI_API_KEY to a server it was not meant for.
        options["extra_body"] = {"max_tokens": settings.max_tokens}
        options.setdefault("api_key", NO_KEY)
    return options


def _when_again(exc: Exception) -> str:
    headers = getattr(getattr(exc, "response", None), "headers", {})
    seconds = headers.get("retry-after", "")
    return f"It asks to wait {seconds} seconds." if seconds.isdigit() else "Ask again later."
