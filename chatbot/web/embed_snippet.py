"""Writes the lines that the owner of another page pastes into it to embed the chat or the board."""

from collections.abc import Iterable

from markupsafe import Markup

BUTTON = Markup('<script src="{url}/widget.js" async></script>')
FRAME = Markup('<iframe src="{url}/embed" title="Ask the articles" width="400" height="600"></iframe>')


def snippet(url: str, origins: Iterable[str]) -> str:
    """What to paste into a page so that it shows the chat served at `url`, and which pages may."""
    allowed = "".join(f"    {origin}\n" for origin in origins) or "    none but its own: set CHATBOT_EMBED_ORIGINS\n"
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
        f"Pages of these origins may embed it:\n{allowed}"
    )
