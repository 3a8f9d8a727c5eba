"""robots.txt files that are made to slow down who reads them, and encodings that strangers name."""

import encodings.aliases

import pytest

from index.characters import text_of
from index.fetch.robots import AGENT, Rules
from tests.support.cpu import less_than

BYTES = 500_000
SECONDS = 5
URL = "https://news.example/" + "a" * 2000 + "?q=" + "b" * 2000


def lines(line: str, most: int = BYTES) -> str:
    """As many numbered lines as there is room for."""
    return "\n".join(line.format(n) for n in range(most // (len(line) + 3)))


ROBOTS = {
    "many agents of many rules": lines("User-agent: a{}", BYTES // 2) + "\n" + lines("Disallow: /{}", BYTES // 2),
    "many groups": lines("User-agent: a{0}\nDisallow: /{0}"),
    "parts of our name": "\n".join(f"User-agent: {AGENT[a:b]}" for a in range(15) for b in range(16)) + "\n"
    + lines("Disallow: /{}", BYTES // 2),
    "asterisks": "User-agent: *\nDisallow: /" + "*a" * (BYTES // 2) + "b$",
    "many asterisks": "User-agent: *\n" + lines("Disallow: /*a*a*a*a*a*b{}$"),
    "percent signs": "User-agent: *\nDisallow: /" + "%" * BYTES,
    "dollars": "User-agent: *\n" + lines("Disallow: /$$$$$$$$$$$$$$$$$$$$$$$$$${}"),
    "one line": "User-agent " * (BYTES // 11),
    "colons": ":" * BYTES,
    "spaces": "User-agent: *\nDisallow: /" + " " * BYTES + "x",
    "hashes": "#" * BYTES,
    "line ends": "\r" * BYTES,
    "nulls": "User-agent: *\nDisallow: \0" * (BYTES // 26),
    "long delay": "User-agent: *\nCrawl-delay: " + "9" * BYTES,
}


@pytest.mark.parametrize("name", ROBOTS)
def test_a_robots_txt_is_read_in_bounded_time(name: str) -> None:
    with less_than(SECONDS):
        rules = Rules(ROBOTS[name])
        rules.allows(URL)
        assert 0 <= rules.delay_seconds() <= 60


@pytest.mark.parametrize("delay", ["nan", "inf", "-inf", "-5", "1e999", "9" * 5000, "x", "", "²", "0x10", "1 2"])
def test_a_delay_that_is_none_is_no_error(delay: str) -> None:
    assert 0 <= Rules(f"User-agent: *\nCrawl-delay: {delay}").delay_seconds() <= 60


@pytest.mark.parametrize(("robots", "allowed"), [
    ("User-agent: *\nDisallow: /a", False),
    ("User-agent: other\nDisallow: /a", True),
    ("User-agent: other\nUser-agent: *\nDisallow: /a", False),
    (f"User-agent: *\nDisallow: /a\n\nUser-agent: {AGENT}\nAllow: /", True),
    (f"User-agent: *\nAllow: /\n\nuseragent: {AGENT.upper()}  # us\nDisallow: /a", False),
    (f"User-agent: *\nAllow: /\n\nUser agent {AGENT}*\nDisallow: /a", False),
    ("User-agent: *\nAllow: /\n\nUser-agent: one\nUser-agent: two\nDisallow: /", True),
    ("User-agent: *\nDisallow: /a\n\nUser-agent: other\nDisallow: /b\nUser-agent: *\nAllow: /c", False),
    ("", True),
])
def test_the_rules_of_others_are_not_ours(robots: str, allowed: bool) -> None:
    assert Rules(robots).allows("https://news.example/a") is allowed


HOSTILE = [
    b"\xff", b"\x00", b"+AAA-", b"\x1b$B", b"\x1b(J", b"~{", b"\xed\xa0\x80", b"&#", b"=?", b"xn--", b"\\u12",
    b"\x80\x81",
]


NAMES = [
    *encodings.aliases.aliases, *encodings.aliases.aliases.values(), "palmos", "unicode_escape", "raw_unicode_escape",
    "undefined", "punycode", "idna", "mbcs", "oem", "zlib", "utf_8_sig", "cp65001", "a" * 100_000, "..", "\0", "\ud83d",
    "aliases", "encodings.ascii", "ascii\n", "",
]


@pytest.mark.parametrize("encoding", dict.fromkeys(NAMES), ids=lambda name: ascii(name[:20]))
def test_an_encoding_that_a_stranger_names_takes_bounded_time_and_fails_as_a_value(encoding: str) -> None:
    with less_than(SECONDS):
        for unit in HOSTILE:
            try:
                text_of(unit * (200_000 // len(unit)), encoding)
            except ValueError:
                pass
