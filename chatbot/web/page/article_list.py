"""The Articles view as HTML strings: the list with its search, for an editor also what adds and removes, and who is
logged in. Every text passes through `html.escape`; what a press does is articles.js's."""

import datetime
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import PurePath
from typing import Protocol
from urllib.parse import quote

from chatbot.answer import long_date
from chatbot.web.auth.authorization import Access, Visitor, may_edit
from index.storage.articles import Browsing, Listed, Order

ROWS_AT_A_TIME = 50
MOST_CHARACTERS_SEARCHED = 200
LAST_PAGE = 1_000_000
COLUMNS = {
    Order.TITLE: "Title", Order.SOURCE: "Source", Order.DATE: "Date", Order.PASSAGES: "Passages", Order.ADDED: "Added",
}
FORMATS = (".txt", ".md", ".html", ".pdf", ".docx", ".eml", ".json", ".jsonl", ".zip")
VIEWS = (
    '<nav class="views" aria-label="Views"><a href="#chat" aria-current="page">Chat</a>'
    '<a href="#articles">Articles</a></nav>'
)
# What stands in the list's place until the view is opened.
UNOPENED = '<section class="listed"></section>'


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


def bar(sources: Sequence[tuple[str | None, int]]) -> str:
    """The box to search in and the choice of a source."""
    named = sorted((source, count) for source, count in sources if source)
    options = "".join(
        f'<option value="={escape(source)}">{escape(source)} ({count:,})</option>' for source, count in named
    )
    unknown = "".join(f'<option value="=">unknown ({count:,})</option>' for source, count in sources if not source)
    return (
        '<form id="browse" role="search" autocomplete="off" aria-label="The articles">'
        '<label class="words"><span class="aloud">Search the articles</span><input type="search" name="words" '
        f'placeholder="Search titles, sources and texts" maxlength="{MOST_CHARACTERS_SEARCHED}" dir="auto"></label>'
        '<label><span class="aloud">Source</span><select name="source"><option value="">All sources</option>'
        f"{options}{unknown}</select></label></form>"
    )


def listing(collection: Collection, sent: Mapping[str, object], *, editor: bool) -> str:
    """The page of the list that the browser asks for, or the last one where there are no longer so many."""
    wanted, page = read_browsing(sent)
    rows, total = collection.browse(wanted, most=ROWS_AT_A_TIME, after=page * ROWS_AT_A_TIME)
    if total and not rows:
        page = (total - 1) // ROWS_AT_A_TIME
        rows, total = collection.browse(wanted, most=ROWS_AT_A_TIME, after=page * ROWS_AT_A_TIME)
    return table(rows, total, wanted, page, editor=editor)


def table(rows: Sequence[Listed], total: int, wanted: Browsing, page: int, *, editor: bool) -> str:
    """One page of the list. `total` is how many articles there are to list."""
    if not total:
        searched = wanted.words or wanted.source is not None
        message = "No article is like that." if searched else "There are no articles yet."
        return f'<section class="listed"><p class="count">0 articles</p><p class="empty">{message}</p></section>'
    counted = "1 article" if total == 1 else f"{total:,} articles"
    heads = "".join(_head(order, wanted) for order in COLUMNS)
    body = "".join(_row(row, editor=editor) for row in rows)
    return (
        f'<section class="listed"><p class="count">{counted}</p><table><caption class="aloud">Articles</caption>'
        f'<thead><tr>{heads}{"<td></td>" if editor else ""}</tr></thead><tbody>{body}</tbody></table>'
        f"{_pager(len(rows), total, page)}</section>"
    )


def _head(order: Order, wanted: Browsing) -> str:
    sorted_ = f' aria-sort="{"descending" if wanted.descending else "ascending"}"' if order is wanted.order else ""
    return f'<th scope="col" class="{order}"{sorted_}><button data-order="{order}">{COLUMNS[order]}</button></th>'


def _row(row: Listed, *, editor: bool) -> str:
    file = f'<small dir="auto">{escape(_file(row.path))}</small>' if editor and row.path else ""
    origin = f"<small>from the {escape(row.date_from)}</small>" if row.date and row.date_from else ""
    passages = f'{row.passages:,}<span class="unit"> passage{"" if row.passages == 1 else "s"}</span>'
    remove = (
        f'<td class="remove"><button data-remove="{escape(row.id)}" data-title="{escape(row.title)}">Remove'
        f'<span class="aloud"> {escape(row.title)}</span></button></td>'
    )
    return (
        f'<tr><td class="title"><a href="article/{quote(row.id, safe="")}" target="_blank" rel="noopener" dir="auto">'
        f'{escape(row.title)}</a>{file}</td><td class="source" dir="auto">{escape(row.source or "") or _unknown()}</td>'
        f'<td class="date">{_day(row.date)}{origin}</td><td class="passages">{passages}</td>'
        f'<td class="added"><span class="unit">added </span>{_when(row.added)}</td>{remove if editor else ""}</tr>'
    )


def _file(path: str) -> str:
    """The name of a file, wherever it lay, and of an upload."""
    return PurePath(path.partition(":")[2] if path.startswith("upload:") else path).name


def _day(day: datetime.date | None) -> str:
    return f'<time datetime="{day.isoformat()}">{long_date(day)}</time>' if day else _unknown()


def _when(added: str) -> str:
    at = datetime.datetime.fromisoformat(added)
    return f'<time datetime="{escape(added)}" title="{at:%H:%M} UTC">{long_date(at.date())}</time>'


def _unknown() -> str:
    return '<span class="unknown">unknown</span>'


def _pager(shown: int, total: int, page: int) -> str:
    if total <= ROWS_AT_A_TIME:
        return ""
    first = page * ROWS_AT_A_TIME
    before = f' data-turn-to="{page - 1}"' if page else " disabled"
    after = f' data-turn-to="{page + 1}"' if first + shown < total else " disabled"
    return (
        f'<nav class="pager" aria-label="Pages of the list"><button class="before"{before}>Previous</button>'
        f"<span>{first + 1:,} to {first + shown:,} of {total:,}</span>"
        f'<button class="after"{after}>Next</button></nav>'
    )


def adding(limit_mb: int) -> str:
    """What an editor adds articles with, and confirms that one is removed."""
    known = ", ".join(FORMATS)
    return (
        f'<section class="adding" aria-label="Add articles" data-limit-mb="{limit_mb}">'
        '<fieldset class="ways"><legend class="aloud">Add articles from</legend>'
        '<label><input type="radio" name="way" value="files" checked>Files</label>'
        '<label><input type="radio" name="way" value="urls">Web addresses</label>'
        '<label><input type="radio" name="way" value="text">Pasted text</label></fieldset>'
        '<form class="way files" autocomplete="off"><label class="drop"><input type="file" name="files" multiple '
        f'accept="{",".join(FORMATS)}"><span><b>Drop files here</b> or <u>choose them</u></span>'
        f"<small>{known}; {limit_mb} MB each at most. A file replaces the one of the same name.</small></label></form>"
        '<form class="way urls" autocomplete="off"><label>Web addresses, one a line<textarea name="urls" rows="4" '
        'placeholder="https://" spellcheck="false"></textarea></label><p class="note">Pages, RSS and Atom feeds, and '
        'sitemaps for news. What a site forbids in its robots.txt is not fetched.</p><button type="submit">Add</button>'
        '</form><form class="way text" autocomplete="off"><div class="known"><label class="title">Title<input '
        'name="title" dir="auto"></label><label>Source<input name="source" dir="auto"></label><label>Date<input '
        'type="date" name="date"></label></div><label>Text<textarea name="text" rows="7" dir="auto" '
        'required></textarea></label><p class="note">What is left empty is taken from the text, or unknown.</p>'
        '<button type="submit">Add</button></form><div class="progress" role="status"></div>'
        '<div class="outcome" tabindex="-1"></div><dialog aria-labelledby="removing"><form method="dialog">'
        '<h2 id="removing" dir="auto"></h2><p>It will no longer be found, listed or cited.</p>'
        '<p class="buttons"><button value="keep">Keep it</button><button value="remove">Remove it</button></p></form>'
        "</dialog></section>"
    )


def tools(access: Access, visitor: Visitor | None, limit_mb: int) -> str:
    """What stands above the list: for an editor what adds articles, for whoever may become one the way to do so."""
    if may_edit(visitor):
        return adding(limit_mb)
    if access.logins and not (visitor and visitor.name) and not access.editing_off():
        return '<p class="note">Editors <a href="login">log in</a> to add and remove articles.</p>'
    return ""


def account(access: Access, visitor: Visitor | None) -> str:
    """Who is logged in, with the way out, which needs no script; empty where nobody logs in."""
    if not access.logins or visitor is None or not visitor.name:
        return ""
    return (
        f'<form class="account" method="post" action="logout"><span dir="auto">{escape(visitor.name)}</span>'
        "<button>Log out</button></form>"
    )
