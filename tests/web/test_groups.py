"""Every route keeps to the groups of who asks. The routes and the page's functions are listed from the application
itself: one that nobody has decided on fails here."""

import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from chatbot.web.page.bundles import FIRST_VIEW, SCRIPTS, STYLES
from chatbot.web.server import STATIC_FILES
from index.readership import Readership
from tests.support.corpus import write
from tests.support.group_site import ASKED, Site, share

# Of the hidden article, in no question that is asked here.
SECRETS = (
    "Velden", "VSW", "Quist", "Quarry", "Brandt", "board desk", "The board piece", "9 December 2024", "2024-12-09",
)


def get(path: str) -> Callable[[httpx.Client, Site], httpx.Response]:
    return lambda client, site: client.get(path.format(id=site.hidden.id))


def function(name: str, *data: object, **event: object) -> Callable[[httpx.Client, Site], httpx.Response]:
    """Runs a function of the page, as Gradio's own script does; the answer holds all that it sends."""

    def run(client: httpx.Client, site: Site) -> httpx.Response:
        numbers = [number for number, fn in blocks_of(site.app).fns.items() if fn.name == name]
        session = f"{name}{time.monotonic_ns()}"
        text = ""
        for number in numbers:
            event_data = json.loads(json.dumps(event).replace("RECORD", site.records["bob"]))
            sent = {"data": list(data), "event_data": event_data, "fn_index": number, "session_hash": session}
            client.post("/gradio_api/queue/join", json=sent).raise_for_status()
            text += client.get("/gradio_api/queue/data", params={"session_hash": session}).text
        assert '"success": true' in text or '"success":true' in text, text
        return httpx.Response(200, text=text)

    return run


def blocks_of(app: FastAPI) -> Any:  # noqa: ANN401
    mounted: list[Any] = [getattr(route, "app", None) for route in app.routes]
    return next(page for page in mounted if hasattr(page, "get_blocks")).get_blocks()


# By route: how a reader asks it for what is hidden. Who may read that gets it, and nobody else.
PER_READER: dict[str, Callable[[httpx.Client, Site], httpx.Response]] = {
    "POST /api/ask": lambda client, _: client.post("/api/ask", json={"question": ASKED}),
    "POST /api/ask, streamed": lambda client, _: client.post(
        "/api/ask", json={"question": ASKED}, headers={"Accept": "text/event-stream"}
    ),
    "POST /api/ask, of a source": lambda client, _: client.post(
        "/api/ask", json={"question": ASKED, "since": "2024-12-08"}
    ),
    "POST /api/ask, abstaining": lambda client, _: client.post("/api/ask", json={"question": "Who controls Kherson?"}),
    "POST /api/ask, an overview": lambda client, _: client.post("/api/ask", json={"question": "What is new?"}),
    "POST /api/ask, small talk": lambda client, _: client.post(
        "/api/ask", json={"question": "What articles do you have?"}
    ),
    "POST /api/next": lambda client, site: client.post("/api/next", json={"record": site.records["bob"]}),
    "POST /api/answers": lambda client, site: client.get(f"/{share(client, site, 'bob')}"),
    "GET /a/{id}": lambda client, site: client.get(f"/{share(client, site, 'bob')}"),
    "GET /a/{id}.md": lambda client, site: client.get(f"/{share(client, site, 'bob')}.md"),
    "GET /article/{id}": get("/article/{id}"),
    "GET /search": get("/search?words=furnace"),
    "GET /api/claims": get("/api/claims"),
    "GET /api/board": get("/api/board"),
    "GET /api/board/history": get("/api/board/history?place=Manbij"),
    "GET /api/board/offices": get("/api/board/offices"),
    "GET /api/board/sides": get("/api/board/sides"),
    "GET /api/board/map": get("/api/board/map"),
    "GET /api/board/changes": get("/api/board/changes?changed_since=2024-01-01"),
    "GET /api/board/changes{ending}": get("/api/board/changes.atom?changed_since=2024-01-01"),
    "GET /api/board/changes{ending}, as Markdown": get("/api/board/changes.md?changed_since=2024-01-01"),
    "GET /": get("/"),
    "GET /, embedded": get("/embed"),
    "GET /, in German": lambda client, _: client.get("/", headers={"Accept-Language": "de"}),
    "function ask": function("ask", ASKED, None, None, {}),
    "function narrow": function("narrow", article="", sent=1),
    "function browse": function("browse"),
    "function follow": function("follow", opening=True),
    "function restore": function(
        "restore", None, first=0, sent=1, turns=json.dumps([{"question": ASKED, "record": "RECORD"}])
    ),
}
BUNDLES = (FIRST_VIEW, SCRIPTS, STYLES)
# What else a route does, and why nothing of an article can leave by it.
ONLY_EDITORS = {
    "POST /api/articles/file", "POST /api/articles/text", "POST /api/articles/urls", "POST /api/articles/samples",
    "POST /api/articles/stop", "POST /api/articles/remove", "POST /api/articles/groups", "GET /api/articles/{id}",
    "PATCH /api/articles/{id}", "DELETE /api/articles/{id}", "GET /api/feedback", "GET /feedback", "GET /feedback.csv",
    "POST /api/board/sides",
    "GET /api/sources", "POST /api/sources", "PATCH /api/sources/{id}", "DELETE /api/sources/{id}",
}
OF_THEIR_OWN = {
    "GET /api/history", "GET /api/history/{id}", "PUT /api/history/{id}/{number}", "PATCH /api/history/{id}",
    "DELETE /api/history/{id}", "DELETE /api/history", "function halt", "function keep", "function like",
}
WITHOUT_ARTICLES = {
    *(f"GET {path}" for path in STATIC_FILES), *(f"GET /{bundle.path}" for bundle in BUNDLES), "GET /widget.js",
    "GET /language.js", "GET /favicon.ico",
    "GET /language/{code}", "GET /login", "POST /login", "POST /logout", "POST /api/answers/remove", "function leave",
    "function None", "function <lambda>",
}
# These tell no more than how many articles there are, and of which days.
TELL_NUMBERS = ("POST /api/next", "POST /api/ask, abstaining", "function narrow", "POST /api/ask, small talk")
MAPPED_WORDS = {"GET /api/board/map": ("Manbij",)}


def plain(name: str) -> str:
    return name.partition(",")[0]


def test_every_route_and_every_function_of_the_page_is_decided_on(site: Site) -> None:
    routes = {
        f"{method} {route.path}"  # type: ignore[attr-defined]
        for route in site.app.routes
        for method in getattr(route, "methods", None) or () if method != "HEAD"
    }
    functions = {f"function {fn.name}" for fn in blocks_of(site.app).fns.values()}
    decided = {*map(plain, PER_READER), *ONLY_EDITORS, *OF_THEIR_OWN, *WITHOUT_ARTICLES}
    assert (routes | functions) - decided == set()
    assert decided - routes - functions <= {"GET /", "function None", "function <lambda>"}


@pytest.mark.parametrize("name", PER_READER)
def test_nothing_of_a_hidden_article_leaves_by_a_route(site: Site, name: str) -> None:
    words = MAPPED_WORDS.get(name, SECRETS)
    with site.client("bob") as bob, site.client("eve") as eve:
        shown, hidden = PER_READER[name](bob, site), PER_READER[name](eve, site)
    assert shown.status_code == 200
    seen = [word for word in words if word in shown.text]
    assert seen or name in TELL_NUMBERS
    assert [word for word in words if word in hidden.text] == []
    # Nor their number.
    assert "2 articles" not in hidden.text


def test_who_may_not_read_an_article_is_answered_as_if_there_were_none(site: Site) -> None:
    with site.client("eve") as eve:
        hidden, absent = eve.get(f"/article/{site.hidden.id}"), eve.get(f"/article/{'0' * 16}")
        assert (hidden.status_code, hidden.text) == (absent.status_code, absent.text) == (404, absent.text)
        asked = [
            eve.post("/api/ask", json={"question": "Who met?", "article": ident}).json()
            for ident in (site.hidden.id, "0" * 16)
        ]
        assert json.dumps(asked[0]).replace(site.hidden.id, "0" * 16) == json.dumps(asked[1])
        known = eve.post("/api/ask", json={"question": "Who met?", "source": "board desk"}).json()["detail"]
        assert known == "No article is from the source 'board desk'. Expected open desk."
        assert eve.get(f"/a/{'0' * 32}").text == eve.get(f"/{share(eve, site, 'bob')}").text


@pytest.mark.parametrize("name", sorted(ONLY_EDITORS))
def test_no_reader_does_what_editors_do(site: Site, name: str) -> None:
    method, path = name.split()
    with site.client("bob") as bob:
        assert bob.request(method, path.format(id=site.hidden.id), json={}).status_code == 403


def test_an_editor_reads_everything_and_says_who_else_may(site: Site) -> None:
    with site.client("ada") as ada, site.client("eve") as eve:
        assert "Quist" in ada.post("/api/ask", json={"question": ASKED}).text
        change = {"ids": [site.hidden.id], "groups": ["Staff"]}
        try:
            assert ada.post("/api/articles/groups", json=change).json()["groups"] == ["staff"]
            assert "Quist" in eve.post("/api/ask", json={"question": ASKED}).text
        finally:
            Readership(site.collection).restrict([site.hidden.id], ["board"])
        assert "Quist" not in eve.post("/api/ask", json={"question": ASKED}).text
        assert ada.post("/api/articles/groups", json={**change, "groups": ["a,b"]}).status_code == 400
        assert ada.post("/api/articles/groups", json={**change, "ids": ["0" * 16]}).status_code == 404
        assert ada.post("/api/articles/groups", json={"ids": [], "groups": []}).status_code == 400


def test_what_an_editor_adds_for_a_group_is_for_that_group(site: Site) -> None:
    text = {"title": "The staff note", "text": "The canteen of the staff moves to the attic, Chef Tova Lind wrote."}
    with site.client("ada") as ada, site.client("bob") as bob, site.client("eve") as eve:
        added = ada.post("/api/articles/text?group=staff&group=kitchen", json=text)
        assert '"added": ["The staff note"]' in added.text
        try:
            question = {"question": "Where does the canteen move?"}
            assert "attic" in eve.post("/api/ask", json=question).text
            assert "attic" not in bob.post("/api/ask", json=question).text
            assert ada.post("/api/articles/text?group=a,b", json=text).status_code == 400
        finally:
            [row] = [row for row in site.collection.articles() if row.title == "The staff note"]
            assert row.groups == ("kitchen", "staff")
            site.collection.remove(row.id)


def test_what_came_from_a_watched_folder_follows_its_groups(site: Site) -> None:
    write(site.data / "watched", "moor.md", "The moor at Sunda was drained by the ditch company.", title="The moor")
    with site.client("ada") as ada, site.client("bob") as bob, site.client("eve") as eve:
        source = ada.post("/api/sources", json={"place": "watched", "groups": ["board"]}).json()["id"]
        while not (listed := [row.id for row in site.collection.articles() if row.title == "The moor"]):
            time.sleep(0.05)

        def sees(reader: httpx.Client) -> tuple[int, bool]:
            return reader.get(f"/article/{listed[0]}").status_code, "ditch" in reader.get("/search?words=moor").text

        assert [sees(bob), sees(eve)] == [(200, True), (404, False)]
        assert ada.patch(f"/api/sources/{source}", json={"groups": ["staff"]}).json()["changed"] == 1
        assert [sees(bob), sees(eve)] == [(404, False), (200, True)]
        ada.delete(f"/api/sources/{source}")
    site.collection.remove(listed[0])


def test_nobody_who_is_not_logged_in_gets_anything(site: Site) -> None:
    with site.client("") as nobody:
        for name, asking in PER_READER.items():
            if name.startswith(("GET", "POST /api/ask")):
                reply = asking(nobody, site)
                assert reply.status_code in (303, 401) and not any(word in reply.text for word in (*SECRETS, "Orsa"))
