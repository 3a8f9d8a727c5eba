"""The commands that take articles in: `index` once, `watch` until it is stopped."""

import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from chatbot.cli.data_folder import open_collection, refuse_missing_folder
from chatbot.cli.output import print_report, printable
from chatbot.cli.progress import file_progress, passage_progress
from chatbot.cli.second_reading import check_reader, read_by_llm
from chatbot.cli.sources import make_fetcher, make_watch, read_listed, urls_and_paths
from chatbot.errors import SettingsError
from chatbot.settings import Settings
from index.errors import IndexingError
from index.groups import read_groups

if TYPE_CHECKING:
    from index.article import Article
    from index.ingest.report import Report

Groups = Annotated[
    list[str] | None,
    Option("--group", metavar="GROUP...", help="only readers in these groups may read the articles"),
]


def index(
    settings: Settings,
    paths: Annotated[
        list[str] | None, Argument(metavar="PATH", help="a file, a folder, or the URL of a page or feed")
    ] = None,
    list_file: Annotated[
        Path | None, Option("--list", metavar="FILE", help="a file of URLs and paths, one a line")
    ] = None,
    prune: Annotated[bool, Option("--prune", help="remove the articles below PATH whose file is gone")] = False,
    verbose: Annotated[bool, Option("--verbose", help="name each article once it is safely kept")] = False,
    reembed: Annotated[
        bool, Option("--reembed", help="embed every article again, such as with another model")
    ] = False,
    group: Groups = None,
    everybody: Annotated[bool, Option("--everybody", help="everybody may read these, as without a group")] = False,
    claims_by_llm: Annotated[
        bool, Option("--claims-by-llm", help="have the LLM read articles for claims, all that none has read yet")
    ] = False,
    as_json: Annotated[bool, Option("--json", help="print what was done as one JSON object")] = False,
) -> int:
    """Index files, folders, web pages and feeds, or embed every article again."""
    from index.ingest.report import Report
    from index.ingest.run import index_paths
    from index.ingest.web import index_urls

    groups = _readers(group, everybody=everybody)
    urls, files = urls_and_paths([*(paths or []), *read_listed(list_file)])
    check_reader(settings, wanted=claims_by_llm)
    if not any((urls, files, reembed, claims_by_llm)):
        raise SettingsError("There is nothing to index. Give files or folders, such as: python app.py index articles")
    # Without the model until there is something to embed: a run over what is unchanged takes a fraction of the time.
    with open_collection(settings, writing=True, reembedding=reembed, loading=False, new=True) as collection:
        report, limits = Report(), settings.file_limits
        name_article = _print_article if verbose and not as_json else lambda article: None
        try:
            index_paths(
                collection, files, prune=prune, reembed=reembed, limits=limits, into=report, start=file_progress,
                passages=passage_progress(), on_written=name_article, groups=groups,
            )
            if urls:
                fetcher = make_fetcher(settings)
                index_urls(
                    collection, urls, fetcher, limits=limits, passages=passage_progress(), into=report, groups=groups
                )
        except (IndexingError, KeyboardInterrupt) as exc:
            if any(report.outcomes().values()):
                print_report(report, as_json=as_json, error=str(exc) or "stopped")
            raise
    return _finished(settings, report, claims_by_llm=claims_by_llm, as_json=as_json)


def _finished(settings: Settings, report: "Report", *, claims_by_llm: bool, as_json: bool) -> int:
    """Print what a run did; the exit status. The index is not kept from others while an LLM reads."""
    if claims_by_llm:
        return read_by_llm(settings, report, as_json=as_json)
    print_report(report, as_json=as_json)
    return 1 if report.refused else 0


def _readers(group: list[str] | None, *, everybody: bool) -> Sequence[str] | None:
    """The groups that may read what is indexed, empty for everybody; None leaves that as it is."""
    if group and everybody:
        raise SettingsError("--group and --everybody exclude each other. Give one of them.")
    if everybody:
        return ()
    return None if group is None else read_groups(group)


def watch(
    settings: Settings,
    paths: Annotated[list[str], Argument(metavar="PATH_OR_URL", help="a folder, or the URL of a feed or page")],
    prune: Annotated[bool, Option("--prune", help="remove the articles whose file is gone, too")] = False,
    group: Groups = None,
) -> int:
    """Index what changes in folders and feeds until it is stopped."""
    from index.ingest.watch import Watcher

    refuse_missing_folder(settings)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with open_collection(settings, loading=False, new=True) as collection:
        try:
            watched, _ = make_watch(collection, settings, paths, prune=prune, groups=group)
            Watcher(watched).run()
        except KeyboardInterrupt:
            print("Stopped.", file=sys.stderr)
    return 0


def _print_article(article: "Article") -> None:
    print(f"Kept: {article.id} {printable(article.title)}", flush=True)
