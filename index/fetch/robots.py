"""Keeps to robots.txt: what a site lets be fetched, and how much time it wants between two requests."""

import math
import re
import time
from collections.abc import Callable

from protego import Protego

from index.errors import FetchError
from index.fetch.address_policy import WebAddress
from index.fetch.connection import ClosedAddressError
from index.message import Message, message_of

AGENT = "article-chatbot"
CACHE_SECONDS = 24 * 3600
LONGEST_CRAWL_DELAY_SECONDS = 30.0
_AGENT_LINE = re.compile(r"user[- ]?agent\b\s*+:?\s*+([^#]*+)", re.IGNORECASE)
# Others' groups stand for one nobody: protego keeps every rule for every agent of a group, which a hostile file can
# make more than there is memory for.
_NOBODY = "User-agent: nobody"


class MissingPageError(FetchError):
    """The server has no such page (a status from 400 to 499)."""


class RobotsRules:
    """The rules of each site, read with `read`, which gives the content at an address, and kept for a day."""

    def __init__(self, read: Callable[[WebAddress], bytes]) -> None:
        self._read = read
        self._rules: dict[str, tuple[float, Rules]] = {}

    def check(self, address: WebAddress) -> float:
        """The seconds that the site wants between requests. Raises FetchError where it forbids this one."""
        read_at, rules = self._rules.get(address.origin, (0.0, None))
        if rules is None or time.monotonic() - read_at > CACHE_SECONDS:
            rules = self._read_rules(address)
            self._rules[address.origin] = time.monotonic(), rules
        if not rules.allows(address.url):
            raise FetchError(Message("the site's robots.txt does not let it be fetched."), name=address.url)
        return rules.delay_seconds()

    def _read_rules(self, address: WebAddress) -> "Rules":
        """The rules of RFC 9309: without a robots.txt all may be fetched, and nothing while the server fails."""
        try:
            content = self._read(WebAddress(address.scheme, address.host, address.port, "/robots.txt"))
        except MissingPageError:
            content = b""
        except ClosedAddressError:
            raise
        except FetchError as exc:
            raise FetchError(Message(
                "its site's robots.txt cannot be read: %(reason)s", reason=message_of(exc)
            ), passing=exc.passing) from exc
        return Rules(content.decode("utf-8", errors="replace"))


class Rules:
    """The rules of one robots.txt, those for others left out."""

    def __init__(self, text: str) -> None:
        self._rules = Protego.parse("\n".join(map(_ours, text.splitlines())))

    def allows(self, url: str) -> bool:
        """Whether `url` may be fetched."""
        return self._rules.can_fetch(url, AGENT)

    def delay_seconds(self) -> float:
        """The pause that the site wants between two requests, at most 30 s; 0 where it says none that can be read."""
        try:
            delay = float(self._rules.crawl_delay(AGENT) or 0.0)
        except ValueError:
            return 0.0
        return 0.0 if math.isnan(delay) else min(max(delay, 0.0), LONGEST_CRAWL_DELAY_SECONDS)


def _ours(line: str) -> str:
    named = _AGENT_LINE.match(line.lstrip())
    if named is None:
        return line
    name = named[1].strip().lower()
    return line if name == "*" or name.replace("*", "") == AGENT else _NOBODY
