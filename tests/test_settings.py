import re
from pathlib import Path

import pytest

from chatbot.errors import SettingsError
from chatbot.settings import ENVIRONMENT, Settings, read_settings
from tests.conftest import ROOT


def test_nothing_set_gives_the_defaults() -> None:
    assert read_settings({}) == Settings()
    assert (Settings().data, Settings().port, Settings().model) == (Path("data"), 7860, None)


def test_options_win_over_the_environment_and_that_over_the_defaults() -> None:
    environment = {"CHATBOT_PORT": "8000", "CHATBOT_DATA": "/srv/data"}
    settings = read_settings(environment, port=9000, data=None)
    assert (settings.port, settings.data, settings.host) == (9000, Path("/srv/data"), "127.0.0.1")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("data", "/srv", Path("/srv")),
        ("host", "0.0.0.0", "0.0.0.0"),
        ("port", "80", 80),
        ("embedding_model", "m", "m"),
        ("chroma_url", "http://x", "http://x"),
        ("model", "a:b", "a:b"),
        ("base_url", "http://y", "http://y"),
        ("api_key", "k", "k"),
        ("timeout_seconds", "2.5", 2.5),
        ("max_tokens", "7", 7),
    ],
)
def test_each_setting_has_a_variable(name: str, text: str, value: object) -> None:
    assert getattr(read_settings({ENVIRONMENT[name]: text}), name) == value


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert read_settings(dict.fromkeys(ENVIRONMENT.values(), "")) == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "0"),
        ("port", "65536"),
        ("port", "http"),
        ("timeout_seconds", "soon"),
        ("max_tokens", "1.5"),
        ("model", "gpt"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(f"Setting '{name}' has value '{value}'. Expected ")):
        read_settings({ENVIRONMENT[name]: value})


def test_the_key_is_never_shown() -> None:
    settings = read_settings({"CHATBOT_API_KEY": "sk-secret"})
    assert "sk-secret" not in repr(settings) and settings.api_key == "sk-secret"


def test_the_environment_is_read_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATBOT_PORT", "1234")
    assert read_settings().port == 1234 and Settings().port == 7860


def test_the_readme_names_every_variable() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in ENVIRONMENT.values() if name not in readme] == []
