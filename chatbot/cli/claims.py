"""The commands over what the articles claim: `claims` and `board`."""

from typing import Annotated

from typer import Option

from chatbot.board.changes import change_json, changes_markdown, changes_of
from chatbot.board.queries import BoardFilter, claims_of, read_day, rows_of, shown_sides_of, side_names_of
from chatbot.board.rendering import claim_json, claims_text, row_json, rows_text
from chatbot.cli.data_folder import open_collection, opened_for
from chatbot.cli.output import json_line, printable
from chatbot.settings import Settings

AsOf = Annotated[str | None, Option("--as-of", metavar="DAY", help="as the reports stood on this day, 2024-12-05")]
Place = Annotated[str | None, Option("--place", metavar="NAME", help="only this place")]
Controller = Annotated[str | None, Option("--controller", metavar="NAME", help="only what this side holds")]
ChangedSince = Annotated[
    str | None, Option("--changed-since", metavar="DAY", help="only what was reported or changed after this day")
]
Groups = Annotated[
    list[str] | None, Option("--group", metavar="GROUP...", help="as a reader in these groups sees the articles")
]
AsJson = Annotated[bool, Option("--json", help="print one JSON object a line")]


def claims(
    settings: Settings, as_of: AsOf = None, place: Place = None, controller: Controller = None,
    changed_since: ChangedSince = None, group: Groups = None, as_json: AsJson = False,
) -> int:
    """Print what the articles claim of who holds which place or office, each with its sentence, the newest first."""
    wanted = _filter(as_of, place, controller, changed_since)
    with open_collection(settings, loading=False) as whole, opened_for(whole, group) as collection:
        reported = claims_of(collection, wanted)
        sides = shown_sides_of(collection) if as_json else None
    if as_json:
        for claim in reported:
            print(json_line(claim_json(claim, sides)))
    else:
        print(printable(claims_text(reported)))
    return 0


def board(
    settings: Settings, as_of: AsOf = None, place: Place = None, controller: Controller = None,
    changed_since: ChangedSince = None,
    changes: Annotated[
        bool, Option("--changes", help="print what changed, before and after, as Markdown; without a day, in a week")
    ] = False,
    group: Groups = None,
    as_json: AsJson = False,
) -> int:
    """Print for every place who holds it by the newest report, since when, and whether that is disputed."""
    wanted = _filter(as_of, place, controller, changed_since)
    with open_collection(settings, loading=False) as whole, opened_for(whole, group) as collection:
        if changes:
            changed = changes_of(collection, wanted)
            objects = [change_json(change, changed.side_of) for change in changed.changes]
            text = changes_markdown(changed)
        else:
            rows = rows_of(collection, wanted)
            side_of = side_names_of(collection)
            objects, text = [row_json(row, side_of) for row in rows], rows_text(rows)
    if as_json:
        for record in objects:
            print(json_line(record))
    else:
        print(printable(text))
    return 0


def _filter(as_of: str | None, place: str | None, controller: str | None, changed_since: str | None) -> BoardFilter:
    return BoardFilter(
        read_day(as_of, "--as-of"), place, controller, read_day(changed_since, "--changed-since")
    )
