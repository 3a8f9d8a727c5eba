"""Decides who sent a request, who may read and who may edit: nothing else does."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from chatbot.errors import AccountError, SettingsError
from chatbot.settings import Settings
from chatbot.web.auth.accounts import TOKEN_PREFIX, Account, Accounts, Role
from chatbot.web.auth.forwarded_headers import Proxies, brought_by_proxy
from chatbot.web.auth.login_throttle import Attempts
from chatbot.web.auth.sessions import Sessions
from index.message import Message, joined

if TYPE_CHECKING:
    from chatbot.web.auth.single_sign_on import Identity, SingleSignOn

COOKIE = "articles_session"
HERE_ALONE = Message(
    "This page is served to this machine alone. To serve it to others, or under another name, set CHATBOT_READERS to "
    "open, accounts or proxy: see docs/access.md."
)
LOG_IN = Message("Log in, or send a token: Authorization: Bearer TOKEN.")
THROUGH_PROXY = Message(
    "This page is read through the proxy that says who you are, or with Authorization: Bearer TOKEN."
)
ADD_EDITOR = "python app.py users add NAME --role editor"
NO_EDITOR = Message("Editing is off, as there is no editor.")


@dataclass(frozen=True)
class Visitor:
    """Who sent a request; the name is empty where nobody asked for one. `groups` are those that it is in."""

    name: str
    role: Role
    groups: tuple[str, ...] = ()

    @property
    def reads(self) -> frozenset[str] | None:
        """The groups whose articles the visitor may read beside what everybody may; None for every article there is,
        as editors, who add and remove them, may read."""
        return None if self.role is Role.EDITOR else frozenset(self.groups)


NOBODY_IN_PARTICULAR = Visitor("", Role.READER)
# Whoever is on this machine can change the data folder as well.
ON_THIS_MACHINE = Visitor("", Role.EDITOR)


def name_of(editor: Visitor) -> str:
    """The name under which is kept what an editor changes."""
    return editor.name or "somebody on this machine"


class Access:
    """The rules of one server, with what they need to know: accounts, sessions, and the proxies that are believed."""

    def __init__(self, settings: Settings) -> None:
        self.accounts = Accounts(settings.data, settings.token_days)
        self.sessions = Sessions(self.accounts, settings.session_hours)
        self.attempts = Attempts()
        self.proxies = Proxies(settings.proxy_addresses, settings.proxy_header, settings.proxy_groups_header)
        self._readers = settings.readers
        self._here = settings.readers is None and settings.alone
        public = urlsplit(settings.public_url or "")
        self._scheme = public.scheme
        self._framed = bool(settings.embed_origins)
        self.prefix = public.path.rstrip("/")
        self._editors = settings.editors if settings.readers in ("proxy", "oidc") else ()
        self.sign_on = _sign_on(settings) if settings.readers == "oidc" else None

    @property
    def by_login(self) -> bool:
        """Whether a reader has to log in."""
        return self._readers in ("accounts", "oidc")

    @property
    def logins(self) -> bool:
        """Whether logging in is of use."""
        return self._readers in ("accounts", "open", "oidc")

    def who(self, request: HTTPConnection) -> Visitor | None:
        """The visitor, who may read, or None where nobody is known who may. Raises AccountError."""
        token = _token(request)
        if token is not None:
            return _visitor(self.accounts.of_token(token))
        if self._here:
            return ON_THIS_MACHINE if _asked_here(request) else None
        if self._readers == "proxy":
            name = self.proxies.identity(request)
            role = Role.EDITOR if name in self._editors else Role.READER
            return Visitor(name, role, self.proxies.groups(request)) if name else None
        known = _visitor(self.sessions.whose(request.cookies.get(COOKIE, "")))
        return known or (NOBODY_IN_PARTICULAR if self._readers == "open" else None)

    def admit(self, identity: "Identity") -> str:
        """The id of a new session of whom the login service names. Who has an account of that name does not count."""
        role = Role.EDITOR if identity.name in self._editors else Role.READER
        return self.sessions.begin(Account(identity.name, role, "", "", "", identity.groups), elsewhere=True)

    def refusal(self) -> tuple[int, str]:
        """The status of the answer to a request of nobody, and what to tell it."""
        return (403, HERE_ALONE) if self._readers is None else (401, LOG_IN if self.logins else THROUGH_PROXY)

    def cookie(self, request: HTTPConnection, id: str, name: str = COOKIE, seconds: float | None = None) -> str:
        """The header that keeps a session's id in the browser, or, with an empty one, removes it.

        In a frame of another site a browser keeps no cookie without TLS, and only with all of the last three marks.
        """
        secure = self._scheme == "https" if self._scheme else self.proxies.secure(request)
        attributes = "SameSite=None; Secure; Partitioned" if secure and self._framed else "SameSite=Lax"
        attributes += "; Secure" if secure and not self._framed else ""
        age = int(self.sessions.seconds if seconds is None else seconds) if id else 0
        return f"{name}={id}; Path={self.prefix or '/'}; Max-Age={age}; HttpOnly; {attributes}"

    def editing_off(self) -> str:
        """Why nobody at all may edit, and how that is changed; empty where somebody may. Raises AccountError."""
        if self._here or self._editors or self.accounts.has_editor():
            return ""
        if self._readers in ("proxy", "oidc"):
            return joined(NO_EDITOR, Message("Name some in CHATBOT_EDITORS, or: %(command)s", command=ADD_EDITOR))
        return joined(NO_EDITOR, ADD_EDITOR)


def _sign_on(settings: Settings) -> "SingleSignOn":
    # Its libraries take a while to import, and most servers need none of them.
    from chatbot.web.auth.single_sign_on import SingleSignOn

    return SingleSignOn(settings)


def may_edit(visitor: Visitor | None) -> bool:
    """Whether a visitor may add and remove articles, and read the feedback."""
    return visitor is not None and visitor.role is Role.EDITOR


def check(settings: Settings) -> None:
    """Raises SettingsError where the page would be served to others and nobody has said to whom."""
    if settings.readers is None and not settings.alone:
        raise SettingsError(
            f"At {settings.public_url or settings.host} others can reach the page. Say who may read it: "
            "CHATBOT_READERS=open for anyone, accounts for those of `python app.py users add`, proxy for whom a "
            "proxy names (then also CHATBOT_PROXY_HEADER and CHATBOT_PROXY_ADDRESSES), or oidc for whom an OpenID "
            "Connect provider lets in (then also CHATBOT_OIDC_ISSUER and CHATBOT_OIDC_CLIENT_ID)."
        )


def notices(settings: Settings) -> list[str]:
    """What the person who starts the server should know of its rules."""
    access = Access(settings)
    try:
        nobody = settings.readers == "accounts" and not access.accounts.users()
        problems = ["Nobody can log in yet: python app.py users add NAME"] if nobody else []
        return [*problems, *filter(None, [access.editing_off()])]
    except AccountError as exc:
        return [str(exc)]


def _visitor(account: Account | None) -> Visitor | None:
    return Visitor(account.name, account.role, account.groups) if account else None


def _token(request: HTTPConnection) -> str | None:
    """Our token, if one was sent; proxies send others of their own in the same header."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip().startswith(TOKEN_PREFIX) else None


def _asked_here(request: HTTPConnection) -> bool:
    """Whether somebody on this machine asked, perhaps through a proxy on it.

    The guard takes some headers away before the page sees them; it notes that a proxy has sent them.
    """
    noted: bool = request.scope.get("proxied", False)
    return not noted and not brought_by_proxy(request.scope["headers"])
