"""The page's own scripts and styles, each as the one file that the page loads, under an address that changes with its
text: a browser that has it asks for it no more."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from index.digest import text_digest

STATIC = Path(__file__).parent / "static"
VERSION_DIGITS = 16


@dataclass(frozen=True)
class Bundle:
    """Files of the folder `static`, one behind the other, as they are served at `path`."""

    path: str
    names: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        """The text of all files."""
        return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in self.names)

    @cached_property
    def version(self) -> str:
        """What tells this text from others, in hexadecimal digits."""
        return text_digest(self.text)[:VERSION_DIGITS]

    @property
    def address(self) -> str:
        """Where the page finds it, below its own address."""
        return f"{self.path}?v={self.version}"


# In the order in which they run: those that others call come before them.
SCRIPTS = Bundle("page.js", tuple(
    f"{name}.js" for name in (
        "first_view", "history_store", "copy_text", "conversation", "stream", "questions", "older", "chat", "history",
        "history_list", "ratings", "share", "reader", "next", "sending", "views", "articles", "editing", "watched",
        "board_timeline", "board_sides", "board_map", "board_changes", "board_table", "board",
    )
))
STYLES = Bundle("styles.css", ("chat.css", "header.css", "articles.css", "board.css", "history.css", "reader.css"))
FIRST_VIEW = Bundle("first-view.css", (*STYLES.names, "first_view.css"))
