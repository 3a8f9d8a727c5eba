"""Explains to a person what a provider's package raised: what happened, where, and what to do. Says as well
whether asking again may help and how long the server wants to be left alone. Never tells the key."""

import datetime
import re
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from pydantic import ValidationError

from chatbot.settings import Settings
from index.message import Message, joined

LONGEST_DETAIL_CHARACTERS = 200
CHECK_LOG, ASK_AGAIN = Message("Check the server's log."), Message("Ask again.")

_UNREACHED = re.compile(r"Connect|Protocol|Network|ReadError|WriteError")
_PASSING = (408, 409, 429)
# A request that is not understood, or that asks for what is not made.
_UNKNOWN_FORM = (400, 405, 415, 422, 501)


def is_passing(exc: BaseException) -> bool:
    """Whether the fault may be gone when the server is asked again: not reached, busy or broken. Not where it kept
    silent: the reader has waited for the whole of the timeout already."""
    status = status_of(exc)
    if status is not None:
        return status in _PASSING or status >= 500
    return "Timeout" not in _kinds(exc) and _UNREACHED.search(_kinds(exc)) is not None


def status_of(exc: BaseException) -> int | None:
    """The HTTP status of a refusal."""
    status = getattr(exc, "status_code", None)
    return status if isinstance(status, int) and status >= 400 else None


def refuses_schemas(exc: BaseException) -> bool:
    """Whether a server refused to write in a given form, or wrote prose in its stead: it will do so again. Another
    fault, such as an answer that breaks off, is that answer's alone."""
    if isinstance(exc, NotImplementedError | TypeError):
        return True
    faults = exc.errors() if isinstance(exc, ValidationError) else []
    wrote_prose = any(fault["type"] == "json_invalid" and _is_prose(fault["input"]) for fault in faults)
    return wrote_prose or status_of(exc) in _UNKNOWN_FORM


def _is_prose(written: object) -> bool:
    return not str(written).lstrip().startswith("{")


def was_cut_short(exc: BaseException) -> bool:
    """Whether an answer in a given form used up its tokens before it was complete."""
    return "LengthFinishReason" in _kinds(exc)


def seconds_asked(exc: BaseException) -> float:
    """What the refusal's Retry-After, seconds or an HTTP date, asks to wait; 0 where it says nothing."""
    given = str(getattr(getattr(exc, "response", None), "headers", {}).get("retry-after", "")).strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", given):
        return float(given)
    try:
        at = parsedate_to_datetime(given)
    except ValueError:
        return 0
    now = datetime.datetime.now(datetime.UTC)
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=datetime.UTC)) - now).total_seconds())


def tells_key(exc: BaseException, settings: Settings) -> bool:
    """Whether `exc` may quote the key, as a refusal does; it is then to be kept out of every traceback."""
    return status_of(exc) in (401, 403) or bool(settings.key and settings.key in str(exc))


class Faults:
    """The sentences about the LLM that `settings` name."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._provider, _, self._name = str(settings.model).partition(":")

    def unmade(self, exc: Exception) -> str:
        """Why the provider's client could not be made."""
        detail, model = str(exc), self._settings.model
        if isinstance(exc, ImportError):
            package = re.search(r"pip install ([\w-]+)", detail)
            wanted = package[1] if package else f"langchain-{self._provider}"
            return f"Model {model} needs a package that is not installed. Run: pip install {wanted}"
        if "Unsupported provider" in detail:
            known = detail.partition("are: ")[2]
            return f"Model {model} names the unknown provider '{self._provider}'. Known are {known}."
        if re.search(r"api[_ ]?key|credential", detail, re.IGNORECASE):
            return f"Model {model} needs a key. Set CHATBOT_API_KEY, or a base URL for a server that needs none."
        return f"Model {model} cannot be set up: {self._shown(detail)}"

    def raised(self, exc: BaseException, *, begun: bool) -> Message:
        """What went wrong; `begun` if some of the answer came."""
        status = status_of(exc)
        return self._fault(exc, begun=begun) if status is None else self._refusal(status, exc)

    def endless(self) -> Message:
        """It wrote more than it was allowed to."""
        return Message("The LLM %(llm)s did not stop writing and was cut off.", llm=self._llm())

    def empty(self) -> Message:
        """It ended without a word."""
        empty = Message("The LLM %(llm)s sent an empty answer.", llm=self._llm())
        return joined(empty, self._check_path() or CHECK_LOG)

    def spent(self) -> Message:
        """It used up its tokens before it wrote a word, as models that think do."""
        return Message(
            "The LLM %(llm)s used up its %(count)s tokens before it wrote anything. Raise the setting 'max_tokens'.",
            llm=self._llm(), count=str(self._settings.max_tokens),
        )

    def cut_short(self) -> Message:
        """It used up its tokens in mid-answer."""
        return Message(
            "The LLM %(llm)s stopped at its limit of %(count)s tokens (CHATBOT_MAX_TOKENS).",
            llm=self._llm(), count=str(self._settings.max_tokens),
        )

    def broken_off(self) -> Message:
        """It ended without having said that its answer is complete."""
        return Message("The LLM %(llm)s broke off before its answer was complete. Ask again.", llm=self._llm())

    def _refusal(self, status: int, exc: BaseException) -> Message:
        llm = self._llm(exc)
        if status in (401, 403):
            return Message(
                "The LLM %(llm)s refused the key (%(status)s). Set CHATBOT_API_KEY to one that it accepts.",
                llm=llm, status=status,
            )
        if status == 404:
            missing = Message("The LLM %(llm)s has no model '%(name)s' (404).", llm=llm, name=self._name)
            pull = Message("Run: ollama pull %(name)s", name=self._name)
            remedy = pull if self._provider == "ollama" else Message("Check the model's name.")
            return joined(missing, remedy, self._check_path())
        if status == 429:
            busy = Message("The LLM %(llm)s is busy, or the quota is used up (429).", llm=llm)
            return joined(busy, _when_again(exc))
        if status >= 500:
            return joined(Message("The LLM %(llm)s failed (%(status)s).", llm=llm, status=status), ASK_AGAIN, CHECK_LOG)
        return Message(
            "The LLM %(llm)s refused the request (%(status)s): %(detail)s",
            llm=llm, status=status, detail=self._shown(str(exc)),
        )

    def _fault(self, exc: BaseException, *, begun: bool) -> Message:
        kinds, llm = _kinds(exc), self._llm(exc)
        if "Timeout" in kinds:
            return self._silent(llm, begun=begun)
        if _UNREACHED.search(kinds) and begun:
            return self.broken_off()
        if _UNREACHED.search(kinds):
            return Message(
                "The LLM %(llm)s cannot be reached. Check that it is running and that the address is right.", llm=llm
            )
        if isinstance(exc, ValueError):
            unreadable = Message("The LLM %(llm)s sent what cannot be read.", llm=llm)
            return joined(unreadable, self._check_path() or CHECK_LOG)
        return Message("The LLM %(llm)s failed: %(detail)s", llm=llm, detail=self._shown(str(exc)))

    def _silent(self, llm: str, *, begun: bool) -> Message:
        seconds = f"{self._settings.timeout_seconds:g}"
        if begun:
            return Message(
                "The LLM %(llm)s stopped in the middle of its answer for %(count)s seconds "
                "(setting 'timeout_seconds').",
                llm=llm, count=seconds,
            )
        return Message(
            "The LLM %(llm)s did not answer for %(count)s seconds (setting 'timeout_seconds').", llm=llm, count=seconds
        )

    def _llm(self, exc: BaseException | None = None) -> str:
        """The LLM's name, with its address where that is known."""
        parts = urlsplit(self._settings.base_url or _address(exc))
        host, model = parts.netloc.rpartition("@")[2], str(self._settings.model)
        return Message("%(model)s at %(address)s", model=model, address=f"{parts.scheme}://{host}") if host else model

    def _check_path(self) -> str:
        base_url = self._settings.base_url
        if base_url and self._provider == "openai" and not base_url.rstrip("/").endswith("/v1"):
            path = urlsplit(base_url).path or "/"
            return Message("Check the base URL %(path)s: that of most servers ends in /v1.", path=path)
        return ""

    def _shown(self, detail: str) -> str:
        if self._settings.key:
            detail = detail.replace(self._settings.key, "(key)")
        return " ".join(detail.split())[:LONGEST_DETAIL_CHARACTERS]


def _kinds(exc: BaseException) -> str:
    """Names of the exception's classes: each package has its own, which cannot be imported without the package."""
    return " ".join(kind.__name__ for kind in type(exc).__mro__)


def _address(exc: BaseException | None) -> str:
    try:
        return str(getattr(getattr(exc, "request", None), "url", ""))
    except RuntimeError:  # As httpx has it where an error knows no request.
        return ""


def _when_again(exc: BaseException) -> Message:
    seconds = round(seconds_asked(exc))
    if seconds == 1:
        return Message("It asks to wait 1 second.")
    return Message("It asks to wait %(count)s seconds.", count=str(seconds)) if seconds else Message("Ask again later.")
