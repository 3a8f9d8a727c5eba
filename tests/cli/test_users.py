"""The commands that make accounts, and groups of readers."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.commands import Ran


def test_accounts_are_made_listed_and_removed(here: Callable[..., Ran], tmp_path: Path) -> None:
    place = ["--data", tmp_path]
    assert here("users", "list", *place).out == "Nobody has an account yet.\n"
    added = here("users", "add", "ada", "--role", "editor", *place, given="correct horse\n")
    assert added == Ran(0, "Added: ada, editor\n", "")
    made = here("users", "token", "ada", *place)
    assert made.out.startswith("articles_") and "only now" in made.err
    _, user, token = here("users", "list", *place).out.splitlines()
    assert re.match(r"ada +editor +20\d\d-", user)
    assert re.search(r"token (\w{8}) +20\d\d-.* never +20\d\d-\d\d-\d\d$", token)
    assert here("users", "revoke", token.split()[1], *place).out.startswith("Revoked: ")
    changed = here("users", "password", "ada", *place, given="another password")
    assert changed.out == "Changed: ada. Sessions and API tokens from before have ended.\n"
    assert here("users", "remove", "ada", *place).out == "Removed: ada\n"


def test_groups_are_given_changed_and_listed(here: Callable[..., Ran], tmp_path: Path) -> None:
    place = ["--data", tmp_path]
    added = here("users", "add", "bob", "--group", "Board", "staff", *place, given="correct horse\n")
    assert added.out == "Added: bob, reader, in board, staff\n"
    assert here("users", "list", *place).out.splitlines()[-1] == "  in board, staff"
    assert here("users", "groups", "bob", "--group", "staff", *place).out == "Changed: bob, in staff\n"
    assert here("users", "groups", "bob", *place).out == "Changed: bob, in no group\n"


def test_articles_are_for_the_groups_that_are_named(here: Callable[..., Ran], tmp_path: Path) -> None:
    file = tmp_path / "minutes.md"
    file.write_text("Director Ylva Quist will close the furnace of Tarnby in May, she told the board on Tuesday.")
    place = ["--data", tmp_path / "data"]
    assert here("index", file, "--group", "board", *place).status == 0
    question = ["ask", "Who will close the furnace?", *place]
    assert "Quist" in here(*question).out and "Quist" in here(*question, "--group", "board", "staff").out
    assert "Quist" not in here(*question, "--group", "staff").out
    [article] = map(json.loads, here("articles", "--json", *place).out.splitlines())
    assert article["groups"] == ["board"] and "(for board)" in here("articles", *place).out
    assert here("articles", "groups", article["id"], "--group", "Staff", *place).out.startswith("For staff: ")
    assert "Quist" in here(*question, "--group", "staff").out
    assert here("index", file, "--everybody", *place).status == 0
    assert "Quist" in here(*question, "--group", "nobody").out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["users", "list", "--group", "board"], "--group goes with add and with groups"),
        (["users", "add", "bob", "--group", "a,b"], "'a,b' cannot be the name of a group"),
        (["articles", "--group", "board"], "--group goes with groups"),
        (["articles", "groups"], "Give ids with remove and groups"),
        (["index", ".", "--group", "board", "--everybody"], "exclude each other"),
        (["index", ".", "--group", "a,b"], "'a,b' cannot be the name of a group"),
        (["serve", "--watch-for", "minutes"], "--watch-for has 'minutes'. Expected groups and what is watched"),
        (["serve", "--watch-for", "board="], "--watch-for has 'board='."),
        (["serve", "--watch-for", "=minutes"], "'' cannot be the name of a group"),
    ],
)
def test_groups_that_make_no_sense_are_refused(
    failing: Callable[..., str], tmp_path: Path, arguments: list[str], message: str
) -> None:
    assert message in failing(*arguments, "--data", tmp_path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["add", "ada"], "The password has 0 characters. Expected 10 or more."),
        (["add"], "Give a name, and only where it is needed"),
        (["list", "ada"], "Give a name, and only where it is needed"),
        (["remove", "ada"], "There is no user 'ada'."),
        (["revoke", "1234"], "There is no token with the id '1234'."),
    ],
)
def test_an_account_that_cannot_be_made_or_found_is_said(
    failing: Callable[..., str], tmp_path: Path, arguments: list[str], message: str
) -> None:
    assert message in failing("users", *arguments, "--data", tmp_path)
