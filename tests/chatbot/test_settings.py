import re
import traceback
from pathlib import Path

import pytest
from pydantic import SecretStr

from chatbot.errors import SettingsError
from chatbot.settings import ENVIRONMENT, Settings, read_settings
from index.limits import FileLimits
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
        ("public_url", "https://a.example/chat", "https://a.example/chat"),
        ("embed_origins", "https://a.example, http://b:80", ("https://a.example", "http://b:80")),
        ("embedding_model", "m", "m"),
        ("chroma_url", "http://x", "http://x"),
        ("model", "a:b", "a:b"),
        ("base_url", "http://y", "http://y"),
        ("api_key", "k", SecretStr("k")),
        ("temperature", "0.7", 0.7),
        ("timeout_seconds", "2.5", 2.5),
        ("retries", "0", 0),
        ("window_tokens", "8192", 8192),
        ("max_tokens", "7", 7),
        ("fetch_allow", "10.0.0.0/8, fd12::/16", "10.0.0.0/8, fd12::/16"),
        ("robots", "ignore", "ignore"),
        ("feed_minutes", "1.5", 1.5),
        ("readers", "open", "open"),
        ("proxy_header", "X-Forwarded-User", "X-Forwarded-User"),
        ("proxy_addresses", "10.0.0.5, ::1 10.1.0.0/16", ("10.0.0.5", "::1", "10.1.0.0/16")),
        ("editors", "ada,bob@desk.example", ("ada", "bob@desk.example")),
        ("session_hours", "1.5", 1.5),
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
        ("temperature", "2.1"),
        ("temperature", "nan"),
        ("timeout_seconds", "soon"),
        ("timeout_seconds", "0.0"),
        ("timeout_seconds", "inf"),
        ("retries", "-1"),
        ("retries", "11"),
        ("window_tokens", "2999"),
        ("max_tokens", "1.5"),
        ("max_tokens", "0"),
        ("fetch_allow", "10.0.0.1/8"),
        ("fetch_allow", "intranet"),
        ("robots", "no"),
        ("feed_minutes", "0.5"),
        ("model", "gpt"),
        ("model", "openai:"),
        ("base_url", "localhost:8000"),
        ("public_url", "a.example"),
        ("public_url", "https://a.example/chat?x"),
        ("public_url", "https://user@a.example"),
        ("embed_origins", "https://a.example/page"),
        ("api_key_file", "/nonexistent/key"),
        ("readers", "everyone"),
        ("readers", "proxy"),
        ("proxy_header", "X User"),
        ("proxy_addresses", "nginx"),
        ("session_hours", "0.0"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(f"Setting '{name}' has value '{value}'. ")):
        read_settings({ENVIRONMENT[name]: value})


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("port", "http", "a whole number"),
        ("port", "65536", "1 to 65535"),
        ("timeout_seconds", "soon", "a number"),
        ("timeout_seconds", "inf", "0.1 to 3600"),
        ("upload_mb", "0", "1 to 100000"),
        ("robots", "no", "respect or ignore"),
        ("readers", "everyone", "open, accounts, proxy or oidc"),
    ],
)
def test_a_refusal_says_what_is_expected(name: str, value: str, expected: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({ENVIRONMENT[name]: value})
    assert str(caught.value) == f"Setting '{name}' has value '{value}'. Expected {expected}."


def test_each_limit_on_a_file_has_a_variable() -> None:
    assert read_settings({"CHATBOT_LIMIT_FILE_MB": "7", "CHATBOT_LIMIT_PAGES": ""}).file_limits == FileLimits(file_mb=7)
    with pytest.raises(SettingsError, match="'limit_pages' has value '0'. Expected a whole number from 1 on.$"):
        read_settings({"CHATBOT_LIMIT_PAGES": "0"})


@pytest.mark.parametrize("variable", ["chatbot_port", "CHATBOT_LIMIT", "CHATBOT_LIMIT_X", "CHATBOT_EDITORS_0", "PORT"])
def test_a_variable_of_another_name_is_not_read(variable: str) -> None:
    assert read_settings({variable: "no"}) == Settings()


def test_the_key_is_never_shown() -> None:
    settings = read_settings({"CHATBOT_API_KEY": "sk-secret"})
    assert "sk-secret" not in repr(settings) and settings.key == "sk-secret"


def test_the_key_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("sk-secret\n")
    settings = read_settings({"CHATBOT_API_KEY_FILE": str(file)})
    assert settings.key == "sk-secret" and "sk-secret" not in repr(settings)
    assert read_settings({"CHATBOT_API_KEY_FILE": str(file), "CHATBOT_API_KEY": "other"}).key == "other"


@pytest.mark.parametrize(
    ("content", "message"),
    [(b" \n", "The file is empty."), (b"sk-\xff", "Expected a file that"), (b"sk-a\nsk-b", "holds a space, a line")],
)
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=message) as caught:
        read_settings({}, api_key_file=str(file))
    assert "sk-" not in "".join(traceback.format_exception(caught.value))


def test_an_answer_must_leave_room_for_its_prompt() -> None:
    with pytest.raises(SettingsError, match="Expected 6000 or more: 2000 beside max_tokens."):
        Settings(max_tokens=4000, window_tokens=5999)


@pytest.mark.parametrize(
    ("host", "alone"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True)]
    + [("0.0.0.0", False), ("::", False), ("192.0.2.1", False), ("localhost.example", False), ("", False)],
)
def test_only_loopback_is_this_machine_alone(host: str, alone: bool) -> None:
    assert Settings(host=host).alone is alone


def test_the_environment_is_read_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATBOT_PORT", "1234")
    assert read_settings().port == 1234 and Settings().port == 7860


def test_the_readme_names_every_variable() -> None:
    readme = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    assert [name for name in ENVIRONMENT.values() if name not in readme] == []
