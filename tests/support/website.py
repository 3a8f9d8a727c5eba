"""A real web server on loopback, told path by path what to answer; it can redirect, drip and lie."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

Answer = Callable[[BaseHTTPRequestHandler], None]


class Website:
    """A site at `url`; `asked` holds the requests as (path, headers), `pages` what each path answers."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.pages: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # noqa: N802
                site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                try:
                    site.pages.get(self.path, status(404))(self)
                except OSError:
                    pass

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer((host, port), Handler)
        self.server.daemon_threads = True
        self.host, self.port = host, self.server.server_port
        self.url = f"http://{host}:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def paths(self) -> list[str]:
        """What was asked for, robots.txt aside."""
        return [path for path, _ in self.asked if path != "/robots.txt"]


def page(body: str | bytes, kind: str = "text/html", **headers: str) -> Answer:
    """An answer with this body; `headers` as keywords, an underscore for a hyphen, win over those that are right."""
    content = body.encode() if isinstance(body, str) else body

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        given = {name.replace("_", "-").title(): value for name, value in headers.items()}
        for name, value in ({"Content-Type": kind, "Content-Length": str(len(content))} | given).items():
            if value:
                request.send_header(name, value)
        request.end_headers()
        request.wfile.write(content)

    return answer


def status(code: int, **headers: str) -> Answer:
    """An answer without a body."""
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def redirect(to: str) -> Answer:
    """An answer that sends the reader on to another URL."""
    return status(302, Location=to)


def raw(*pieces: bytes, pause: float = 0.0) -> Answer:
    """These bytes as they are, with a pause after each."""
    def answer(request: BaseHTTPRequestHandler) -> None:
        for piece in pieces:
            request.wfile.write(piece)
            request.wfile.flush()
            threading.Event().wait(pause)
        request.close_connection = True

    return answer
