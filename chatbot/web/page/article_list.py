"""Shows the Articles view: the list with its search, for an editor also what adds and removes, and who is logged in.
What a press does is articles.js's."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol
from urllib.parse import quote

from markupsafe import Markup

from chatbot.samples import SAMPLES
from chatbot.web.auth.authorization import Access, Visitor, may_edit
from chatbot.web.templating import render
from index.storage.articles import Browsing, Listed, Order

ROWS_AT_A_TIME = 50
MOST_CHARACTERS_SEARCHED = 200
LAST_PAGE = 1_000_000
COLUMNS = {
    Order.TITLE: "Title", Order.SOURCE: "Source", Order.DATE: "Date", Order.PASSAGES: "Passages", Order.ADDED: "Added",
}
# What an editor can correct, with its label.
FIELDS = {"title": "Title", "source": "Source", "author": "Author", "date": "Date", "url": "Web address"}
FORMATS = (
    ".txt", ".md", ".html", ".pdf", ".docx", ".odt", ".rtf", ".epub", ".eml", ".mbox", ".json", ".jsonl", ".csv",
    ".xlsx", ".xls", ".ods", ".zip",
)


# The MB that a file with a suffix may have, and the name of what sets that.
Limit = Callable[[str], tuple[int, str]]


class Collection(Protocol):
    """What is listed: articles, at most so many after the first, with how many there are in all; and their sources."""

    def browse(self, wanted: Browsing, /, *, most: int, after: int) -> tuple[list[Listed], int]: ...
    def sources(self) -> list[tuple[str | None, int]]: ...


def read_browsing(sent: Mapping[str, object]) -> tuple[Browsing, int]:
    """What the browser asks to be listed, and the page's number from 0; what makes no sense is as if it were not said.

    A source stands behind "=", so that no source at all is told from every source.
    """
    words, source, page = str(sent.get("words") or ""), str(sent.get("source") or ""), sent.get("page")
    order = Order(str(sent["order"])) if sent.get("order") in list(Order) else Order.DATE
    wanted = Browsing(
        words[:MOST_CHARACTERS_SEARCHED], source[1:] if source.startswith("=") else None, order,
        descending=bool(sent.get("descending", True)),
    )
    return wanted, min(page, LAST_PAGE) if type(page) is int and page > 0 else 0


def views() -> Markup:
    """The links between the views."""
    return render("views.html")


def unopened() -> Markup:
    """What stands in the list's place until the view is opened."""
    return Markup('<section class="listed"></section>')


def bar(sources: Sequence[tuple[str | None, int]]) -> Markup:
    """The box to search in and the choice of a source."""
    named = sorted((source, count) for source, count in sources if source)
    unknown = [count for source, count in sources if not source]
    return render("article_search.html", named=named, unknown=unknown, longest=MOST_CHARACTERS_SEARCHED)


def listing(collection: Collection, sent: Mapping[str, object], *, editor: bool) -> Markup:
    """The page of the list that the browser asks for, or the last one where there are no longer so many."""
    wanted, page = read_browsing(sent)
    rows, total = collection.browse(wanted, most=ROWS_AT_A_TIME, after=page * ROWS_AT_A_TIME)
    if total and not rows:
        page = (total - 1) // ROWS_AT_A_TIME
        rows, total = collection.browse(wanted, most=ROWS_AT_A_TIME, after=page * ROWS_AT_A_TIME)
    return table(rows, total, wanted, page, editor=editor)


@dataclass(frozen=True)
class ArticleRow:
    """What is shown of one article beside what is known of it."""

    article: Listed

    @property
    def link(self) -> str:
        """The page of the article."""
        return f"article/{quote(self.article.id, safe='')}"

    @property
    def file(self) -> str:
        """The name of its file; empty where it has none."""
        return _file(self.article.path) if self.article.path else ""

    @property
    def added(self) -> datetime.datetime:
        """When it was added, in UTC."""
        return datetime.datetime.fromisoformat(self.article.added)


def table(rows: Sequence[Listed], total: int, wanted: Browsing, page: int, *, editor: bool) -> Markup:
    """One page of the list. `total` is how many articles there are to list."""
    first = page * ROWS_AT_A_TIME
    return render(
        "article_table.html",
        rows=list(map(ArticleRow, rows)),
        rows_at_a_time=ROWS_AT_A_TIME,
        total=total,
        first=first,
        end=first + len(rows),
        page=page,
        wanted=wanted,
        searched=wanted.words or wanted.source is not None,
        columns=COLUMNS,
        editor=editor,
        samples=editor and SAMPLES.is_dir(),
    )


def _file(path: str) -> str:
    """The name of a file, wherever it lay, and of an upload."""
    return PurePath(path.partition(":")[2] if path.startswith("upload:") else path).name


def tools(access: Access, visitor: Visitor | None, limit: Limit) -> Markup:
    """What stands above the list: for an editor what adds articles, for whoever may become one the way to do so."""
    if may_edit(visitor):
        return render("add_articles.html", limit=limit(""), archive_limit=limit(".zip"), formats=FORMATS, fields=FIELDS)
    if access.logins and not (visitor and visitor.name) and not access.editing_off():
        return render("log_in_to_edit.html")
    return Markup()


def account(access: Access, visitor: Visitor | None) -> Markup:
    """Who is logged in, with the way out, which needs no script; empty where nobody logs in."""
    if not access.logins or visitor is None or not visitor.name:
        return Markup()
    return render("account.html", name=visitor.name)
