"""The origins whose pages may embed the chat in, checked; out, the lines that an owner pastes into such a page."""

import re
from collections.abc import Iterable

from chatbot.errors import SettingsError

ORIGIN = re.compile(r"https?://([a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(:\d{1,5})?", re.IGNORECASE)
EXPECTED = "Expected scheme://host or scheme://host:port without a path, such as https://intranet.example."
EVERYONE = "A * would let any site show the chat as its own: name each origin, such as https://intranet.example."


def read_origins(given: str | Iterable[str]) -> tuple[str, ...]:
    """The origins in a list with spaces or commas between them, each once, in small letters as browsers send them.

    Raises SettingsError with the one that is no origin.
    """
    listed = re.split(r"[\s,]+", given.strip(" ,\t\r\n")) if isinstance(given, str) else given
    origins = [origin for origin in listed if origin]
    for origin in origins:
        if not ORIGIN.fullmatch(origin):
            expected = EVERYONE if "*" in origin else EXPECTED
            raise SettingsError(f"Setting 'embed_origins' has value '{origin}'. {expected}")
    return tuple(dict.fromkeys(origin.lower() for origin in origins))


def snippet(url: str, origins: Iterable[str]) -> str:
    """What to paste into a page so that it shows the chat served at `url`, and which pages may."""
    allowed = "".join(f"    {origin}\n" for origin in origins) or "    none but its own: set CHATBOT_EMBED_ORIGINS\n"
    return (
        "A button in the corner of the page, which opens the chat:\n"
        f'    <script src="{url}/widget.js" async></script>\n\n'
        "In the flow of the page, with the same line before it:\n"
        "    <div data-article-chat></div>\n\n"
        "Without a script:\n"
        f'    <iframe src="{url}/embed" title="Ask the articles" width="400" height="600"></iframe>\n\n'
        f"Pages of these origins may embed it:\n{allowed}"
    )
