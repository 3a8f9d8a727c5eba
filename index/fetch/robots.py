"""Keeps to robots.txt: what a site lets be fetched, and how much time it wants between two requests."""

import time
from collections.abc import Callable

from protego import Protego

from index.errors import FetchError
from index.fetch.address_policy import WebAddress
from index.fetch.connection import ClosedAddressError

AGENT = "article-chatbot"
KEPT_SECONDS = 24 * 3600
LONGEST_CRAWL_DELAY_SECONDS = 30


class MissingPageError(FetchError):
    """The server has no such page (a status from 400 to 499)."""


class RobotsRules:
    """The rules of each site, read with `read`, which gives the content at an address, and kept for a day."""

    def __init__(self, read: Callable[[WebAddress], bytes]) -> None:
        self._read = read
        self._rules: dict[str, tuple[float, Protego]] = {}

    def check(self, address: WebAddress) -> float:
        """The seconds that the site wants between requests. Raises FetchError where it forbids this one."""
        read_at, rules = self._rules.get(address.origin, (0.0, None))
        if rules is None or time.monotonic() - read_at > KEPT_SECONDS:
            rules = self._read_rules(address)
            self._rules[address.origin] = time.monotonic(), rules
        if not rules.can_fetch(address.url, AGENT):
            raise FetchError(f"{address.url}: the site's robots.txt does not let it be fetched.")
        return min(rules.crawl_delay(AGENT) or 0.0, LONGEST_CRAWL_DELAY_SECONDS)

    def _read_rules(self, address: WebAddress) -> Protego:
        """The rules of RFC 9309: without a robots.txt all may be fetched, and nothing while the server fails."""
        try:
            content = self._read(WebAddress(address.scheme, address.host, address.port, "/robots.txt"))
        except MissingPageError:
            content = b""
        except ClosedAddressError:
            raise
        except FetchError as exc:
            raise FetchError(f"its site's robots.txt cannot be read: {exc}", passing=exc.passing) from exc
        return Protego.parse(content.decode("utf-8", errors="replace"))
