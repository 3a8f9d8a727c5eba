"""Serves the pages to log in and out, which need no script: a name and a password begin a session, kept in a cookie."""

import logging
import math
import re
from typing import Annotated

from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from chatbot.errors import AccountError
from chatbot.web.auth.authorization import COOKIE, Access
from chatbot.web.middleware.authentication import NEVER_KEPT, UNREADABLE
from chatbot.web.templating import render

MOST_NAME_CHARACTERS = 256
WRONG = "Name and password do not belong together."
NO_LOGIN = "Nobody logs in here."
# Browsers take a backslash for a slash, leave out tabs and line breaks, and take what stands behind two slashes for a
# host.
LOCAL = re.compile(r"/(?!/)[!-\[\]-~]*")
log = logging.getLogger(__name__)


def add(app: FastAPI, access: Access) -> None:
    """The routes /login and /logout. That no other site sends these forms is seen to by the guard before them."""

    @app.get("/login")
    def form(request: Request, next: str = "/") -> Response:
        if not access.logins:
            return _page(404, message=NO_LOGIN)
        visitor = request.state.visitor
        return _page(200, visitor=visitor.name) if visitor and visitor.name else _form(next)

    @app.post("/login")
    def log_in(
        request: Request,
        name: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        next: Annotated[str, Form()] = "/",
    ) -> Response:
        if not access.logins:
            return _page(404, message=NO_LOGIN)
        address = access.proxies.address(request)
        if wait := math.ceil(access.attempts.begin(name, address)):
            return _form(next, name, _waiting(wait), 429, {"Retry-After": str(wait)})
        try:
            account = access.accounts.log_in(name, password)
        except AccountError as exc:
            log.error("%s", exc)
            return _form(next, name, UNREADABLE, 503)
        if account is None:
            return _form(next, name, WRONG, 401)
        access.attempts.succeed(name, address)
        access.sessions.end(request.cookies.get(COOKIE, ""))
        return _leading(access, next, access.cookie(request, access.sessions.begin(account)))

    @app.post("/logout")
    def log_out(request: Request) -> Response:
        access.sessions.end(request.cookies.get(COOKIE, ""))
        return _leading(access, "/login" if access.logins else "/", access.cookie(request, ""))


def _leading(access: Access, path: str, cookie: str) -> Response:
    leading = RedirectResponse(access.prefix + (path if LOCAL.fullmatch(path) else "/"), 303, NEVER_KEPT)
    leading.headers["Set-Cookie"] = cookie
    return leading


def _waiting(seconds: int) -> str:
    wait = f"{seconds} second{'s' if seconds > 1 else ''}" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"
    return f"Too many attempts. Try again in {wait}."


def _form(
    next: str, name: str = "", problem: str = "", status: int = 200, headers: dict[str, str] | None = None
) -> HTMLResponse:
    return _page(status, headers, next=next, name=name[:MOST_NAME_CHARACTERS], problem=problem)


def _page(status: int, headers: dict[str, str] | None = None, **values: str) -> HTMLResponse:
    html = render("login.html", **{"home": "./", "message": "", "visitor": "", **values})
    return HTMLResponse(html, status, {**NEVER_KEPT, **(headers or {})})
