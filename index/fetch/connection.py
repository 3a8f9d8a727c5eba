"""Sends one request to an IP address that was checked: the name is resolved once, and that very address connected to.

The body is bounded in size and the whole request in time, however little the server sends at once.
"""

import socket
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any

import httpcore

from index.errors import FetchError
from index.fetch.address_policy import Network, WebAddress, closed
from index.fetch.response import Response, read_body
from index.message import Message

USER_AGENT = "article-chatbot/0.1 (reads articles for an index; keeps to robots.txt)"
CONNECT_SECONDS = 10
HEADERS = [("User-Agent", USER_AGENT), ("Accept-Encoding", "gzip"), ("Accept", "*/*"), ("Connection", "close")]

Resolve = Callable[[str, int], Sequence[str]]


def system_addresses(host: str, port: int) -> list[str]:
    """The IP addresses of `host`, as this machine's resolver gives them. Raises OSError."""
    resolved = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in resolved))


class ClosedAddressError(FetchError):
    """The host is at an address that may not be connected to."""


class CheckedConnections:
    """Requests to addresses that may be connected to; nothing is kept between two of them."""

    def __init__(self, allowed: tuple[Network, ...], resolve: Resolve, tls: SSLContext | None) -> None:
        """`allowed` are the ranges that may be connected to though they are not public."""
        self._network = _CheckedNetwork(allowed, resolve)
        self._tls = tls

    def get(self, address: WebAddress, headers: Sequence[tuple[str, str]], most: int, until: float) -> Response:
        """The answer to a GET, with at most `most` bytes of body, complete by `until` on the monotonic clock.

        Raises FetchError.
        """
        if self._tls is None and address.scheme == "https":
            self._tls = httpcore.default_ssl_context()
        try:
            # A pool of its own for each request: nothing is kept between requests, so that every one is checked.
            with httpcore.ConnectionPool(
                ssl_context=self._tls, network_backend=_Timed(self._network, _Deadline(until))
            ) as pool, pool.stream("GET", address.url, headers=[*HEADERS, *headers]) as response:
                return _read(response, most)
        except (httpcore.TimeoutException, _TooLate) as exc:
            raise FetchError(Message("the server did not send all of it in time."), passing=True) from exc
        except (httpcore.NetworkError, httpcore.ProtocolError) as exc:
            raise FetchError(Message(
                "the server cannot be read from (%(error)s).", error=str(exc) or type(exc).__name__
            ), passing=True) from exc


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


class _CheckedNetwork:
    """Opens connections to IP addresses that were checked, and to no name: what is checked is what is connected to."""

    def __init__(self, allowed: tuple[Network, ...], resolve: Resolve) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._sockets = httpcore.SyncBackend()

    def connect(self, host: str, port: int, deadline: _Deadline, options: Any) -> httpcore.NetworkStream:  # noqa: ANN401
        addresses = self._addresses(host, port)
        for number, address in enumerate(addresses, 1):
            try:
                return self._sockets.connect_tcp(address, port, deadline.within(CONNECT_SECONDS), None, options)
            except (httpcore.NetworkError, httpcore.ConnectTimeout):
                if number == len(addresses):
                    raise
        raise FetchError(Message("the host '%(host)s' has no address.", host=host), passing=True)

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            addresses = [address.partition("%")[0] for address in self._resolve(host, port)]
        except (OSError, UnicodeError) as exc:
            raise FetchError(Message("the host '%(host)s' is unknown.", host=host), passing=True) from exc
        # A name with one public and one private address is no accident: none of them is tried.
        for address in addresses:
            if kind := closed(address, self._allowed):
                raise ClosedAddressError(Message(
                    "%(host)s is at %(address)s, %(reason)s, which is not fetched from. Where it is meant, set "
                    "CHATBOT_FETCH_ALLOW to its range.",
                    host=host, address=address, reason=kind,
                ))
        return addresses


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


def _read(response: httpcore.Response, most: int) -> Response:
    headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in response.headers}
    body = read_body(response.iter_stream(), headers, most) if response.status == 200 else b""
    return Response(response.status, headers, body)
