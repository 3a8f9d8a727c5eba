"""The commands about the readers: `users` and their tokens, their `feedback`, and `embed` for their pages."""

import sys
from collections.abc import Sequence
from getpass import getpass
from typing import Annotated, Literal

from typer import Argument, Option

from chatbot.cli.data_folder import mention_new_folder, refuse_missing_folder, require_data_folder
from chatbot.cli.output import feedback_text, json_line, users_text
from chatbot.errors import AccountError
from chatbot.history import History
from chatbot.settings import Settings
from chatbot.web.auth.accounts import Accounts, Role, account_name
from index.groups import read_groups

UserAction = Literal["add", "list", "password", "groups", "remove", "token", "revoke"]


def users(
    settings: Settings,
    action: Annotated[UserAction, Argument(help="what to do")],
    name: Annotated[str | None, Argument(metavar="NAME", help="the user's name; with revoke, a token's id")] = None,
    role: Annotated[Literal["reader", "editor"], Option("--role", help="with add: what it may do")] = "reader",
    group: Annotated[
        list[str] | None,
        Option("--group", metavar="GROUP...", help="with add and groups: whose articles it may read, too"),
    ] = None,
) -> int:
    """Make, list, change and remove accounts and their API tokens."""
    if action == "add":
        refuse_missing_folder(settings)
        mention_new_folder(settings)
    else:
        require_data_folder(settings)
    if group and action not in ("add", "groups"):
        raise AccountError("--group goes with add and with groups, such as: python app.py users groups NAME --group G")
    accounts = Accounts(settings.data, settings.token_days)
    if (action == "list") == bool(name):
        raise AccountError("Give a name, and only where it is needed, such as: python app.py users add NAME")
    if not name:
        print(users_text([(user, accounts.tokens(user.name)) for user in accounts.users()], accounts.ends))
    else:
        _change(accounts, action, name, role, group or [])
        if action == "remove":
            # Another account of this name is another person's.
            History(settings.data, settings.history_days).delete_all(account_name(name))
    return 0


def _change(accounts: Accounts, action: UserAction, name: str, role: str, groups: Sequence[str]) -> None:
    if action == "add":
        # Refused before a password is typed.
        chosen = read_groups(groups)
        accounts.add(name, _password(), Role(role), chosen)
        print(f"Added: {name}, {role}{_in_groups(chosen)}")
    elif action == "groups":
        accounts.set_groups(name, groups)
        print(f"Changed: {name}{_in_groups(read_groups(groups)) or ', in no group'}")
    elif action == "password":
        accounts.set_password(name, _password())
        print(f"Changed: {name}. Sessions and API tokens from before have ended.")
    elif action == "remove":
        accounts.remove(name)
        print(f"Removed: {name}")
    elif action == "token":
        print(accounts.make_token(name))
        print("This token is shown only now. Whoever has it may do what this user may do.", file=sys.stderr)
    else:
        accounts.revoke(name)
        print(f"Revoked: {name}")


def _in_groups(groups: Sequence[str]) -> str:
    return f", in {', '.join(groups)}" if groups else ""


def _password() -> str:
    """What is typed twice unseen, or the first line of the standard input; never an argument, which others can see."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    try:
        typed = getpass("Password: ")
        repeated = getpass("Once more: ")
    except EOFError:
        raise AccountError("No password was typed.") from None
    if typed != repeated:
        raise AccountError("The two passwords differ. Try again.")
    return typed


def feedback(
    settings: Settings,
    as_json: Annotated[
        bool, Option("--json", help="print one JSON object a line, with answer and passages")
    ] = False,
) -> int:
    """Print what readers think of the answers."""
    require_data_folder(settings)
    from chatbot.feedback import FILE, FeedbackStore

    records, broken = FeedbackStore(settings.data / FILE).read()
    if as_json:
        for record in records:
            print(json_line(record))
    else:
        print(feedback_text(records))
    if broken:
        print(f"{broken} line{'s' if broken > 1 else ''} of {FILE} cannot be read.", file=sys.stderr)
    return 0


def embed(settings: Settings) -> int:
    """Print what to paste into another page so that it shows the chat."""
    from chatbot.web.embed_snippet import snippet

    print(snippet(settings.address, settings.embed_origins, alone=settings.alone), end="")
    return 0
