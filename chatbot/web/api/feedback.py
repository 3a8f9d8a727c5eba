"""The page of what readers thought of the answers, for editors: filtered, searched, and as CSV."""

import csv
import io
import logging
from collections.abc import Callable, Sequence

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from chatbot.errors import FeedbackError
from chatbot.feedback import FeedbackStore, Rating, Record
from chatbot.web.auth.authorization import Access
from chatbot.web.languages.catalogue import gettext
from chatbot.web.middleware.authentication import NO_STORE, error, no_editor
from chatbot.web.page import feedback_page
from index.message import message_of

COLUMNS = (
    "time", "rating", "comment", "question", "answer", "abstained", "as_of", "answered_by", "source", "passages",
)
# A spreadsheet would take what begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
log = logging.getLogger(__name__)


def add(app: FastAPI, feedback: FeedbackStore, access: Access) -> None:
    """The routes /feedback and /feedback.csv; both take a `rating` and `words`."""

    @app.get("/feedback")
    def page(request: Request, rating: str = "", words: str = "", page: str = "") -> Response:
        def shown(records: Sequence[Record], unreadable: int) -> Response:
            chosen = _chosen(records, rating, words)
            number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 0
            counts = {kind.value: sum(record["rating"] == kind for record in records) for kind in Rating}
            html = feedback_page.page(
                chosen, number, counts=counts, total=len(records), unreadable=unreadable, rating=rating, words=words
            )
            return HTMLResponse(html, headers=NO_STORE)

        return no_editor(request, access) or _with_records(feedback, shown)

    @app.get("/feedback.csv")
    def table(request: Request, rating: str = "", words: str = "") -> Response:
        def written(records: Sequence[Record], _: int) -> Response:
            headers = {**NO_STORE, "Content-Disposition": 'attachment; filename="feedback.csv"'}
            text = as_csv(_chosen(records, rating, words))
            # A byte order mark: Excel takes it for UTF-8 then.
            return Response(text.encode("utf-8-sig", "replace"), 200, headers, "text/csv")

        return no_editor(request, access) or _with_records(feedback, written)


def as_csv(records: Sequence[Record]) -> str:
    """A row for each rating, below headings in the language of now; no cell is a formula."""
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow([gettext(column) for column in COLUMNS])
    for record in records:
        rows.writerow([_cell(_value(record, column)) for column in COLUMNS])
    return file.getvalue()


def _value(record: Record, column: str) -> object:
    if column == "source":
        scope = record.get("scope")
        return scope.get("source") if isinstance(scope, dict) else None
    if column == "passages":
        cited = feedback_page.passages(record)
        return "\n".join(f"[{each.number}] {each.title}: {each.sentence}" for each in cited)
    return record.get(column)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _chosen(records: Sequence[Record], rating: str, words: str) -> list[Record]:
    """The records with this rating, or all where it is none; each holds all words in question, answer or comment."""
    wanted = words.casefold().split()

    def fits(record: Record) -> bool:
        text = " ".join(str(record.get(name, "")) for name in ("question", "answer", "comment")).casefold()
        return (rating not in list(Rating) or record["rating"] == rating) and all(word in text for word in wanted)

    return [record for record in records if fits(record)]


def _with_records(feedback: FeedbackStore, work: Callable[[Sequence[Record], int], Response]) -> Response:
    try:
        return work(*feedback.read())
    except FeedbackError as exc:
        log.error("%s", exc)
        return error(message_of(exc), 500)
