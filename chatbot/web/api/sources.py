"""The routes by which editors choose the feeds and folders that are watched: they are listed with their last result,
added, paused, given other readers, and removed."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Annotated, Protocol

from fastapi import Body, FastAPI, Request
from fastapi.responses import JSONResponse, Response

from chatbot.web.api.answered import answered
from chatbot.web.auth.authorization import Access, name_of
from chatbot.web.languages.catalogue import translated
from chatbot.web.middleware.authentication import NO_STORE, error, no_editor
from index.message import Message
from index.storage.source_file import WatchedSource

NO_PLACE = 'Expected a JSON object with a "place", a web address or a folder, and perhaps a list of "groups".'
NO_STATE = 'Expected a JSON object with "paused", true or false, or a list of "groups", sent as application/json.'
NOTHING_WATCHED = Message("This server watches no feeds and folders.")
FAILED = "What is watched could not be read or changed"


class Sources(Protocol):
    """What is watched. Raises SourceError, GroupError and FetchError."""

    @property
    def folders(self) -> list[str]: ...
    def listed(self) -> list[WatchedSource]: ...
    def add(self, name: str, by: str, groups: Sequence[str], /) -> WatchedSource: ...
    def pause(self, ident: str, paused: bool, /) -> WatchedSource: ...
    def regroup(self, ident: str, groups: Sequence[str], /) -> tuple[WatchedSource, int]: ...
    def remove(self, ident: str, /) -> WatchedSource: ...


def add(app: FastAPI, sources: Sources | None, access: Access, problems: Callable[[], list[str]] = list) -> None:
    """The routes below /api/sources; without `sources` they say that nothing is watched. `problems` are those of all
    that goes on beside the page."""

    @app.get("/api/sources")
    def listed(request: Request) -> Response:
        return _answered(request, access, sources, lambda watched: {
            "sources": [_shown(source) for source in watched.listed()], "folders": watched.folders,
            "problems": [translated(problem) for problem in problems()],
        })

    @app.post("/api/sources")
    def watch(request: Request, sent: Annotated[object, Body()] = None) -> Response:
        given = sent if isinstance(sent, dict) else {}
        place, groups = given.get("place"), given.get("groups", [])
        by = name_of(request.state.visitor)
        return _answered(
            request, access, sources, lambda watched: _shown(watched.add(str(place), by, groups)),
            wrong=None if isinstance(place, str) and _are_names(groups) else NO_PLACE,
        )

    @app.patch("/api/sources/{id}")
    def change(request: Request, id: str, sent: Annotated[object, Body()] = None) -> Response:
        given = sent if isinstance(sent, dict) else {}
        paused, groups = given.get("paused"), given.get("groups")

        def changed(watched: Sources) -> dict[str, object]:
            if groups is None:
                return _shown(watched.pause(id, paused is True))
            source, count = watched.regroup(id, groups)
            return {**_shown(source), "changed": count}

        is_change = _are_names(groups) if paused is None else isinstance(paused, bool) and groups is None
        return _answered(request, access, sources, changed, wrong=None if is_change else NO_STATE)

    @app.delete("/api/sources/{id}")
    def remove(request: Request, id: str) -> Response:
        return _answered(request, access, sources, lambda watched: _shown(watched.remove(id)))


def _are_names(groups: object) -> bool:
    return isinstance(groups, list) and all(isinstance(group, str) for group in groups)


def _shown(source: WatchedSource) -> dict[str, object]:
    """A source as the page shows it: where it lies on the server is left out."""
    shown = {name: value for name, value in asdict(source).items() if name != "place"}
    if (last := source.last) is not None:
        reasons = [(name, translated(why)) for name, why in last.reasons]
        shown["last"] = {**asdict(last), "reasons": reasons, "error": last.error and translated(last.error)}
    return shown


def _answered(
    request: Request, access: Access, sources: Sources | None, work: Callable[[Sources], dict[str, object]],
    wrong: str | None = None,
) -> Response:
    """What `work` gives, or why there is nothing; `wrong` is what is wrong with what was sent."""
    if (refusal := no_editor(request, access)) is not None:
        return refusal
    if sources is None:
        return error(NOTHING_WATCHED, 404)
    if wrong:
        return error(wrong, 400)
    return answered(lambda: JSONResponse(work(sources), headers=NO_STORE), FAILED, editing=True)
