"""Keeps the accounts and their API tokens, and checks passwords and tokens. All of it is one file below the data
folder, for its owner alone. It holds no password and no token, only the hashes that they are checked against."""

import datetime
import fcntl
import hmac
import json
import logging
import os
import re
import secrets
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from threading import Lock

import bcrypt

from chatbot.errors import AccountError
from index.digest import text_digest
from index.groups import read_groups
from index.private_files import PRIVATE_FILE, make_private_folder

FILE = "accounts.json"
LEAST_PASSWORD_CHARACTERS = 10
TOKEN_DAYS = 365
# How long a change of the accounts waits for another process that changes them.
LOCK_SECONDS = 10.0
LOCK_POLL_SECONDS = 0.05
# bcrypt reads no further.
MOST_PASSWORD_BYTES = 72
TOKEN_PREFIX = "articles_"
# What an unknown name's password is checked against, so that it takes as long as a known one's.
NOBODY = b"$2b$12$Z.K3HlXkzlR/OQ1paXlUAOrNigrFi9bJAxtPhHHikAEnHtNHlbCOC"
log = logging.getLogger(__name__)
_NAME = re.compile(r"\w[\w.@+-]{0,63}")


class Role(StrEnum):
    """What an account may do: an editor may read as well."""

    READER = "reader"
    EDITOR = "editor"


@dataclass(frozen=True)
class Account:
    """A user. `key` is another one after each change of the password: what was begun with the old one ends. `groups`
    are those whose articles a reader may read beside what everybody may."""

    name: str
    role: Role
    password: str = field(repr=False)
    key: str = field(repr=False)
    made: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class AccessToken:
    """A user's API token, by its id; `made` and `used` are days, the latter None until it is used."""

    id: str
    user: str
    sha256: str = field(repr=False)
    made: str
    used: str | None = None


@dataclass(frozen=True)
class _Content:
    users: dict[str, Account]
    tokens: dict[str, AccessToken]


class Accounts:
    """The file of accounts. Several threads and processes may use it: each change is read at once by all of them."""

    def __init__(
        self, data: Path, token_days: int = TOKEN_DAYS, *, today: Callable[[], datetime.date] | None = None,
        lock_seconds: float = LOCK_SECONDS,
    ) -> None:
        """`token_days` is how many days after it was made an API token is accepted; `today` is the day in UTC. A change
        waits for `lock_seconds` while another process makes one."""
        self._path = data / FILE
        self._token_days = token_days
        self._lock_seconds = lock_seconds
        self._today = today or (lambda: datetime.datetime.now(datetime.UTC).date())
        self._reading = Lock()
        self._read: tuple[object, _Content] = (None, _Content({}, {}))

    def users(self) -> list[Account]:
        """All accounts by name. Raises AccountError where the file cannot be read."""
        return [account for _, account in sorted(self._content().users.items())]

    def tokens(self, user: str) -> list[AccessToken]:
        """The tokens of one user, oldest first."""
        return [token for token in self._content().tokens.values() if token.user == user]

    def user(self, name: str) -> Account | None:
        """The account of this name, if there is one."""
        return self._content().users.get(name)

    def has_editor(self) -> bool:
        """Whether any account may edit."""
        return any(account.role is Role.EDITOR for account in self._content().users.values())

    def add(self, name: str, password: str, role: Role = Role.READER, groups: Iterable[str] = ()) -> None:
        """Make an account. Raises AccountError for a name or a password that cannot be had, GroupError for a group."""
        chosen = read_groups(groups)
        name = account_name(name)
        if not _NAME.fullmatch(name):
            raise AccountError(f"The name '{name}' cannot be used. Expected letters, digits and . @ + - _, at most 64.")
        hashed = _hashed(password)
        with self._changing() as content:
            if name in content.users:
                raise AccountError(f"There is a user '{name}' already. Remove it first, or set its password.")
            content.users[name] = Account(name, role, hashed, secrets.token_hex(8), self._day(), chosen)

    def set_password(self, name: str, password: str) -> None:
        """Change a password. Sessions and API tokens from before the change end. Raises AccountError."""
        hashed = _hashed(password)
        with self._changing() as content:
            account = _known(content, name)
            content.users[account.name] = replace(account, password=hashed, key=secrets.token_hex(8))
            _remove_tokens(content, account.name)

    def set_groups(self, name: str, groups: Iterable[str]) -> None:
        """Give an account other groups in place of its own; they count at once. Raises AccountError and GroupError."""
        chosen = read_groups(groups)
        with self._changing() as content:
            account = _known(content, name)
            content.users[account.name] = replace(account, groups=chosen)

    def remove(self, name: str) -> None:
        """Remove an account and its tokens. Raises AccountError where there is none."""
        with self._changing() as content:
            name = _known(content, name).name
            del content.users[name]
            _remove_tokens(content, name)

    def log_in(self, name: str, password: str) -> Account | None:
        """The account that these belong to, or None; either takes as long, whether the name is known or not."""
        account = self.user(account_name(name))
        given = unicodedata.normalize("NFC", password).encode("utf-8", "replace")
        right = bcrypt.checkpw(given[:MOST_PASSWORD_BYTES], account.password.encode() if account else NOBODY)
        return account if right and len(given) <= MOST_PASSWORD_BYTES else None

    def make_token(self, name: str) -> str:
        """A new API token of this user, which can be told only now. Raises AccountError for an unknown name."""
        id, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
        with self._changing() as content:
            content.tokens[id] = AccessToken(id, _known(content, name).name, text_digest(secret), self._day())
        return f"{TOKEN_PREFIX}{id}_{secret}"

    def revoke(self, id: str) -> None:
        """Remove a token by its id. Raises AccountError where there is none."""
        with self._changing() as content:
            if content.tokens.pop(id, None) is None:
                raise AccountError(f"There is no token with the id '{id}'. `python app.py users list` lists them.")

    def of_token(self, token: str) -> Account | None:
        """The account that a token speaks for, or None: also for an expired one. The day of its use is kept.

        This never waits: it runs between the requests of all visitors.
        """
        id, _, secret = token.removeprefix(TOKEN_PREFIX).partition("_")
        known = self._content().tokens.get(id)
        if known is None or not hmac.compare_digest(known.sha256, text_digest(secret)):
            return None
        if self.ends(known) <= self._today():
            return None
        if known.used != self._day():
            self._note_use(id)
        return self.user(known.user)

    def ends(self, token: AccessToken) -> datetime.date:
        """The first day on which a token is no longer accepted."""
        return datetime.date.fromisoformat(token.made) + datetime.timedelta(days=self._token_days)

    def _note_use(self, id: str) -> None:
        try:
            with self._changing(wait_seconds=0) as content:
                if id in content.tokens:
                    content.tokens[id] = replace(content.tokens[id], used=self._day())
        except AccountError as exc:
            # Another process holds the lock, or the disk is full: the token is valid all the same.
            log.debug("The day of use of token %s is not kept: %s", id, exc)

    def _day(self) -> str:
        return self._today().isoformat()

    def _content(self) -> _Content:
        with self._reading:
            try:
                stat = self._path.stat()
                version = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
                if version != self._read[0]:
                    self._read = (version, _parsed(self._path.read_bytes()))
            except FileNotFoundError:
                self._read = (None, _Content({}, {}))
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
                raise AccountError(f"The accounts in {self._path} cannot be read: {exc}. Mend or delete it.") from exc
            return self._read[1]

    @contextmanager
    def _changing(self, *, wait_seconds: float | None = None) -> Iterator[_Content]:
        """What is kept, to be changed by one at a time and then written; on an error the file stays as it was."""
        patience = self._lock_seconds if wait_seconds is None else wait_seconds
        try:
            make_private_folder(self._path.parent)
            with _locked(self._path.with_suffix(".lock"), patience):
                before = self._content()
                content = _Content(dict(before.users), dict(before.tokens))
                yield content
                _write(self._path, content)
        except OSError as exc:
            raise AccountError(f"The accounts in {self._path} cannot be written: {exc.strerror}.") from exc


def account_name(name: str) -> str:
    """The one spelling of a name under which its account is kept, whatever Unicode form it was typed in."""
    return unicodedata.normalize("NFC", name)


@contextmanager
def _locked(path: Path, wait_seconds: float) -> Iterator[None]:
    """Holds the lock file. Raises AccountError where another process holds it for longer than `wait_seconds`."""
    until = time.monotonic() + wait_seconds
    # Opened for reading and writing: to open a pipe for writing alone would wait for its reader.
    with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE), "rb", buffering=0) as lock:
        while not _take(lock.fileno()):
            if time.monotonic() >= until:
                raise AccountError(f"Another process is changing the accounts and holds {path}. Try again later.")
            time.sleep(LOCK_POLL_SECONDS)
        yield


def _take(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _remove_tokens(content: _Content, user: str) -> None:
    for token in [token for token in content.tokens.values() if token.user == user]:
        del content.tokens[token.id]


def _known(content: _Content, name: str) -> Account:
    name = account_name(name)
    if name not in content.users:
        raise AccountError(f"There is no user '{name}'. `python app.py users list` lists them.")
    return content.users[name]


def _hashed(password: str) -> str:
    password = unicodedata.normalize("NFC", password)
    length, size = len(password), len(password.encode("utf-8", "replace"))
    if length < LEAST_PASSWORD_CHARACTERS:
        raise AccountError(f"The password has {length} characters. Expected {LEAST_PASSWORD_CHARACTERS} or more.")
    if size > MOST_PASSWORD_BYTES:
        raise AccountError(f"The password has {size} bytes. Expected at most {MOST_PASSWORD_BYTES}: no more are read.")
    if not password.isprintable():
        raise AccountError("The password holds a control character, which no form can send. Choose another one.")
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt()).decode()


def _parsed(content: bytes) -> _Content:
    read = json.loads(content)
    users = {
        name: Account(
            **{"name": name, **stored, "role": Role(stored["role"]), "groups": tuple(stored.get("groups", ()))}
        )
        for name, stored in read["users"].items()
    }
    return _Content(users, {id: AccessToken(id=id, **stored) for id, stored in read["tokens"].items()})


def _write(path: Path, content: _Content) -> None:
    """The file in one step: a crash leaves the old one or the new one."""
    users = {name: {k: v for k, v in asdict(account).items() if k != "name"} for name, account in content.users.items()}
    tokens = {id: {k: v for k, v in asdict(token).items() if k != "id"} for id, token in content.tokens.items()}
    fresh = path.with_suffix(f".{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "w", encoding="utf-8") as file:
        json.dump({"users": users, "tokens": tokens}, file, indent=1, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
