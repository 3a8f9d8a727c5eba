import pytest

from chatbot.errors import SettingsError
from chatbot.settings import read_origins, read_settings
from chatbot.web.embed_snippet import snippet


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        ("", ()),
        ("https://a.example", ("https://a.example",)),
        (" https://A.example:8443,http://b\n,http://[::1]:80 ", ("https://a.example:8443", "http://b", "http://[::1]:80")),
        ("http://b http://B", ("http://b",)),
    ],
)
def test_origins_stand_between_spaces_or_commas(given: str, origins: tuple[str, ...]) -> None:
    assert read_origins(given) == read_settings({"CHATBOT_EMBED_ORIGINS": given}).embed_origins == origins


@pytest.mark.parametrize(
    "origin",
    ["a.example", "https://a.example/", "https://a.example/chat", "ftp://a", "https://u@a", "null", "'none'", "https://a;b"],
)
def test_what_is_no_origin_is_named(origin: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_origins(f"https://good.example {origin}")
    assert f"Setting 'embed_origins' has value '{origin}'. Expected scheme://host or" in str(refused.value)


@pytest.mark.parametrize("origin", ["*", "https://*", "https://*.example.com", "*:8080"])
def test_everyone_is_refused_with_the_reason(origin: str) -> None:
    with pytest.raises(SettingsError, match="would let any site show the chat as its own"):
        read_origins(origin)


def test_the_snippet_has_the_address_and_the_origins() -> None:
    printed = snippet("https://news.example/chat", ["https://intranet.example"])
    assert '<script src="https://news.example/chat/widget.js" async></script>' in printed
    assert '<iframe src="https://news.example/chat/embed"' in printed and "<div data-article-chat></div>" in printed
    assert printed.endswith("Pages of these origins may embed it:\n    https://intranet.example\n")
    assert "--url" not in printed
    here = snippet("http://127.0.0.1:7860", [], alone=True)
    assert "none but its own: set CHATBOT_EMBED_ORIGINS, such as" in here and "Say with --url where" in here


def test_an_address_cannot_break_out_of_its_attribute() -> None:
    printed = snippet('http://a.example/"><img src=x onerror="alert(1)', [])
    assert "<img" not in printed and printed.count("&#34;&gt;&lt;img src=x") == 2
