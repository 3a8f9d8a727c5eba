"""The settings, read once in `app.py` from options and environment and passed down; wrong values are refused here."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from chatbot.errors import SettingsError
from index.fetch.address_policy import read_ranges
from index.limits import FileLimits

ENVIRONMENT = {
    "data": "CHATBOT_DATA",
    "host": "CHATBOT_HOST",
    "port": "CHATBOT_PORT",
    "public_url": "CHATBOT_PUBLIC_URL",
    "embed_origins": "CHATBOT_EMBED_ORIGINS",
    "embedding_model": "CHATBOT_EMBEDDING_MODEL",
    "chroma_url": "CHATBOT_CHROMA_URL",
    "wait_seconds": "CHATBOT_WAIT",
    "model": "CHATBOT_MODEL",
    "base_url": "CHATBOT_BASE_URL",
    "api_key": "CHATBOT_API_KEY",
    "api_key_file": "CHATBOT_API_KEY_FILE",
    "temperature": "CHATBOT_TEMPERATURE",
    "timeout_seconds": "CHATBOT_TIMEOUT",
    "retries": "CHATBOT_RETRIES",
    "window_tokens": "CHATBOT_WINDOW",
    "max_tokens": "CHATBOT_MAX_TOKENS",
    "fetch_allow": "CHATBOT_FETCH_ALLOW",
    "robots": "CHATBOT_ROBOTS",
    "feed_minutes": "CHATBOT_FEED_MINUTES",
    "readers": "CHATBOT_READERS",
    "proxy_header": "CHATBOT_PROXY_HEADER",
    "proxy_addresses": "CHATBOT_PROXY_ADDRESSES",
    "editors": "CHATBOT_EDITORS",
    "session_hours": "CHATBOT_SESSION_HOURS",
    "token_days": "CHATBOT_TOKEN_DAYS",
    "upload_mb": "CHATBOT_UPLOAD_LIMIT",
}
LIMITS = {
    "port": (1, 65535),
    "wait_seconds": (0, 86_400),
    "temperature": (0, 2),
    "timeout_seconds": (0.1, 3600),
    "retries": (0, 10),
    "max_tokens": (1, 1_000_000),
    "feed_minutes": (1, 10_080),
    "session_hours": (0.01, 8760),
    "token_days": (1, 36_500),
    "upload_mb": (1, 100_000),
}
READERS = ("open", "accounts", "proxy")
# Less than this beside the answer holds no instructions, history and passages.
PROMPT_TOKENS = 2000

_ADDRESS = re.compile(r"https?://([^/@\s]+@)?([^/:\s\[\]]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?(/\S*)?")
_PUBLIC = re.compile(r"https?://([\w.-]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?(/[\w.~-]+)*/?", re.ASCII)


EVERYONE = "A * would let any site show the chat as its own: name each origin, such as https://intranet.example."
EXPECTED = "Expected scheme://host or scheme://host:port without a path, such as https://intranet.example."
ORIGIN = re.compile(r"https?://([a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(:\d{1,5})?", re.IGNORECASE)


def read_origins(given: str | Iterable[str]) -> tuple[str, ...]:
    """The origins in a list with spaces or commas between them, each once, in small letters as browsers send them.

    Raises SettingsError with the one that is no origin.
    """
    listed = re.split(r"[\s,]+", given.strip(" ,\t\r\n")) if isinstance(given, str) else given
    origins = [origin for origin in listed if origin]
    for origin in origins:
        if not ORIGIN.fullmatch(origin):
            expected = EVERYONE if "*" in origin else EXPECTED
            raise SettingsError(f"Setting 'embed_origins' has value '{origin}'. {expected}")
    return tuple(dict.fromkeys(origin.lower() for origin in origins))


@dataclass(frozen=True)
class Settings:
    """All that can be set. `model` is LangChain's provider:name, or None for the built-in answerer.

    `public_url` is where readers find the page when that is not host and port: behind a proxy, perhaps below a path.
    Pages of the `embed_origins` may embed it.
    `wait_seconds` is how long a change waits for another process that is changing the index.
    `timeout_seconds` is how long the LLM may be silent, before its answer and within it. Its prompt, and its answer of
    `max_tokens` at most, have to fit into `window_tokens`. `fetch_allow` holds the ranges of IP addresses that
    pages are fetched from though they are not public; `robots` is "respect" or "ignore".
    `max_tokens` at most, have to fit into `window_tokens`. `readers` says who may read; without it, whoever is on this
    machine. `proxy_addresses` are the proxies that are believed, `editors` the names among those that they tell.
    `token_days` is how long an API token lasts. `upload_mb` is how much an editor may send at once.
    """

    data: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = 7860
    public_url: str | None = None
    embed_origins: tuple[str, ...] = ()
    embedding_model: str = "all-MiniLM-L6-v2"
    chroma_url: str | None = None
    wait_seconds: float = 60.0
    model: str | None = None
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    api_key_file: Path | None = None
    temperature: float = 0.0
    timeout_seconds: float = 60.0
    retries: int = 2
    window_tokens: int = 4096
    max_tokens: int = 1000
    fetch_allow: str = ""
    robots: str = "respect"
    feed_minutes: float = 15.0
    readers: str | None = None
    proxy_header: str | None = None
    proxy_addresses: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    session_hours: float = 12.0
    token_days: int = 365
    upload_mb: int = 100
    file_limits: FileLimits = FileLimits()

    @property
    def address(self) -> str:
        """Where readers find the page, without a slash at its end."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        shown = f"[{host}]" if ":" in host else host
        return (self.public_url or f"http://{shown}:{self.port}").rstrip("/")

    def __post_init__(self) -> None:
        for name, (least, most) in LIMITS.items():
            if not least <= getattr(self, name) <= most:
                raise _unusable(name, getattr(self, name), f"Expected {least} to {most}.")
        if self.model is not None and not all(self.model.partition(":")):
            raise _unusable("model", self.model, "Expected PROVIDER:NAME, such as ollama:llama3.2.")
        if self.base_url and not _ADDRESS.fullmatch(self.base_url):
            example = "Expected http://... or https://..., such as http://127.0.0.1:8000/v1."
            raise _unusable("base_url", self.base_url, example)
        if self.public_url and not _PUBLIC.fullmatch(self.public_url):
            example = "Expected the address readers use, such as https://intranet.example/chat."
            raise _unusable("public_url", self.public_url, example)
        if self.window_tokens < self.max_tokens + PROMPT_TOKENS:
            expected = f"Expected {self.max_tokens + PROMPT_TOKENS} or more: {PROMPT_TOKENS} beside max_tokens."
            raise _unusable("window_tokens", self.window_tokens, expected)
        self._check_fetching()
        if self.api_key and not re.fullmatch("[!-~]+", self.api_key):
            raise SettingsError("Setting 'api_key' holds a space, a line break or a letter that no key has.")
        self._check_readers()

    @property
    def alone(self) -> bool:
        """Whether the page is served to this machine alone."""
        public = urlsplit(self.public_url).hostname if self.public_url else "localhost"
        return _is_loopback(self.host) and _is_loopback(public or "")

    def _check_readers(self) -> None:
        if self.readers not in (None, *READERS):
            raise _unusable("readers", self.readers, "Expected open, accounts or proxy.")
        for address in self.proxy_addresses:
            try:
                ip_network(address)
            except ValueError as exc:
                raise _unusable("proxy_addresses", address, "Expected such as 10.0.0.5 or 10.0.0.0/24.") from exc
        if self.proxy_header and not re.fullmatch("[A-Za-z0-9-]+", self.proxy_header):
            raise _unusable("proxy_header", self.proxy_header, "Expected a header's name, such as X-Forwarded-User.")
        if self.readers == "proxy" and not (self.proxy_header and self.proxy_addresses):
            needed = "It needs CHATBOT_PROXY_HEADER and CHATBOT_PROXY_ADDRESSES: what to believe, and from whom."
            raise _unusable("readers", "proxy", needed)

    def _check_fetching(self) -> None:
        try:
            read_ranges(self.fetch_allow)
        except ValueError as exc:
            example = "Expected ranges of IP addresses, such as 10.0.0.0/8,fd12::/16."
            raise _unusable("fetch_allow", self.fetch_allow, example) from exc
        if self.robots not in ("respect", "ignore"):
            raise _unusable("robots", self.robots, "Expected respect or ignore.")


def read_settings(environment: Mapping[str, str] = os.environ, **options: object) -> Settings:
    """Options that are not None win over the environment, the environment over the defaults.

    A key wins over a key file. Raises SettingsError with the name and value of the setting that cannot be used.
    """
    kinds = {f.name: type(f.default) for f in fields(Settings) if f.default is not None}
    values: dict[str, object] = {}
    for name, variable in ENVIRONMENT.items():
        given = options.get(name)
        if given is None:
            given = environment.get(variable) or None
        if given is not None:
            values[name] = _converted(name, given, kinds.get(name, str))
    settings = replace(Settings(), **values, file_limits=_file_limits(environment))  # type: ignore[arg-type]
    if settings.api_key_file and not settings.api_key:
        settings = replace(settings, api_key=_key(settings.api_key_file))
    return settings


def _file_limits(environment: Mapping[str, str]) -> FileLimits:
    """The limits on one file, each from its own variable, such as CHATBOT_LIMIT_PAGES."""
    given = {one.name: environment.get(f"CHATBOT_LIMIT_{one.name.upper()}") for one in fields(FileLimits)}
    for name, value in given.items():
        if value and not re.fullmatch(r"[1-9]\d{0,8}", value):
            raise _unusable(f"limit_{name}", value, "Expected a whole number from 1 on.")
    return FileLimits(**{name: int(value) for name, value in given.items() if value})


def _converted(name: str, value: object, kind: type) -> object:
    if name == "embed_origins":
        return read_origins(str(value))
    if kind is tuple and isinstance(value, str):
        return tuple(filter(None, re.split(r"[,\s]+", value)))
    target = Path if name in ("data", "api_key_file") else kind
    try:
        return target(value)
    except (TypeError, ValueError) as exc:
        raise _unusable(name, value, f"Expected a {target.__name__}.") from exc


def _key(path: Path) -> str:
    try:
        key = path.read_text(encoding="utf-8").strip()
    except OSError as exc:
        raise _unusable("api_key_file", path, f"It cannot be read: {exc.strerror}.") from exc
    except ValueError:
        raise _unusable("api_key_file", path, "Expected a file that holds the key and nothing else.") from None
    if not key:
        raise _unusable("api_key_file", path, "The file is empty. Expected the key in it.")
    return key


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _unusable(name: str, value: object, expected: str) -> SettingsError:
    return SettingsError(f"Setting '{name}' has value '{value}'. {expected}")
