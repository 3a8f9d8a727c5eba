"""Writes the lines that the owner of another page pastes into it to embed the chat or the board."""

from collections.abc import Iterable

from markupsafe import Markup

BUTTON = Markup('<script src="{url}/widget.js" async></script>')
FRAME = Markup('<iframe src="{url}/embed" title="Ask the articles" width="400" height="600"></iframe>')


NO_ORIGINS = "    none but its own: set CHATBOT_EMBED_ORIGINS, such as https://intranet.example\n"
HERE = "\nThis address is known on this machine alone. Say with --url where readers find the chat.\n"


def snippet(url: str, origins: Iterable[str], *, alone: bool = False) -> str:
    """What to paste into a page so that it shows the chat served at `url`, and which pages may; `alone` where nobody
    but who is on this machine finds it there."""
    allowed = "".join(f"    {origin}\n" for origin in origins) or NO_ORIGINS
    return (
        "A button in the corner of the page, which opens the chat:\n"
        f"    {BUTTON.format(url=url)}\n\n"
        "In the flow of the page, with the same line before it:\n"
        "    <div data-article-chat></div>\n\n"
        "The board of who holds what, or one place of it, in place of the chat:\n"
        '    <div data-article-chat data-view="board"></div>\n'
        '    <div data-article-chat data-view="board" data-place="NAME"></div>\n\n'
        "Without a script:\n"
        f"    {FRAME.format(url=url)}\n\n"
        f"Pages of these origins may embed it:\n{allowed}{HERE if alone else ''}"
    )
