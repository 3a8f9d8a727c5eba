"""Serves the pages to log in and out, which need no script: a name and a password, or the word of a login service,
begin a session, kept in a cookie."""

import logging
import math
import re
import secrets
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from chatbot.errors import AccountError, SignOnError
from chatbot.web.auth.authorization import COOKIE, Access
from chatbot.web.middleware.authentication import NO_STORE, UNREADABLE
from chatbot.web.templating import render
from index.message import Message, message_of

if TYPE_CHECKING:
    from chatbot.web.auth.single_sign_on import SingleSignOn

MOST_NAME_CHARACTERS = 256
WRONG = Message("Name and password do not belong together.")
NO_LOGIN = Message("Nobody logs in here.")
NOT_LET_IN = Message("The login service did not let you in. Try again, or ask who runs it.")
LOGIN_COOKIE = "articles_login"
# Browsers take a backslash for a slash, leave out tabs and line breaks, and take what stands behind two slashes for a
# host.
LOCAL = re.compile(r"/(?!/)[!-\[\]-~]*")
NO_SERVICE = {"service": "", "out": "", "left": "", "problem": ""}
# From the pages below /login to the chatbot's page.
UP = "../"
log = logging.getLogger(__name__)


def add(app: FastAPI, access: Access) -> None:
    """The routes /login and /logout. That no other site sends these forms is seen to by the guard before them."""

    @app.get("/login")
    def form(request: Request, next: str = "/") -> Response:
        if not access.logins:
            return _page(404, message=NO_LOGIN)
        visitor = request.state.visitor
        if visitor and visitor.name:
            return _page(200, visitor=visitor.name)
        return _page(200, service=_service(access, next)) if access.sign_on else _form(next)

    _add_password(app, access)
    _add_logout(app, access)
    if access.sign_on:
        _add_sign_on(app, access, access.sign_on)


def _add_password(app: FastAPI, access: Access) -> None:
    @app.post("/login")
    def log_in(
        request: Request,
        name: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        next: Annotated[str, Form()] = "/",
    ) -> Response:
        if not access.logins or access.sign_on:
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


def _add_logout(app: FastAPI, access: Access) -> None:
    @app.post("/logout")
    def log_out(request: Request) -> Response:
        access.sessions.end(request.cookies.get(COOKIE, ""))
        if access.sign_on:
            # A redirect would be stopped: the form may lead to this site alone.
            left = _page(200, left="1", service=_service(access, "/"), out=access.sign_on.logout_url())
            left.headers["Set-Cookie"] = access.cookie(request, "")
            return left
        return _leading(access, "/login" if access.logins else "/", access.cookie(request, ""))


def _add_sign_on(app: FastAPI, access: Access, sign_on: "SingleSignOn") -> None:
    """The routes /login/start, which leads to the login service, and /login/callback, to which that leads back."""
    from chatbot.web.auth.single_sign_on import LOGIN_SECONDS, UNREACHABLE

    @app.get("/login/start")
    def start(request: Request, next: str = "/") -> Response:
        try:
            address, state = sign_on.begin(next)
        except SignOnError as exc:
            return _page(503, problem=message_of(exc), service=_service(access, next), home=UP)
        leading = RedirectResponse(address, 303, NO_STORE)
        leading.headers["Set-Cookie"] = access.cookie(request, state, LOGIN_COOKIE, LOGIN_SECONDS)
        return leading

    @app.get("/login/callback")
    def callback(request: Request, state: str = "", code: str = "", error: str = "") -> Response:
        # Another site could lead a browser here, to log it in as somebody else.
        begun = secrets.compare_digest(request.cookies.get(LOGIN_COOKIE, "").encode(), state.encode()) and state
        if error and begun:
            log.info("The login service let nobody in: %r", error[:200])
            return _page(401, problem=NOT_LET_IN, service=_service(access, "/"), home=UP)
        try:
            identity, next = sign_on.finish(state if begun else "", code)
        except SignOnError as exc:
            status = 503 if str(exc) == UNREACHABLE else 401
            return _page(status, problem=message_of(exc), service=_service(access, "/"), home=UP)
        access.sessions.end(request.cookies.get(COOKIE, ""))
        leading = _leading(access, next, access.cookie(request, access.admit(identity)))
        leading.headers.append("Set-Cookie", access.cookie(request, "", LOGIN_COOKIE))
        return leading


def _service(access: Access, next: str) -> str:
    """Where the button to log in leads."""
    return f"{access.prefix}/login/start?next={quote(next if LOCAL.fullmatch(next) else '/')}"


def _leading(access: Access, path: str, cookie: str) -> Response:
    leading = RedirectResponse(access.prefix + (path if LOCAL.fullmatch(path) else "/"), 303, NO_STORE)
    leading.headers["Set-Cookie"] = cookie
    return leading


def _waiting(seconds: int) -> str:
    wait = Message("1 second") if seconds == 1 else Message("%(count)s seconds", count=seconds)
    if seconds >= 120:
        wait = Message("%(count)s minutes", count=math.ceil(seconds / 60))
    return Message("Too many attempts. Try again in %(time)s.", time=wait)


def _form(
    next: str, name: str = "", problem: str = "", status: int = 200, headers: dict[str, str] | None = None
) -> HTMLResponse:
    return _page(status, headers, next=next, name=name[:MOST_NAME_CHARACTERS], problem=problem)


def _page(status: int, headers: dict[str, str] | None = None, **values: str) -> HTMLResponse:
    html = render("login.html", **{"home": "./", "message": "", "visitor": "", **NO_SERVICE, **values})
    return HTMLResponse(html, status, {**NO_STORE, **(headers or {})})
