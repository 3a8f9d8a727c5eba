import datetime
import json
import os
import re
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatbot.errors import AccountError
from chatbot.web.auth.accounts import FILE, Accounts, Role
from index.errors import GroupError
from tests.support.program import Program

PASSWORD = "correct horse"


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    """Accounts with one editor."""
    store = Accounts(tmp_path / "data")
    store.add("ada", PASSWORD, Role.EDITOR)
    return store


def test_who_has_the_password_is_let_in(accounts: Accounts) -> None:
    ada = accounts.log_in("ada", PASSWORD)
    assert ada is not None and (ada.name, ada.role) == ("ada", Role.EDITOR)
    assert accounts.log_in("ada", PASSWORD + "!") is None and accounts.log_in("bob", PASSWORD) is None
    assert [accounts.log_in("ada", odd) for odd in ("", "\x00", "\ud800", PASSWORD + "x" * 99)] == [None] * 4


def test_no_secret_stands_in_the_file_which_is_for_its_owner_alone(accounts: Accounts, tmp_path: Path) -> None:
    token = accounts.make_token("ada")
    file = tmp_path / "data" / FILE
    text = file.read_text()
    # The secret itself may hold the mark that stands before it.
    _, _, secret = token.split("_", 2)
    assert len(secret) > 40 and PASSWORD not in text and secret not in text and "$2b$12$" in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in file.parent.iterdir()) == ["accounts.json", "accounts.lock"]


def test_an_unknown_name_takes_as_long_as_a_wrong_password(accounts: Accounts) -> None:
    def seconds(name: str) -> float:
        began = time.thread_time()
        accounts.log_in(name, "a wrong password")
        return time.thread_time() - began

    known, unknown = (min(seconds(name) for _ in range(3)) for name in ("ada", "nobody"))
    assert known == pytest.approx(unknown, rel=0.25) and known > 0.05


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("short", "has 5 characters. Expected 10 or more."),
        ("é" * 37, "has 74 bytes. Expected at most 72"),
        ("with a \x07 bell", "holds a control character"),
    ],
)
def test_a_password_that_cannot_be_had_is_said(accounts: Accounts, password: str, message: str) -> None:
    with pytest.raises(AccountError, match=re.escape(message)):
        accounts.add("bob", password)
    assert accounts.user("bob") is None


@pytest.mark.parametrize("name", ["", " ", "a b", "-a", "a/b", "<b>", "a\n", "x" * 65, "a\u202eb"])
def test_a_name_that_cannot_be_had_is_said(accounts: Accounts, name: str) -> None:
    with pytest.raises(AccountError, match="Expected letters, digits"):
        accounts.add(name, PASSWORD)


def test_a_name_is_given_once_and_however_it_is_typed(accounts: Accounts) -> None:
    accounts.add("Zoe\u0301", PASSWORD)
    assert accounts.log_in("Zo\u00e9", PASSWORD) and accounts.log_in("Zoe\u0301", PASSWORD)
    with pytest.raises(AccountError, match="a user 'Zo\u00e9' already"):
        accounts.add("Zo\u00e9", PASSWORD)


def test_a_token_speaks_for_its_user_until_it_is_revoked(accounts: Accounts) -> None:
    token = accounts.make_token("ada")
    [listed] = accounts.tokens("ada")
    assert listed.used is None and token.startswith(f"articles_{listed.id}_")
    assert accounts.of_token(token) == accounts.user("ada")
    assert accounts.tokens("ada")[0].used == listed.made
    assert [accounts.of_token(odd) for odd in (token + "x", token[:-1], "", "articles_", listed.id)] == [None] * 5
    accounts.revoke(listed.id)
    assert accounts.of_token(token) is None


def test_an_account_is_in_groups_which_count_at_once_and_older_accounts_are_in_none(accounts: Accounts) -> None:
    accounts.add("bob", PASSWORD, Role.READER, ["Board", "board ", "staff"])
    token = accounts.make_token("bob")
    for groups in (("board", "staff"), ("staff",), ()):
        if groups != ("board", "staff"):
            accounts.set_groups("bob", groups)
        known = accounts.of_token(token)
        assert known is not None and known.groups == groups
    ada = accounts.user("ada")
    assert ada is not None and ada.groups == ()
    with pytest.raises(GroupError, match="cannot be the name of a group"):
        accounts.set_groups("bob", ["a,b"])
    with pytest.raises(GroupError, match="cannot be the name of a group"):
        accounts.add("eve", PASSWORD, groups=[""])
    with pytest.raises(AccountError, match="no user 'eve'"):
        accounts.set_groups("eve", ["board"])


def test_a_file_of_accounts_of_an_earlier_version_is_read(accounts: Accounts, tmp_path: Path) -> None:
    file = tmp_path / "data" / FILE
    content = json.loads(file.read_text())
    del content["users"]["ada"]["groups"]
    file.write_text(json.dumps(content))
    [ada] = Accounts(tmp_path / "data").users()
    assert (ada.name, ada.groups) == ("ada", ())


def test_a_user_leaves_with_all_tokens(accounts: Accounts) -> None:
    token = accounts.make_token("ada")
    accounts.remove("ada")
    assert accounts.of_token(token) is None and accounts.log_in("ada", PASSWORD) is None and not accounts.has_editor()


def test_a_new_password_ends_the_tokens_and_changes_the_key(accounts: Accounts) -> None:
    accounts.add("bob", PASSWORD)
    others = accounts.make_token("bob")
    token, before = accounts.make_token("ada"), accounts.user("ada")
    accounts.set_password("ada", "another password")
    after = accounts.user("ada")
    assert before and after and before.key != after.key
    assert accounts.of_token(token) is None and accounts.tokens("ada") == []
    assert accounts.of_token(others) == accounts.user("bob")
    assert accounts.of_token(accounts.make_token("ada")) == after
    assert accounts.log_in("ada", PASSWORD) is None and accounts.log_in("ada", "another password")


@pytest.mark.parametrize("change", [Accounts.remove, Accounts.make_token, Accounts.revoke])
def test_what_is_not_there_is_said(accounts: Accounts, change: object) -> None:
    with pytest.raises(AccountError, match="There is no (user '|token with the id ')eve'"):
        change(accounts, "eve")  # type: ignore[operator]


def test_what_another_process_changes_is_known_at_once(accounts: Accounts, tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from chatbot.web.auth.accounts import Accounts; " \
        "Accounts(Path(sys.argv[1])).make_token('ada')"
    processes = [Program("-c", code, tmp_path / "data") for _ in range(4)]
    assert [process.wait(timeout=60) for process in processes] == [0] * 4
    assert len(accounts.tokens("ada")) == 4
    Accounts(tmp_path / "data").remove("ada")
    assert accounts.users() == []


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"users": {"a": {}}, "tokens": {}}', '{"users": 1, "tokens": {}}', "\x00"]
)
def test_a_broken_file_lets_nobody_in_and_is_left_as_it_is(accounts: Accounts, tmp_path: Path, content: str) -> None:
    file = tmp_path / "data" / FILE
    file.write_text(content)
    for change in (accounts.users, lambda: accounts.log_in("ada", PASSWORD), lambda: accounts.add("bob", PASSWORD)):
        with pytest.raises(AccountError, match="accounts.json cannot be read"):
            change()
    assert file.read_text() == content


def test_a_write_that_breaks_off_leaves_the_old_file(accounts: Accounts, tmp_path: Path) -> None:
    file = tmp_path / "data" / FILE
    before = json.loads(file.read_text())
    (tmp_path / "data" / f"accounts.{os.getpid()}.new").write_text("half a fi")
    accounts.make_token("ada")
    assert json.loads(file.read_text())["users"] == before["users"]


def test_a_token_ends_after_its_days(accounts: Accounts, tmp_path: Path) -> None:
    token = accounts.make_token("ada")
    made = datetime.date.fromisoformat(accounts.tokens("ada")[0].made)

    def after(days: int) -> Accounts:
        return Accounts(tmp_path / "data", 30, today=lambda: made + datetime.timedelta(days=days))

    assert after(29).of_token(token) == accounts.user("ada")
    assert after(30).of_token(token) is None
    assert accounts.ends(accounts.tokens("ada")[0]) == made + datetime.timedelta(days=365)


@pytest.fixture
def held(tmp_path: Path, accounts: Accounts) -> Iterator[None]:
    """Another process holds the lock of the accounts."""
    code = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); " \
        "sys.stdin.read()"
    command = [sys.executable, "-c", code, str(tmp_path / "data" / "accounts.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        yield


def test_a_held_lock_keeps_no_token_waiting(accounts: Accounts, request: pytest.FixtureRequest) -> None:
    token = accounts.make_token("ada")
    request.getfixturevalue("held")
    began = time.monotonic()
    assert accounts.of_token(token) == accounts.user("ada") and accounts.log_in("ada", PASSWORD)
    assert time.monotonic() - began < 5
    assert accounts.tokens("ada")[0].used is None


def test_a_held_lock_is_said_to_who_changes_an_account(tmp_path: Path, held: None) -> None:
    patient = Accounts(tmp_path / "data", lock_seconds=1)
    began = time.monotonic()
    with pytest.raises(AccountError, match="Another process is changing the accounts and holds .*accounts.lock"):
        patient.make_token("ada")
    assert 1 <= time.monotonic() - began < 6


def test_an_account_is_changed_however_its_name_is_typed(accounts: Accounts) -> None:
    accounts.add("Zo\u00e9", PASSWORD)
    accounts.set_password("Zoe\u0301", "another password")
    assert accounts.log_in("Zo\u00e9", "another password")
    accounts.remove("Zoe\u0301")
    assert accounts.user("Zo\u00e9") is None


def test_the_folder_and_the_files_are_for_their_owner_alone(accounts: Accounts, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_folder_that_cannot_be_written_is_said() -> None:
    with pytest.raises(AccountError, match="cannot be written: "):
        Accounts(Path("/proc/none")).add("bob", PASSWORD)
