"""The routes of what the articles claim: /api/claims and /api/board, a JSON object with what is asked for."""

from collections.abc import Callable

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response

from chatbot.board import BoardFilter, Collection, claim_json, claims_of, read_day, row_json, rows_of
from chatbot.errors import QuestionError
from chatbot.web.middleware.authentication import NEVER_KEPT, error
from index.errors import IndexingError


def add(app: FastAPI, collection: Collection) -> None:
    """The routes, for whom the gate let in. `as_of` and `changed_since` are days such as 2024-12-05."""

    @app.get("/api/claims")
    def claims(as_of: str = "", place: str = "", controller: str = "", changed_since: str = "") -> Response:
        return _answered(
            "claims", lambda wanted: [claim_json(claim) for claim in claims_of(collection, wanted)],
            as_of, place, controller, changed_since,
        )

    @app.get("/api/board")
    def board(as_of: str = "", place: str = "", controller: str = "", changed_since: str = "") -> Response:
        return _answered(
            "places", lambda wanted: [row_json(row) for row in rows_of(collection, wanted)],
            as_of, place, controller, changed_since,
        )


def _answered(
    name: str, find: Callable[[BoardFilter], list[dict[str, object]]], as_of: str, place: str, controller: str,
    changed_since: str,
) -> Response:
    """What `find` gives under `name`, or what is wrong with the question."""
    try:
        wanted = BoardFilter(
            read_day(as_of, "as_of"), place or None, controller or None, read_day(changed_since, "changed_since")
        )
        return JSONResponse({name: find(wanted)}, headers=NEVER_KEPT)
    except QuestionError as exc:
        return error(str(exc), 400)
    except IndexingError as exc:
        return error(str(exc), 500)
