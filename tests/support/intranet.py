"""A site of other people that the chat is embedded in: a server of the pages given, with a policy of its own."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

PAGE = (
    '<!doctype html><html lang="en"><head><title>Intranet</title>'
    '<meta name="viewport" content="width=device-width">{head}</head><body><main><h1>Our intranet</h1>'
    '<p>The canteen is <a href="#canteen">open</a>.</p>{body}<p>The end.</p></main></body></html>'
)

# As Turbo, htmx and pjax do: a link changes the address and swaps a part of the page, whose scripts run again. Of what
# was only parsed a browser runs none.
ROUTER = """<script>
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-swaps]");
    if (!link) return;
    event.preventDefault();
    const page = new DOMParser().parseFromString(await (await fetch(link.href)).text(), "text/html");
    const part = page.querySelector(link.dataset.swaps);
    history.pushState(null, "", link.href);
    document.querySelector(link.dataset.swaps).replaceWith(part);
    part.querySelectorAll("script").forEach((script) => {
      const again = document.createElement("script");
      [...script.attributes].forEach(({ name, value }) => again.setAttribute(name, value));
      script.replaceWith(again);
    });
  });
</script>"""


class Intranet:
    """Serves `pages`, the bodies by their paths, on loopback, each with `head` in its head; `policy` is its
    Content-Security-Policy."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.head = ""
        self.policy = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        Thread(target=self._server.serve_forever, daemon=True).start()

    def origin(self, host: str = "localhost") -> str:
        """The site under one of its names: to a browser, 127.0.0.1 and localhost are two sites."""
        return f"http://{host}:{self._server.server_port}"

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = site.pages.get(self.path)
                self.send_response(200 if body is not None else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                if site.policy:
                    self.send_header("Content-Security-Policy", site.policy)
                self.end_headers()
                self.wfile.write(PAGE.format(head=site.head, body=body).encode() if body is not None else b"")

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler
