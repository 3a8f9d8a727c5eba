"""The routes by which editors correct what is known of an article, and remove several articles at once."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Protocol

from fastapi import Body, FastAPI, Request
from fastapi.responses import JSONResponse, Response

from chatbot.web.api import articles
from chatbot.web.api.answered import answered
from chatbot.web.auth.authorization import Access, name_of
from chatbot.web.middleware.authentication import NO_STORE, error, no_editor
from index.article import Article
from index.groups import read_groups
from index.storage.corrections import FIELDS, Correction, field_value

MOST_REMOVED = 1000
NO_IDS = f'Expected a JSON object with a list of 1 to {MOST_REMOVED:,} "ids", sent as application/json.'
NO_GROUPS = (
    f'Expected a JSON object with a list of 1 to {MOST_REMOVED:,} "ids" and one of "groups", empty for everybody, sent '
    "as application/json."
)
NO_FIELDS = 'Expected a JSON object with some of title, source, author, date and url, or a list of some to "restore".'
FAILED = "An article could not be changed"


class Collection(Protocol):
    """Raises ArticleNotFoundError."""

    def article(self, id: str, /) -> Article: ...


class Uploads(articles.Uploads, Protocol):
    """What adds, corrects and removes articles."""

    def correct(
        self, article_id: str, values: Mapping[str, object], by: str, restore: Sequence[str] = (), /
    ) -> tuple[Article, list[Correction]]: ...
    def corrections(self, article_id: str, /) -> list[Correction]: ...
    def restrict(self, article_ids: Sequence[str], groups: Sequence[str], /) -> None: ...
    def remove(self, article_ids: Sequence[str], /) -> int: ...


def add(app: FastAPI, collection: Collection, uploads: Uploads, access: Access) -> None:
    """The routes below /api/articles/ that change what is there."""

    @app.get("/api/articles/{id}")
    def known(request: Request, id: str) -> Response:
        return no_editor(request, access) or answered(
            lambda: _known(collection.article(id), uploads.corrections(id)), FAILED, editing=True
        )

    @app.patch("/api/articles/{id}")
    def correct(request: Request, id: str, sent: Annotated[object, Body()] = None) -> Response:
        def corrected() -> Response:
            if not isinstance(sent, dict) or not sent:
                return error(NO_FIELDS, 400)
            values = {name: value for name, value in sent.items() if name != "restore"}
            restore = sent.get("restore", [])
            if not isinstance(restore, list) or not all(isinstance(name, str) for name in restore):
                return error(NO_FIELDS, 400)
            return _known(*uploads.correct(id, values, name_of(request.state.visitor), restore))

        return no_editor(request, access) or answered(corrected, FAILED, editing=True)

    _add_for_several(app, uploads, access)


def _add_for_several(app: FastAPI, uploads: Uploads, access: Access) -> None:
    @app.post("/api/articles/groups")
    def restrict(request: Request, sent: Annotated[object, Body()] = None) -> Response:
        def restricted() -> Response:
            ids, groups = _texts(sent, "ids"), _texts(sent, "groups")
            if not ids or groups is None or len(ids) > MOST_REMOVED:
                return error(NO_GROUPS, 400)
            uploads.restrict(ids, groups)
            return JSONResponse({"ids": ids, "groups": list(read_groups(groups))}, headers=NO_STORE)

        return no_editor(request, access) or answered(restricted, FAILED, editing=True)

    @app.post("/api/articles/remove")
    def remove(request: Request, sent: Annotated[object, Body()] = None) -> Response:
        def removed() -> Response:
            ids = _texts(sent, "ids")
            if not ids or len(ids) > MOST_REMOVED:
                return error(NO_IDS, 400)
            return JSONResponse({"removed": uploads.remove(ids), "asked": len(set(ids))}, headers=NO_STORE)

        return no_editor(request, access) or answered(removed, FAILED, editing=True)


def _texts(sent: object, name: str) -> list[str] | None:
    """The list of texts that an object has under this name; None where it has none."""
    given = sent.get(name) if isinstance(sent, dict) else None
    return given if isinstance(given, list) and all(isinstance(text, str) for text in given) else None


def _known(article: Article, changes: Sequence[Correction]) -> Response:
    """What is known of an article, what was found of it, and who changed it."""
    known = {"id": article.id, **{name: field_value(article, name) for name in FIELDS}}
    changed = [asdict(change) for change in changes]
    more = {"date_from": article.date_from, "groups": list(article.groups), "changes": changed}
    return JSONResponse({**known, **more}, headers=NO_STORE)
