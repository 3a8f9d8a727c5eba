"""The routes of the sides, /api/board/sides: which names of controllers count as one, and how editors change that."""

from typing import Annotated, Protocol

from fastapi import Body, FastAPI, Request
from fastapi.responses import JSONResponse, Response

from chatbot.board.queries import sides_of
from chatbot.board.sides import decisions_of, side_json
from chatbot.board.state import Collection
from chatbot.web.api.answered import answered
from chatbot.web.audience import AudienceOf
from chatbot.web.auth.authorization import Access, may_edit, name_of
from chatbot.web.middleware.authentication import NO_STORE, error, no_editor

NO_CHANGE = (
    'Expected a JSON object with one of "merge" (two names), "split" (one name) and "undo" (two names), sent as '
    "application/json."
)
FAILED = "The names of controllers could not be read or changed"


class Uploads(Protocol):
    """What keeps the decisions of editors. Each raises NameDecisionError and LockedError."""

    def merge_names(self, name: str, other: str, by: str, /) -> None: ...
    def split_name(self, name: str, by: str, /) -> None: ...
    def undo_decision(self, name: str, other: str, by: str, /) -> None: ...


def add(app: FastAPI, audience: AudienceOf[Collection], uploads: Uploads, access: Access) -> None:
    """The routes, for whom the gate let in; only editors change anything."""

    def shown(request: Request) -> Response:
        collection = audience(request).collection
        editable = may_edit(request.state.visitor)
        decisions = decisions_of(collection, all_names=editable)
        body = {
            "sides": [side_json(side) for side in sides_of(collection)],
            "decisions": [decision.exported() for decision in decisions],
            "editable": editable,
        }
        return JSONResponse(body, headers=NO_STORE)

    @app.get("/api/board/sides")
    def sides(request: Request) -> Response:
        return answered(lambda: shown(request), FAILED)

    @app.post("/api/board/sides")
    def change(request: Request, sent: Annotated[object, Body()] = None) -> Response:
        def changed() -> Response:
            is_change = _changed(uploads, sent, name_of(request.state.visitor))
            return shown(request) if is_change else error(NO_CHANGE, 400)

        return no_editor(request, access) or answered(changed, FAILED, editing=True)


def _changed(uploads: Uploads, sent: object, by: str) -> bool:
    """Whether what was sent is a change of the right form, which is then made."""
    match sent:
        case {"merge": [str(name), str(other)], **rest} if not rest:
            uploads.merge_names(name, other, by)
        case {"split": str(name), **rest} if not rest:
            uploads.split_name(name, by)
        case {"undo": [str(name), str(other)], **rest} if not rest:
            uploads.undo_decision(name, other, by)
        case _:
            return False
    return True
