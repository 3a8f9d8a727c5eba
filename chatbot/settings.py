"""The settings, read once from the command line's options and the environment and passed down.

Wrong values are refused here, each with its name, the value and what is expected.
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from annotated_types import Ge, Le
from pydantic import (
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from chatbot.errors import SettingsError
from index.fetch.address_policy import read_ranges
from index.limits import FileLimits

DEFAULT_EMBEDDING_MODEL = "all-MiniLM-L6-v2"
# Less than this beside the answer holds no instructions, history and passages.
PROMPT_TOKENS = 2000
KINDS = {"int_parsing": "a whole number", "int_from_float": "a whole number", "float_parsing": "a number"}

_ADDRESS = re.compile(r"https?://([^/@\s]+@)?([^/:\s\[\]]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?(/\S*)?")
_PUBLIC = re.compile(r"https?://([\w.-]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?(/[\w.~-]+)*/?", re.ASCII)

# Without TLS only on this machine, as for a try.
_ISSUER = re.compile(
    r"(?:https://[\w.-]+|http://(?:localhost|127\.0\.0\.1|\[::1\]))(:\d{1,5})?(/[\w.~%-]+)*/?", re.ASCII
)

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


def _words(given: object) -> object:
    """The words of a list with spaces or commas between them; what is no text is left as it is."""
    return tuple(filter(None, re.split(r"[,\s]+", given))) if isinstance(given, str) else given


def _folders(given: object) -> object:
    """The folders of a list as PATH has them; what is no text is left as it is."""
    return tuple(filter(None, given.split(os.pathsep))) if isinstance(given, str) else given


def _variable(name: str, least: float | None = None, most: float | None = None, **more: Any) -> Any:  # noqa: ANN401
    """A field that is read from the variable CHATBOT_`name`, and refused below `least` and above `most`."""
    if most is not None:
        more |= {"ge": least, "le": most, "allow_inf_nan": False}
    return Field(validation_alias=f"CHATBOT_{name}", **more)


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]
Folders = Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_folders)]
Origins = Annotated[tuple[str, ...], NoDecode, BeforeValidator(read_origins)]


class Settings(BaseSettings):
    """All that can be set. `model` is LangChain's provider:name, or None for the built-in answerer.

    Each field names its environment variable. They are read by `read_settings` alone: Settings() has the defaults.

    `public_url` is where readers find the page when that is not host and port: behind a proxy, perhaps below a path.
    Pages of the `embed_origins` may embed it.
    `wait_seconds` is how long a change waits for another process that is changing the index.
    `timeout_seconds` is how long the LLM may be silent, before its answer and within it. Its prompt, and its answer of
    `max_tokens` at most, have to fit into `window_tokens`. `fetch_allow` holds the ranges of IP addresses that
    pages are fetched from though they are not public. In `watch_folders` alone editors may choose what is watched.
    `readers` says who may read; without it, whoever is on this
    machine. `proxy_addresses` are the proxies that are believed, `editors` the names among those that they tell, and
    `proxy_groups_header` is where they list the groups of a reader. `oidc_issuer` is an OpenID Connect provider with
    which readers log in, and the claims are those of its ID token that hold their names and groups.
    `first_word_seconds` is how long a slow LLM may read before its first word: it is sent fewer passages then.
    `passage_tokens` of passages are sent for a question that asks for no overview and compares nothing.
    `judge` looks an LLM's answer through once more: "none", "llm" for the one that writes, or another PROVIDER:NAME.
    `claims_by_llm` has the LLM read new articles for claims while the page is served.
    `token_days` is how long an API token lasts. `upload_mb` is how much an editor may send at once.
    One visitor may have `questions_waiting` that are not answered yet and ask `questions_a_minute`; a question may hold
    `names_looked_up`. `history` is where conversations are kept, for `history_days` after their last question: in the
    reader's browser, with the account, or, off, in the tab alone. Without it that is the account where readers have
    names, else the browser.

    Raises SettingsError with the name and value of the setting that cannot be used.
    """

    # A refused value may be a key: pydantic's own message would show it.
    model_config = SettingsConfigDict(
        frozen=True, hide_input_in_errors=True, validate_by_name=True, validate_by_alias=True, loc_by_alias=False,
        case_sensitive=True, env_prefix="CHATBOT_",
    )

    data: Path = _variable("DATA", default=Path("data"))
    host: str = _variable("HOST", default="127.0.0.1")
    port: int = _variable("PORT", 1, 65535, default=7860)
    public_url: str | None = _variable("PUBLIC_URL", default=None)
    embed_origins: Origins = _variable("EMBED_ORIGINS", default=())
    embedding_model: str = _variable("EMBEDDING_MODEL", default=DEFAULT_EMBEDDING_MODEL)
    chroma_url: str | None = _variable("CHROMA_URL", default=None)
    wait_seconds: float = _variable("WAIT", 0, 86_400, default=60.0)
    model: str | None = _variable("MODEL", default=None)
    base_url: str | None = _variable("BASE_URL", default=None)
    api_key: SecretStr | None = _variable("API_KEY", default=None)
    api_key_file: Path | None = _variable("API_KEY_FILE", default=None)
    temperature: float = _variable("TEMPERATURE", 0, 2, default=0.0)
    timeout_seconds: float = _variable("TIMEOUT", 0.1, 3600, default=60.0)
    retries: int = _variable("RETRIES", 0, 10, default=2)
    judge: str = _variable("JUDGE", default="none")
    claims_by_llm: Literal["on", "off"] = _variable("CLAIMS_BY_LLM", default="off")
    first_word_seconds: float = _variable("FIRST_WORD", 1, 600, default=10.0)
    passage_tokens: int = _variable("PASSAGE_TOKENS", 100, 1_000_000, default=780)
    window_tokens: int = _variable("WINDOW", default=4096)
    max_tokens: int = _variable("MAX_TOKENS", 1, 1_000_000, default=1000)
    fetch_allow: str = _variable("FETCH_ALLOW", default="")
    robots: Literal["respect", "ignore"] = _variable("ROBOTS", default="respect")
    feed_minutes: float = _variable("FEED_MINUTES", 1, 10_080, default=15.0)
    watch_folders: Folders = _variable("WATCH_FOLDERS", default=())
    readers: Literal["open", "accounts", "proxy", "oidc"] | None = _variable("READERS", default=None)
    oidc_issuer: str | None = _variable("OIDC_ISSUER", default=None)
    oidc_client_id: str | None = _variable("OIDC_CLIENT_ID", default=None)
    oidc_client_secret: SecretStr | None = _variable("OIDC_CLIENT_SECRET", default=None)
    oidc_scopes: str = _variable("OIDC_SCOPES", default="openid email profile")
    oidc_name_claim: str = _variable("OIDC_NAME_CLAIM", default="email")
    oidc_groups_claim: str = _variable("OIDC_GROUPS_CLAIM", default="groups")
    proxy_header: str | None = _variable("PROXY_HEADER", default=None)
    proxy_groups_header: str | None = _variable("PROXY_GROUPS_HEADER", default=None)
    proxy_addresses: Words = _variable("PROXY_ADDRESSES", default=())
    editors: Words = _variable("EDITORS", default=())
    session_hours: float = _variable("SESSION_HOURS", 0.01, 8760, default=12.0)
    token_days: int = _variable("TOKEN_DAYS", 1, 36_500, default=365)
    upload_mb: int = _variable("UPLOAD_LIMIT", 1, 100_000, default=100)
    questions_waiting: int = _variable("QUESTIONS_WAITING", 1, 1000, default=3)
    questions_a_minute: int = _variable("QUESTIONS_A_MINUTE", 1, 1_000_000, default=30)
    history: Literal["browser", "account", "off"] | None = _variable("HISTORY", default=None)
    history_days: int = _variable("HISTORY_DAYS", 1, 36_500, default=90)
    names_looked_up: int = _variable("NAMES_LOOKED_UP", 1, 1000, default=20)
    # Each limit has a variable of its own, such as CHATBOT_LIMIT_PAGES.
    file_limits: Annotated[FileLimits, NoDecode] = FileLimits()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is given, so that Settings() is the same everywhere."""
        return (init_settings,)

    @property
    def address(self) -> str:
        """Where readers find the page, without a slash at its end."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        shown = f"[{host}]" if ":" in host else host
        return (self.public_url or f"http://{shown}:{self.port}").rstrip("/")

    @property
    def history_place(self) -> str:
        """Where conversations of readers with a name are kept: "browser", "account" or "off"."""
        return self.history or ("browser" if self.readers in (None, "open") else "account")

    def upload_limit(self, suffix: str) -> tuple[int, str]:
        """How many MB of a file with this suffix may be uploaded, and the variable that sets so: what would be refused
        when it is read is not taken."""
        if suffix != ".zip" and self.file_limits.file_mb < self.upload_mb:
            return self.file_limits.file_mb, "CHATBOT_LIMIT_FILE_MB"
        return self.upload_mb, "CHATBOT_UPLOAD_LIMIT"

    @property
    def key(self) -> str | None:
        """The LLM's key as its server is sent it; never to be shown."""
        return self.api_key.get_secret_value() if self.api_key else None

    @property
    def alone(self) -> bool:
        """Whether the page is served to this machine alone."""
        public = urlsplit(self.public_url).hostname if self.public_url else "localhost"
        return _is_loopback(self.host) and _is_loopback(public or "")

    @model_validator(mode="wrap")
    @classmethod
    def _name_what_is_wrong(cls, given: Any, validate: ModelWrapValidatorHandler["Settings"]) -> "Settings":  # noqa: ANN401
        try:
            return validate(given)
        except ValidationError as exc:
            raise _readable(exc) from None

    @model_validator(mode="after")
    def _check_llm(self) -> "Settings":
        if self.model is not None and not all(self.model.partition(":")):
            raise _unusable("model", self.model, "Expected PROVIDER:NAME, such as ollama:llama3.2.")
        if self.judge not in ("none", "llm") and not all(self.judge.partition(":")):
            raise _unusable("judge", self.judge, "Expected none, llm, or PROVIDER:NAME of another LLM.")
        if self.base_url and not _ADDRESS.fullmatch(self.base_url):
            example = "Expected http://... or https://..., such as http://127.0.0.1:8000/v1."
            raise _unusable("base_url", self.base_url, example)
        if self.window_tokens < self.max_tokens + PROMPT_TOKENS:
            expected = f"Expected {self.max_tokens + PROMPT_TOKENS} or more: {PROMPT_TOKENS} beside max_tokens."
            raise _unusable("window_tokens", self.window_tokens, expected)
        if self.key and not re.fullmatch("[!-~]+", self.key):
            raise SettingsError("Setting 'api_key' holds a space, a line break or a letter that no key has.")
        return self

    @model_validator(mode="after")
    def _check_readers(self) -> "Settings":
        if self.public_url and not _PUBLIC.fullmatch(self.public_url):
            example = "Expected the address readers use, such as https://intranet.example/chat."
            raise _unusable("public_url", self.public_url, example)
        for address in self.proxy_addresses:
            try:
                ip_network(address)
            except ValueError as exc:
                raise _unusable("proxy_addresses", address, "Expected such as 10.0.0.5 or 10.0.0.0/24.") from exc
        for name in ("proxy_header", "proxy_groups_header"):
            header = getattr(self, name)
            if header and not re.fullmatch("[A-Za-z0-9-]+", header):
                raise _unusable(name, header, "Expected a header's name, such as X-Forwarded-User.")
        if self.readers == "proxy" and not (self.proxy_header and self.proxy_addresses):
            needed = "It needs CHATBOT_PROXY_HEADER and CHATBOT_PROXY_ADDRESSES: what to believe, and from whom."
            raise _unusable("readers", "proxy", needed)
        return self

    @model_validator(mode="after")
    def _check_sign_on(self) -> "Settings":
        if self.oidc_issuer and not _ISSUER.fullmatch(self.oidc_issuer):
            example = "Expected the issuer's address over https, such as https://login.example/realms/staff."
            raise _unusable("oidc_issuer", self.oidc_issuer, example)
        if "openid" not in self.oidc_scopes.split():
            raise _unusable("oidc_scopes", self.oidc_scopes, "Expected openid and others: openid email groups.")
        if self.readers == "oidc" and not (self.oidc_issuer and self.oidc_client_id):
            raise _unusable("readers", "oidc", "It needs CHATBOT_OIDC_ISSUER and CHATBOT_OIDC_CLIENT_ID.")
        return self

    @model_validator(mode="after")
    def _check_fetching(self) -> "Settings":
        try:
            read_ranges(self.fetch_allow)
        except ValueError as exc:
            example = "Expected ranges of IP addresses, such as 10.0.0.0/8,fd12::/16."
            raise _unusable("fetch_allow", self.fetch_allow, example) from exc
        return self


ENVIRONMENT = {
    name: str(field.validation_alias) for name, field in Settings.model_fields.items() if field.validation_alias
}


def read_settings(environment: Mapping[str, str] = os.environ, **options: object) -> Settings:
    """Options that are not None win over the environment, the environment over the defaults.

    What is no setting among the options is left out. A key wins over a key file. Raises SettingsError with the name
    and value of the setting that cannot be used.
    """
    source = EnvSettingsSource(Settings)
    source.env_vars = {name: value for name, value in environment.items() if value}
    given = source()
    values: dict[str, Any] = {name: given[variable] for name, variable in ENVIRONMENT.items() if variable in given}
    values |= {name: value for name, value in options.items() if name in ENVIRONMENT and value is not None}
    values["file_limits"] = _file_limits(environment)
    settings = Settings(**values)
    if settings.api_key_file and not settings.key:
        settings = Settings(**values | {"api_key": SecretStr(_key(settings.api_key_file))})
    return settings


def _file_limits(environment: Mapping[str, str]) -> FileLimits:
    given = {limit.name: environment.get(f"CHATBOT_LIMIT_{limit.name.upper()}") for limit in fields(FileLimits)}
    for name, value in given.items():
        if value and not re.fullmatch(r"[1-9]\d{0,8}", value):
            raise _unusable(f"limit_{name}", value, "Expected a whole number from 1 on.")
    return FileLimits(**{name: int(value) for name, value in given.items() if value})


def _readable(invalid: ValidationError) -> SettingsError:
    """The first value that pydantic refuses, in the words of every other message here."""
    first = invalid.errors(include_url=False)[0]
    name, kind = str(first["loc"][0]), first["type"]
    if kind in ("greater_than_equal", "less_than_equal", "finite_number"):
        expected = _range(name)
    elif kind == "literal_error":
        expected = str(first["ctx"]["expected"]).replace("'", "")
    else:
        expected = KINDS.get(kind, "another kind of value")
    return _unusable(name, first["input"], f"Expected {expected}.")


def _range(name: str) -> str:
    rules = Settings.model_fields[name].metadata
    [least] = [rule.ge for rule in rules if isinstance(rule, Ge)]
    [most] = [rule.le for rule in rules if isinstance(rule, Le)]
    return f"{least} to {most}"


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
