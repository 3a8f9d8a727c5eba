"""Fetches what is at a URL, safely: redirects are followed, each address is checked, robots.txt is kept to, and a pause
is left between two requests to a host. No cookies, no proxies, no passwords.
"""

import email.message
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from ssl import SSLContext
from urllib.parse import urljoin

from index.characters import printable
from index.errors import FetchError
from index.fetch.address_policy import Network, WebAddress, read_address
from index.fetch.connection import CheckedConnections, Resolve, system_addresses
from index.fetch.response import Response, unpack
from index.fetch.robots import MissingPageError, RobotsRules
from index.message import Message, message_of

ROBOTS_BYTES = 500_000
REDIRECTS = (301, 302, 303, 307, 308)
NOT_MODIFIED = 304
_GZIP = ("application/gzip", "application/x-gzip")


@dataclass(frozen=True)
class FetchLimits:
    """What one fetch may take: bytes of the body, unpacked; seconds from the first request to the last byte, without
    the pauses between requests; redirects."""

    bytes: int = 20_000_000
    seconds: float = 30.0
    redirects: int = 5
    pause_seconds: float = 1.0


@dataclass(frozen=True)
class Fetched:
    """What a URL gave: `url` is the last one of the redirects, `kind` the media type, `name` what the server calls the
    file. `body` is None where the server says that nothing changed since `etag` or `modified`."""

    url: str
    kind: str = ""
    charset: str | None = None
    body: bytes | None = None
    etag: str | None = None
    modified: str | None = None
    name: str | None = None


class Fetcher:
    """Fetches URLs, one at a time to a host. Safe to share between threads."""

    def __init__(
        self, *, allowed: tuple[Network, ...] = (), limits: FetchLimits = FetchLimits(), robots: bool = True,  # noqa: B008
        resolve: Resolve = system_addresses, tls: SSLContext | None = None,
    ) -> None:
        """`allowed` are the ranges that may be connected to though they are not public."""
        self._limits = limits
        self._connections = CheckedConnections(allowed, resolve, tls)
        self._turns = _Turns(limits.pause_seconds)
        self._robots = RobotsRules(self._read_robots) if robots else None

    def fetch(self, url: str, *, etag: str | None = None, modified: str | None = None) -> Fetched:
        """What is at `url`. Raises FetchError, which names the URL and says why not."""
        first = read_address(url)
        try:
            return self._follow(first, self._limits, _conditions(etag, modified), checked=self._check_robots)
        except FetchError as exc:
            if exc.name is not None and url in exc.name:
                raise
            raise FetchError(message_of(exc), name=url, passing=exc.passing) from exc
        except (ValueError, RuntimeError, OSError) as exc:
            # What a server sends may bring down the libraries that read it.
            raise FetchError(Message(
                "it cannot be fetched (%(error)s).", error=f"{type(exc).__name__}: {exc}"
            ), name=url) from exc

    def stop(self) -> None:
        """Fetch nothing more: whoever waits for a turn, or asks for one, gets a FetchError at once."""
        self._turns.stopped.set()

    def _follow(
        self, address: WebAddress, limits: FetchLimits, headers: Sequence[tuple[str, str]], *,
        checked: Callable[[WebAddress], None] = lambda address: None,
    ) -> Fetched:
        left = limits.seconds
        for _ in range(limits.redirects + 1):
            checked(address)
            self._turns.wait(address.host)
            started = time.monotonic()
            response = self._connections.get(address, headers, limits.bytes, started + left)
            left -= time.monotonic() - started
            if response.status not in REDIRECTS:
                return _fetched(address, response, limits.bytes)
            address = _redirected(address, response.headers.get("location"))
        raise FetchError(Message("it was redirected more than %(count)s times.", count=limits.redirects))

    def _check_robots(self, address: WebAddress) -> None:
        if self._robots:
            self._turns.slow(address.host, self._robots.check(address))

    def _read_robots(self, address: WebAddress) -> bytes:
        return self._follow(address, replace(self._limits, bytes=ROBOTS_BYTES), ()).body or b""


@dataclass
class _Turns:
    """Lets one request pass to a host in so many seconds; the others wait."""

    pause_seconds: float
    stopped: threading.Event = field(default_factory=threading.Event)
    _next: dict[str, float] = field(default_factory=dict)
    _pauses: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def slow(self, host: str, seconds: float) -> None:
        """Leave at least so much time between requests to `host`."""
        self._pauses[host] = max(seconds, self.pause_seconds)

    def wait(self, host: str) -> None:
        """Return when the next request to `host` may be made."""
        pause = self._pauses.get(host, self.pause_seconds)
        with self._lock:
            turn = max(time.monotonic(), self._next.get(host, 0.0))
            self._next[host] = turn + pause
        if self.stopped.wait(max(0.0, turn - time.monotonic())):
            raise FetchError(Message("the run was stopped."), passing=True)


def _conditions(etag: str | None, modified: str | None) -> list[tuple[str, str]]:
    return [
        (name, value) for name, value in (("If-None-Match", etag), ("If-Modified-Since", modified)) if value is not None
    ]


def _redirected(address: WebAddress, location: str | None) -> WebAddress:
    if not location:
        raise FetchError(Message("it was redirected to nowhere."))
    try:
        to = read_address(urljoin(address.url, location))
    except ValueError as exc:
        raise FetchError(Message(
            "it was redirected to %(address)s, which is no web address.", address=printable(location)
        )) from exc
    if address.scheme == "https" and to.scheme == "http":
        raise FetchError(Message(
            "it was redirected from https to %(address)s, which anyone on the way could change.", address=to.url
        ))
    return to


def _fetched(address: WebAddress, response: Response, most: int) -> Fetched:
    headers = response.headers
    etag, modified = headers.get("etag"), headers.get("last-modified")
    if response.status == NOT_MODIFIED:
        return Fetched(address.url, etag=etag, modified=modified)
    if 400 <= response.status < 500:
        raise MissingPageError(Message(
            "the server answered %(status)s.", status=response.status
        ), passing=response.status in (408, 429))
    if response.status != 200:
        raise FetchError(Message("the server answered %(status)s.", status=response.status), passing=True)
    kind, _, rest = headers.get("content-type", "").partition(";")
    kind = kind.strip().lower()
    body = unpack(response.body, most) if kind in _GZIP else response.body
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", rest, re.IGNORECASE)
    name = _file_name(headers.get("content-disposition", ""))
    return Fetched(address.url, kind, charset and charset.group(1), body, etag, modified, name)


def _file_name(disposition: str) -> str | None:
    """The name that a server gives a file (RFC 6266), or None."""
    message = email.message.Message()
    message["Content-Disposition"] = disposition
    return message.get_filename()
