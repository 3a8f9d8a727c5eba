"""The routes of what the articles claim, /api/claims and /api/board with what belongs to it: JSON objects."""

import datetime
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Protocol

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from chatbot.board import queries, rendering, state
from chatbot.board.changes import changes_atom, changes_json, changes_markdown, changes_of, daily_changes_of
from chatbot.board.queries import BoardFilter, claims_of, offices_of, read_day, rows_of
from chatbot.board.rendering import claim_json, row_json
from chatbot.web.api.answered import answered
from chatbot.web.audience import AudienceOf
from chatbot.web.middleware.authentication import NO_STORE, error
from index.message import Message

NO_PLACE = Message("The board has no such place on that day. Its names are at /api/board.")


class Days(Protocol):
    """The days of the oldest and of the newest article; None when no article has a date."""

    @property
    def first(self) -> datetime.date | None: ...
    @property
    def last(self) -> datetime.date | None: ...


class Collection(state.Collection, Protocol):
    """What these routes know of the articles."""

    def summary(self) -> Days: ...


Find = Callable[[Collection], dict[str, object] | Response | None]


def add(app: FastAPI, audience: AudienceOf[Collection], public_url: str | None = None) -> None:
    """The routes, for whom the gate let in. `as_of` and `changed_since` are days such as 2024-12-05. `public_url` is
    where readers find the page, if that is not where they ask."""

    respond = partial(_answered, audience)

    @app.get("/api/claims")
    def claims(
        request: Request, as_of: str = "", place: str = "", controller: str = "", changed_since: str = ""
    ) -> Response:
        def find(collection: Collection) -> dict[str, object]:
            wanted = _filter(as_of, place, controller, changed_since)
            sides = queries.shown_sides_of(collection)
            return {"claims": [claim_json(claim, sides) for claim in claims_of(collection, wanted)]}

        return respond(request, find)

    @app.get("/api/board")
    def board(
        request: Request, as_of: str = "", place: str = "", controller: str = "", changed_since: str = ""
    ) -> Response:
        def find(collection: Collection) -> dict[str, object]:
            rows = rows_of(collection, _filter(as_of, place, controller, changed_since))
            side_of = queries.side_names_of(collection)
            controllers = [side.name for side in queries.sides_of(collection)]
            return {
                "places": [row_json(row, side_of) for row in rows], "controllers": controllers, **_days(collection)
            }

        return respond(request, find)

    @app.get("/api/board/history")
    def history(request: Request, place: str = "", as_of: str = "") -> Response:
        return respond(request, lambda collection: _history(collection, place, as_of))

    @app.get("/api/board/offices")
    def offices(request: Request, as_of: str = "") -> Response:
        def find(collection: Collection) -> dict[str, object]:
            rows = offices_of(collection, read_day(as_of, "as_of"))
            return {"offices": [rendering.office_json(row) for row in rows]}

        return respond(request, find)

    @app.get("/api/board/map")
    def locations(request: Request) -> Response:
        def find(collection: Collection) -> dict[str, object]:
            return {"locations": {name: asdict(where) for name, where in queries.locations_of(collection).items()}}

        return respond(request, find)

    _add_changes(app, respond, public_url)


def _add_changes(app: FastAPI, respond: Callable[[Request, Find], Response], public_url: str | None) -> None:
    @app.get("/api/board/changes")
    def changes(
        request: Request, as_of: str = "", place: str = "", controller: str = "", changed_since: str = ""
    ) -> Response:
        def find(collection: Collection) -> dict[str, object]:
            return changes_json(changes_of(collection, _filter(as_of, place, controller, changed_since)))

        return respond(request, find)

    @app.get("/api/board/changes{ending}")
    def changes_as(
        request: Request, ending: str, as_of: str = "", place: str = "", controller: str = "", changed_since: str = ""
    ) -> Response:
        def markdown(collection: Collection) -> Response:
            text = changes_markdown(changes_of(collection, _filter(as_of, place, controller, changed_since)))
            return Response(f"{text}\n", media_type="text/markdown", headers=NO_STORE)

        def atom(collection: Collection) -> Response:
            home = f"{(public_url or str(request.base_url)).rstrip('/')}/"
            query = f"?{request.url.query}" if request.url.query else ""
            changed = daily_changes_of(collection, _filter(as_of, place, controller, changed_since))
            feed = changes_atom(changed, home, f"{home}api/board/changes.atom{query}")
            return Response(feed, media_type="application/atom+xml", headers=NO_STORE)

        write = {".md": markdown, ".atom": atom}.get(ending)
        if write is None:
            return error("What changed is at changes, as Markdown at changes.md, as a feed at changes.atom.", 404)
        return respond(request, write)


def _filter(as_of: str, place: str, controller: str, changed_since: str) -> BoardFilter:
    return BoardFilter(
        read_day(as_of, "as_of"), place or None, controller or None, read_day(changed_since, "changed_since")
    )


def _days(collection: Collection) -> dict[str, object]:
    days = collection.summary()
    return {name: day.isoformat() if day else None for name, day in (("first", days.first), ("last", days.last))}


def _history(collection: Collection, place: str, as_of: str) -> dict[str, object] | None:
    """A place's row with its claims, the newest event first, and the bands of its timeline; None where it has no
    row."""
    day = read_day(as_of, "as_of")
    row = queries.history_of(collection, place, day)
    if row is None:
        return None
    side_of, sides = queries.side_names_of(collection), queries.shown_sides_of(collection)
    until = min(filter(None, (day, collection.summary().last)), default=row.as_of)
    bands = queries.timeline_of(collection, row, until, side_of) if until else []
    return {
        **row_json(row, side_of),
        "claims": [claim_json(claim, sides) for claim in row.history],
        "timeline": [rendering.band_json(band, side_of) for band in bands],
    }


def _answered(audience: AudienceOf[Collection], request: Request, find: Find) -> Response:
    """What `find` gives of the reader's articles, as JSON if it is no response yet, or what is wrong with the
    question."""

    def work() -> Response:
        answer = find(audience(request).collection)
        if answer is None:
            return error(NO_PLACE, 404)
        return answer if isinstance(answer, Response) else JSONResponse(answer, headers=NO_STORE)

    return answered(work, "The board could not be read")
