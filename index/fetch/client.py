"""One URL in, its bytes out, safely: the IP address is resolved once, checked, and that very address is connected to,
on every redirect anew. No cookies, no proxies, no passwords; robots.txt and one request a second to a host are kept to.
"""

import re
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Any
from urllib.parse import urljoin

import httpcore
from protego import Protego

from index.characters import printable
from index.errors import FetchError
from index.fetch.address_policy import Network, WebAddress, closed, read_address

AGENT = "article-chatbot"
USER_AGENT = f"{AGENT}/0.1 (reads articles for an index; keeps to robots.txt)"
CONNECT_SECONDS = 10
ROBOTS_BYTES = 500_000
ROBOTS_SECONDS = 24 * 3600
LONGEST_CRAWL_DELAY_SECONDS = 30
REDIRECTS = (301, 302, 303, 307, 308)
NOT_MODIFIED = 304
KINDS = frozenset({
    "text/html", "application/xhtml+xml", "text/plain", "text/markdown", "application/pdf",
    "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml",
    "application/gzip", "application/x-gzip",
})
_GZIP = ("application/gzip", "application/x-gzip")

Resolve = Callable[[str, int], Sequence[str]]


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
    """What a URL gave: `url` is the last one of the redirects, `kind` the media type. `body` is None where the server
    says that nothing changed since `etag` or `modified`."""

    url: str
    kind: str = ""
    charset: str | None = None
    body: bytes | None = None
    etag: str | None = None
    modified: str | None = None


@dataclass
class _Response:
    status: int
    headers: dict[str, str]
    body: bytes = b""


def system_addresses(host: str, port: int) -> list[str]:
    """The IP addresses of `host`, as this machine's resolver gives them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class Fetcher:
    """Fetches URLs, one at a time to a host. Safe to share between threads."""

    def __init__(
        self, *, allowed: tuple[Network, ...] = (), limits: FetchLimits = FetchLimits(), robots: bool = True,  # noqa: B008
        resolve: Resolve = system_addresses, tls: SSLContext | None = None,
    ) -> None:
        """`allowed` are the ranges that may be connected to though they are not public."""
        self._limits = limits
        self._heeds_robots = robots
        self._network = _CheckedNetwork(allowed, resolve)
        self._tls = tls
        self._turns = _Turns(limits.pause_seconds)
        self._robots: dict[str, tuple[float, Protego]] = {}

    def fetch(self, url: str, *, etag: str | None = None, modified: str | None = None) -> Fetched:
        """What is at `url`. Raises FetchError, which names the URL and says why not."""
        first = read_address(url)
        try:
            return self._follow(first, self._limits, _conditions(etag, modified), checked=self._check_robots)
        except FetchError as exc:
            raise FetchError(str(exc) if url in str(exc) else f"{url}: {exc}", passing=exc.passing) from exc
        except (ValueError, RuntimeError, OSError) as exc:
            # What a server sends may bring down the libraries that read it.
            raise FetchError(f"{url}: it cannot be fetched ({type(exc).__name__}: {exc}).") from exc

    def stop(self) -> None:
        """Fetch nothing more: whoever waits for a turn, or asks for one, gets a FetchError at once."""
        self._turns.stopped.set()

    def _follow(
        self, address: WebAddress, limits: FetchLimits, headers: Sequence[tuple[str, str]], *,
        checked: Callable[[WebAddress], None] = lambda address: None, kinds: frozenset[str] | None = KINDS,
    ) -> Fetched:
        left = limits.seconds
        for _ in range(limits.redirects + 1):
            checked(address)
            self._turns.wait(address.host)
            started = time.monotonic()
            response = self._request(address, headers, limits.bytes, _Deadline(started + left))
            left -= time.monotonic() - started
            if response.status not in REDIRECTS:
                return _fetched(address, response, limits.bytes, kinds)
            address = _redirected(address, response.headers.get("location"))
        raise FetchError(f"it was redirected more than {limits.redirects} times.")

    def _request(
        self, address: WebAddress, headers: Sequence[tuple[str, str]], most: int, deadline: "_Deadline"
    ) -> _Response:
        if self._tls is None and address.scheme == "https":
            self._tls = httpcore.default_ssl_context()
        sent = [("User-Agent", USER_AGENT), ("Accept-Encoding", "gzip"), ("Accept", "*/*"), ("Connection", "close")]
        try:
            # A pool of its own for each request: nothing is kept between requests, so that every one is checked.
            with httpcore.ConnectionPool(
                ssl_context=self._tls, network_backend=_Timed(self._network, deadline)
            ) as pool, pool.stream("GET", address.url, headers=[*sent, *headers]) as response:
                return _read(response, most)
        except (httpcore.TimeoutException, _TooLate) as exc:
            raise FetchError("the server did not send all of it in time.", passing=True) from exc
        except (httpcore.NetworkError, httpcore.ProtocolError) as exc:
            raise FetchError(f"the server cannot be read from ({exc or type(exc).__name__}).", passing=True) from exc

    def _check_robots(self, address: WebAddress) -> None:
        if not self._heeds_robots:
            return
        read_at, rules = self._robots.get(address.origin, (0.0, None))
        if rules is None or time.monotonic() - read_at > ROBOTS_SECONDS:
            rules = self._read_robots(address)
            self._robots[address.origin] = time.monotonic(), rules
        if not rules.can_fetch(address.url, AGENT):
            raise FetchError(f"{address.url}: the site's robots.txt does not let it be fetched.")
        delay = rules.crawl_delay(AGENT)
        self._turns.slow(address.host, min(delay or 0.0, LONGEST_CRAWL_DELAY_SECONDS))

    def _read_robots(self, address: WebAddress) -> Protego:
        """The rules of RFC 9309: without a robots.txt all may be fetched, and nothing while the server fails."""
        limits = FetchLimits(ROBOTS_BYTES, self._limits.seconds, self._limits.redirects, self._limits.pause_seconds)
        at = WebAddress(address.scheme, address.host, address.port, "/robots.txt")
        try:
            body = self._follow(at, limits, (), kinds=None).body or b""
        except _Missing:
            body = b""
        except _Closed:
            raise
        except FetchError as exc:
            raise FetchError(f"its site's robots.txt cannot be read: {exc}", passing=exc.passing) from exc
        return Protego.parse(body.decode("utf-8", errors="replace"))


class _Missing(FetchError):
    """The server has no such page (a status from 400 to 499)."""


class _Closed(FetchError):
    """The host is at an address that may not be connected to."""


class _TooLate(Exception):
    """The time for a request is used up."""


@dataclass(frozen=True)
class _Deadline:
    at: float

    def within(self, timeout: float | None) -> float:
        """The seconds that one step of a request may take."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise _TooLate
        return left if timeout is None else min(left, timeout)


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
            raise FetchError("the run was stopped.", passing=True)


class _CheckedNetwork:
    """Opens connections to IP addresses that were checked, and to no name: what is checked is what is connected to."""

    def __init__(self, allowed: tuple[Network, ...], resolve: Resolve) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._sockets = httpcore.SyncBackend()

    def connect(self, host: str, port: int, deadline: _Deadline, options: Any) -> httpcore.NetworkStream:  # noqa: ANN401
        addresses = self._addresses(host, port)
        for place, address in enumerate(addresses, 1):
            try:
                return self._sockets.connect_tcp(address, port, deadline.within(CONNECT_SECONDS), None, options)
            except (httpcore.NetworkError, httpcore.ConnectTimeout):
                if place == len(addresses):
                    raise
        raise FetchError(f"the host '{host}' has no address.", passing=True)

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            found = [address.partition("%")[0] for address in self._resolve(host, port)]
        except (OSError, UnicodeError) as exc:
            raise FetchError(f"the host '{host}' is unknown.", passing=True) from exc
        # A name with one public and one private address is no accident: none of them is tried.
        for address in found:
            if kind := closed(address, self._allowed):
                raise _Closed(
                    f"{host} is at {address}, {kind}, which is not fetched from. Where it is meant, set "
                    "CHATBOT_FETCH_ALLOW to its range."
                )
        return found


class _Timed(httpcore.NetworkBackend):
    """The checked network, for one request that must be over at its deadline, however little comes at a time."""

    def __init__(self, network: _CheckedNetwork, deadline: _Deadline) -> None:
        self._network = network
        self._deadline = deadline

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        return _TimedStream(self._network.connect(host, port, self._deadline, socket_options), self._deadline)


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.within(timeout))
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401
        return self._stream.get_extra_info(info)


def _conditions(etag: str | None, modified: str | None) -> list[tuple[str, str]]:
    return [
        (name, value) for name, value in (("If-None-Match", etag), ("If-Modified-Since", modified)) if value is not None
    ]


def _redirected(address: WebAddress, location: str | None) -> WebAddress:
    if not location:
        raise FetchError("it was redirected to nowhere.")
    try:
        to = read_address(urljoin(address.url, location))
    except ValueError as exc:
        raise FetchError(f"it was redirected to {printable(location)}, which is no web address.") from exc
    if address.scheme == "https" and to.scheme == "http":
        raise FetchError(f"it was redirected from https to {to.url}, which anyone on the way could change.")
    return to


def _read(response: httpcore.Response, most: int) -> _Response:
    headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in response.headers}
    read = _Response(response.status, headers)
    if response.status == 200:
        stated = headers.get("content-length", "0")
        if _is_more(stated, most):
            raise _too_large(most)
        read.body = b"".join(_bounded(_decoded(response.iter_stream(), headers.get("content-encoding", "")), most))
    return read


def _is_more(stated: str, most: int) -> bool:
    """Whether a header states a number over `most`; it may have more digits than Python turns into one."""
    digits = stated.strip().lstrip("0") if stated.isascii() and stated.strip().isdigit() else ""
    return len(digits) > len(str(most)) or (digits != "" and int(digits) > most)


def _decoded(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    if encoding.lower() in ("", "identity"):
        yield from pieces
    elif encoding.lower() in ("gzip", "x-gzip"):
        yield from _unzipped(pieces)
    else:
        raise FetchError(f"it is sent in the encoding '{encoding}', which was not asked for.")


def _unzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The content of a gzip stream, at most 64 KB at a time, so that a bomb is noticed before it is unpacked."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        for piece in pieces:
            yield unpacker.decompress(piece, 65536)
            while unpacker.unconsumed_tail:
                yield unpacker.decompress(unpacker.unconsumed_tail, 65536)
    except zlib.error as exc:
        raise FetchError("its compressed content is broken.") from exc
    if not unpacker.eof:
        raise FetchError("its compressed content is cut off.", passing=True)


def _bounded(pieces: Iterable[bytes], most: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise _too_large(most)
        yield piece


def _too_large(most: int) -> FetchError:
    return FetchError(f"it is larger than {most / 1_000_000:g} MB.")


def _fetched(address: WebAddress, response: _Response, most: int, kinds: frozenset[str] | None) -> Fetched:
    headers = response.headers
    etag, modified = headers.get("etag"), headers.get("last-modified")
    if response.status == NOT_MODIFIED:
        return Fetched(address.url, etag=etag, modified=modified)
    if 400 <= response.status < 500:
        raise _Missing(f"the server answered {response.status}.", passing=response.status in (408, 429))
    if response.status != 200:
        raise FetchError(f"the server answered {response.status}.", passing=True)
    kind, _, rest = headers.get("content-type", "").partition(";")
    kind = kind.strip().lower()
    if kinds is not None and kind not in kinds:
        raise FetchError(f"it is of the type '{kind or 'unstated'}', which is not read.")
    body = b"".join(_bounded(_unzipped([response.body]), most)) if kind in _GZIP else response.body
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", rest, re.IGNORECASE)
    return Fetched(address.url, kind, charset and charset.group(1), body, etag, modified)
