"""Limits what a connection may cost before anybody is logged in: its headers, its time, and how many there are.

uvicorn has no such limits of its own. A proxy such as nginx has, too; the program does not rely on one.
"""

import asyncio
import resource
import time
from collections.abc import Callable
from typing import Any, cast

import uvicorn.protocols.http.httptools_impl as httptools_impl

# Of all headers of one request, its first line and its trailers. Browsers send less than 4 KB.
MOST_HEADER_BYTES = 32 * 1024
# From the first byte of a connection, or of a further request on it, to the end of the headers.
HEADER_SECONDS = 15
# The longest pause within a body.
BODY_SECONDS = 30
MOST_CONNECTIONS = 1_000
# Connections may have this part of the files that the process may open; databases and models need the rest.
SHARE_OF_FILES = 0.75
# Taken from the kernel at once, before the limit is looked at.
BACKLOG = 64

TOO_MANY = (503, "Service Unavailable", "Too many connections at once. Try again in a few seconds.")
TOO_LONG = (431, "Request Header Fields Too Large", "The headers of this request are too long.")
TOO_LATE = (408, "Request Timeout", "The request took too long to arrive.")


def most_connections() -> int:
    """How many connections are kept open at once, with the files that this process may open."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if files == resource.RLIM_INFINITY else min(MOST_CONNECTIONS, int(files * SHARE_OF_FILES))


class LimitedProtocol(httptools_impl.HttpToolsProtocol):
    """uvicorn's protocol with the limits above.

    Where there are too many connections, the one that has waited longest for its reader to send something is closed
    for a new one: whoever opens many and sends nothing shuts out nobody but himself.
    """

    _most = 0
    _opened_at = 0.0
    _in_headers = True
    _began = False
    _header_bytes = 0
    _raw_bytes = 0
    _body_bytes = 0
    _refused = False
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let a connection in, for which an idle one may have to go."""
        super().connection_made(transport)
        self._opened_at = time.monotonic()
        self._most = most_connections()
        if len(self.connections) > self._most and not self._close_idle():
            self._refuse(*TOO_MANY)
            return
        self._wait(HEADER_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._wait(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what was sent, unless it is too much or too late."""
        if self._refused:
            return
        self._began = False
        super().data_received(data)
        if self._refused or self.transport.is_closing():
            return
        # What began in these bytes is counted from them on.
        self._raw_bytes = len(data) if self._began else self._raw_bytes + len(data)
        if self._is_too_long():
            self._refuse(*TOO_LONG)
        elif self._waits_for_body():
            self._wait(BODY_SECONDS)

    def on_message_begin(self) -> None:
        """Start to count anew."""
        super().on_message_begin()
        self._began = self._in_headers = True
        self._header_bytes = self._body_bytes = 0
        self._wait(HEADER_SECONDS)

    def on_url(self, url: bytes) -> None:
        """Count the address with the headers."""
        self._header_bytes += len(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a header, and keep it only within the limit."""
        self._header_bytes += len(name) + len(value) + 4
        if self._header_bytes <= MOST_HEADER_BYTES:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Answer the request, unless its headers are too long."""
        self._in_headers = False
        self._wait(None)
        if self._header_bytes > MOST_HEADER_BYTES:
            self._refuse(*TOO_LONG)
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Count the body."""
        self._body_bytes += len(body)
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """End the wait for the body."""
        self._wait(None)
        if not self._refused:
            super().on_message_complete()

    def idle_since(self) -> float | None:
        """Since when nothing is answered on this connection; None while something is. Those without a request first."""
        if self.cycle is None:
            return self._opened_at - BODY_SECONDS
        return self._opened_at if self.cycle.response_complete or self.cycle.more_body else None

    def _is_too_long(self) -> bool:
        """Whether headers or trailers are too long; each piece of a body may come with a few bytes that frame it."""
        unframed = self._raw_bytes - self._body_bytes
        allowed = MOST_HEADER_BYTES if self._in_headers else 2 * MOST_HEADER_BYTES + 8 * self._body_bytes
        return self._header_bytes > MOST_HEADER_BYTES or unframed > allowed

    def _waits_for_body(self) -> bool:
        return not self._in_headers and self.cycle is not None and self.cycle.more_body

    def _close_idle(self) -> bool:
        """Close the connection that has been idle longest; False where none is."""
        others = [other for other in self.connections if isinstance(other, LimitedProtocol) and other is not self]
        idle = [
            (since, other) for other in others if (since := other.idle_since()) is not None and not other._refused
        ]
        if not idle:
            return False
        _, longest = min(idle, key=lambda pair: pair[0])
        longest._refused = True
        longest.transport.abort()
        return True

    def _wait(self, seconds: float | None) -> None:
        """End the connection unless something comes within `seconds`; with None, wait for ever."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(seconds, self._end_late) if seconds is not None else None

    def _end_late(self) -> None:
        if self._in_headers and not self._raw_bytes:
            # Browsers open connections ahead of need, and would take an answer for that of their next request.
            self.transport.close()
        elif self.flow.read_paused:
            # It is the server that does not read.
            self._wait(BODY_SECONDS)
        elif self._waits_for_body():
            self.transport.abort()
        else:
            self._refuse(*TOO_LATE)

    def _refuse(self, status: int, phrase: str, reason: str) -> None:
        self._refused = True
        self._wait(None)
        body = reason.encode()
        head = f"HTTP/1.1 {status} {phrase}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {len(body)}"
        self.transport.write(f"{head}\r\nconnection: close\r\n\r\n".encode() + body)
        self.transport.close()


def limited() -> dict[str, Any]:
    """The arguments of uvicorn.Config that set these limits."""
    return {"http": cast(Callable[..., asyncio.Protocol], LimitedProtocol), "backlog": BACKLOG}
