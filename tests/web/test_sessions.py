from pathlib import Path

import pytest

from chatbot.web.auth.accounts import Account, Accounts
from chatbot.web.auth.sessions import MOST_OF_A_USER, Sessions
from tests.web.test_login_throttle import Clock

PASSWORD = "correct horse"


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    store = Accounts(tmp_path)
    store.add("ada", PASSWORD)
    return store


@pytest.fixture
def ada(accounts: Accounts) -> Account:
    return accounts.users()[0]


def test_a_session_is_its_accounts_until_it_ends(accounts: Accounts, ada: Account) -> None:
    sessions = Sessions(accounts, 1)
    id, other = sessions.begin(ada), sessions.begin(ada)
    assert sessions.whose(id) == ada and id != other and len(id) > 40
    sessions.end(id)
    sessions.end(id)
    assert sessions.whose(id) is None and sessions.whose(other) == ada


@pytest.mark.parametrize("id", ["", "ada", "\ud800", "x" * 100_000])
def test_an_id_that_was_never_given_is_nobodys(accounts: Accounts, ada: Account, id: str) -> None:
    sessions = Sessions(accounts, 1)
    sessions.begin(ada)
    assert sessions.whose(id) is None


def test_a_session_ends_after_its_hours(accounts: Accounts, ada: Account) -> None:
    clock = Clock()
    sessions = Sessions(accounts, 0.5, clock)
    id = sessions.begin(ada)
    clock.now += 1799
    assert sessions.whose(id) == ada
    clock.now += 1
    assert sessions.whose(id) is None
    sessions.begin(ada)
    assert len(sessions._sessions) == 1


def test_a_new_password_and_a_removed_account_end_it(accounts: Accounts, ada: Account) -> None:
    sessions = Sessions(accounts, 1)
    id = sessions.begin(ada)
    accounts.set_password("ada", "another password")
    assert sessions.whose(id) is None
    id = sessions.begin(accounts.users()[0])
    accounts.remove("ada")
    accounts.add("ada", PASSWORD)
    assert sessions.whose(id) is None


def test_one_user_cannot_fill_the_memory(accounts: Accounts, ada: Account) -> None:
    sessions = Sessions(accounts, 1)
    ids = [sessions.begin(ada) for _ in range(MOST_OF_A_USER + 2)]
    assert [sessions.whose(id) is not None for id in ids] == [False] * 2 + [True] * MOST_OF_A_USER


def test_what_is_kept_does_not_tell_the_id(accounts: Accounts, ada: Account) -> None:
    sessions = Sessions(accounts, 1)
    id = sessions.begin(ada)
    assert id not in repr(sessions._sessions)
