"""Keeps the sessions of those who have logged in, with an account or by single sign-on; the browser keeps a session's
random id. They live in this process alone: a restart ends them."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from chatbot.web.auth.accounts import Account, Accounts
from index.digest import text_digest

MOST_OF_A_USER = 20


@dataclass(frozen=True)
class _LoginSession:
    name: str
    key: str
    ends: float
    visitor: Account | None = None


class Sessions:
    """Who is logged in, for so many hours. What is kept of an id does not tell it."""

    def __init__(self, accounts: Accounts, hours: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = hours * 3600
        self._accounts = accounts
        self._clock = clock
        self._lock = Lock()
        self._sessions: OrderedDict[str, _LoginSession] = OrderedDict()

    def begin(self, account: Account, *, elsewhere: bool = False) -> str:
        """The id of a new session. A user's oldest ends where there are too many. With `elsewhere` the account is none
        of this server's: it is as it is told now until the session ends."""
        id, now = secrets.token_urlsafe(32), self._clock()
        with self._lock:
            for hashed in [hashed for hashed, session in self._sessions.items() if session.ends <= now]:
                del self._sessions[hashed]
            own = [hashed for hashed, session in self._sessions.items() if session.name == account.name]
            for hashed in own[: max(0, len(own) - MOST_OF_A_USER + 1)]:
                del self._sessions[hashed]
            self._sessions[_hashed(id)] = _LoginSession(
                account.name, account.key, now + self.seconds, account if elsewhere else None
            )
        return id

    def whose(self, id: str) -> Account | None:
        """The account of a session that has not ended; one ends with its account, and with a new password."""
        with self._lock:
            session = self._sessions.get(_hashed(id))
        if session is None or session.ends <= self._clock():
            return None
        if session.visitor is not None:
            return session.visitor
        account = self._accounts.user(session.name)
        return account if account and account.key == session.key else None

    def end(self, id: str) -> None:
        """End a session, if there is one."""
        with self._lock:
            self._sessions.pop(_hashed(id), None)


def _hashed(id: str) -> str:
    return text_digest(id)
