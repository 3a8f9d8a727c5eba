"""The settings, read once in `app.py` from options and environment and passed down; wrong values are refused here."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from chatbot.errors import SettingsError

ENVIRONMENT = {
    "data": "CHATBOT_DATA",
    "host": "CHATBOT_HOST",
    "port": "CHATBOT_PORT",
    "embedding_model": "CHATBOT_EMBEDDING_MODEL",
    "chroma_url": "CHATBOT_CHROMA_URL",
    "model": "CHATBOT_MODEL",
    "base_url": "CHATBOT_BASE_URL",
    "api_key": "CHATBOT_API_KEY",
    "timeout_seconds": "CHATBOT_TIMEOUT",
    "max_tokens": "CHATBOT_MAX_TOKENS",
}


@dataclass(frozen=True)
class Settings:
    """All that can be set. `model` is LangChain's provider:name, or None for the built-in answerer."""

    data: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = 7860
    embedding_model: str = "all-MiniLM-L6-v2"
    chroma_url: str | None = None
    model: str | None = None
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    timeout_seconds: float = 60.0
    max_tokens: int = 1000

    def __post_init__(self) -> None:
        if not 1 <= self.port <= 65535:
            raise SettingsError(f"Setting 'port' has value '{self.port}'. Expected 1 to 65535.")
        if self.model is not None and ":" not in self.model:
            raise SettingsError(
                f"Setting 'model' has value '{self.model}'. Expected PROVIDER:NAME, such as ollama:llama3.2."
            )


def read_settings(environment: Mapping[str, str] = os.environ, **options: object) -> Settings:
    """Options that are not None win over the environment, the environment over the defaults.

    Raises SettingsError with the name and value of the setting that cannot be used.
    """
    kinds = {f.name: type(f.default) for f in fields(Settings) if f.default is not None}
    values: dict[str, object] = {}
    for name, variable in ENVIRONMENT.items():
        given = options.get(name)
        if given is None:
            given = environment.get(variable) or None
        if given is not None:
            values[name] = _converted(name, given, kinds.get(name, str))
    return replace(Settings(), **values)  # type: ignore[arg-type]


def _converted(name: str, value: object, kind: type) -> object:
    target = Path if name == "data" else kind
    try:
        return target(value)
    except (TypeError, ValueError) as exc:
        raise SettingsError(f"Setting '{name}' has value '{value}'. Expected a {target.__name__}.") from exc
