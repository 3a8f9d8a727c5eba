"""The command over the names of controllers: `aliases`."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

from typer import Option

from chatbot.board.queries import sides_of
from chatbot.board.sides import decisions_of, side_json, sides_text
from chatbot.cli.claims import AsJson, Groups
from chatbot.cli.data_folder import open_collection, opened_for
from chatbot.cli.output import json_line, printable
from chatbot.errors import QuestionError
from chatbot.settings import Settings

if TYPE_CHECKING:
    from index.collection import Collection

# How many names each option takes.
_NAMES = {"--merge": 2, "--split": 1, "--undo": 2}
# Who decides, as the decisions say.
BY = "the command line"


def aliases(
    settings: Settings,
    merge: Annotated[
        list[str] | None, Option("--merge", metavar="NAME...", help="let two names count as one side")
    ] = None,
    split: Annotated[str | None, Option("--split", metavar="NAME", help="take a name out of its side")] = None,
    undo: Annotated[
        list[str] | None, Option("--undo", metavar="NAME...", help="take back what is decided of two names")
    ] = None,
    every: Annotated[bool, Option("--all", help="print the sides with a single name, too")] = False,
    group: Groups = None,
    as_json: AsJson = False,
) -> int:
    """Print which names of controllers count as one and why, or change that."""
    change = _change({"--merge": merge, "--split": [split] if split else None, "--undo": undo})
    if change is not None and group is not None:
        raise QuestionError("--group shows what its readers see, and goes with no change.")
    with open_collection(settings, writing=change is not None, loading=False) as whole:
        if change is not None:
            change(whole)
        with opened_for(whole, group) as collection:
            known = sides_of(collection)
            decisions = decisions_of(collection, all_names=group is None)
    if as_json:
        for side in known:
            print(json_line(side_json(side)))
    else:
        print(printable(sides_text([side for side in known if every or len(side.names) > 1], decisions)))
    return 0


def _change(given: Mapping[str, Sequence[str] | None]) -> Callable[["Collection"], None] | None:
    """What the options ask to change, None where they ask for nothing. Raises QuestionError where that is unclear."""
    wanted = [(option, names) for option, names in given.items() if names]
    if not wanted:
        return None
    [(option, names), *more] = wanted
    if more:
        raise QuestionError(f"Give one of {', '.join(given)} at a time.")
    count = _NAMES[option]
    if len(names) != count:
        raise QuestionError(
            f"{option} takes {count} names, not {len(names)}. Put a name of several words in quotation marks: "
            f'{option} "Free Army" FA'
        )

    def change(collection: "Collection") -> None:
        from index.ingest.names import merge_names, split_name, undo_decision

        if option == "--merge":
            merge_names(collection, names[0], names[1], BY)
        elif option == "--split":
            split_name(collection, names[0], BY)
        else:
            undo_decision(collection, names[0], names[1], BY)

    return change
