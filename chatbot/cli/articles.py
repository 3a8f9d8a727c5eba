"""The commands over the articles that are indexed: `articles`, `verify`, `export` and `import`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from typer import Argument, Option

from chatbot.cli.data_folder import open_collection, refuse_missing_folder
from chatbot.cli.output import articles_text, json_line, print_summary, printable
from chatbot.cli.progress import file_progress, passage_progress
from chatbot.errors import QuestionError
from chatbot.settings import Settings
from index.groups import read_groups

if TYPE_CHECKING:
    from index.collection import Collection

ExportFile = Annotated[Path, Argument(metavar="FILE", help="the file, such as articles.jsonl")]


def articles(
    settings: Settings,
    action: Annotated[Literal["list", "remove", "groups"], Argument(help="what to do")] = "list",
    ids: Annotated[
        list[str] | None, Argument(metavar="ID", help="with remove and groups: the articles' ids, as listed")
    ] = None,
    group: Annotated[
        list[str] | None,
        Option("--group", metavar="GROUP...", help="with groups: who may read them; without it everybody may"),
    ] = None,
    as_json: Annotated[bool, Option("--json", help="print one JSON object a line")] = False,
) -> int:
    """List the articles, remove some by their ids, or say who may read them."""
    if (action != "list") != bool(ids):
        raise QuestionError(
            "Give ids with remove and groups, and only there, such as: python app.py articles remove ID"
        )
    if group and action != "groups":
        raise QuestionError("--group goes with groups, such as: python app.py articles groups ID --group board")
    with open_collection(settings, writing=bool(ids), loading=False) as collection:
        if ids and action == "groups":
            _restrict(collection, ids, group or [])
        elif ids:
            titles = [collection.article(ident).title for ident in ids]
            for ident, title in zip(ids, titles, strict=True):
                collection.remove(ident)
                print(f"Removed: {printable(title)}")
        elif as_json:
            for row in collection.articles():
                print(json_line(asdict(row)))
        else:
            print(articles_text(collection.articles(), collection.superseded()))
    return 0


def _restrict(collection: "Collection", ids: list[str], groups: list[str]) -> None:
    from index.readership import Readership

    chosen = read_groups(groups)
    Readership(collection).restrict(ids, chosen)
    for ident in ids:
        print(f"For {', '.join(chosen) or 'everybody'}: {printable(collection.article(ident).title)}")


def verify(
    settings: Settings,
    mend: Annotated[bool, Option("--repair", help="mend what is wrong, embedding only what needs it")] = False,
) -> int:
    """Check the index against itself, and mend it with --repair; status 1 where something is wrong and not mended."""
    from index.ingest.integrity import audit, repair

    with open_collection(settings, writing=True, loading=False, mending=False) as collection:
        audited = audit(collection)
        for fault in audited.faults:
            print(fault)
        if audited.faults and mend:
            audited = repair(collection, audited, start=file_progress, passages=passage_progress())
            print("\n".join(audited.faults) if audited.faults else "All of it is mended.")
        elif audited.faults:
            print("Mend it with: python app.py verify --repair")
        else:
            held = collection.summary()
            print(f"Nothing is wrong: {held.articles} articles, {held.passages} passages.")
    return 1 if audited.faults else 0


def export(settings: Settings, file: ExportFile) -> int:
    """Write every article with what is known of it to a file, one a line."""
    from index.ingest.export import export_articles

    with open_collection(settings, loading=False) as collection:
        print(f"{export_articles(collection, file)} articles written to {file}")
    return 0


def import_(settings: Settings, file: ExportFile) -> int:
    """Take in what export has written."""
    from index.ingest.export import import_articles

    refuse_missing_folder(settings)
    with open_collection(settings, writing=True, new=True) as collection:
        report = import_articles(collection, file, passages=passage_progress())
        print_summary(report)
    return 1 if report.refused else 0
