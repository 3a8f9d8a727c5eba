"""Where articles come from: the paths, addresses and lists that `index`, `watch` and `serve` are given."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chatbot.cli.output import print_summary
from chatbot.cli.progress import passage_progress
from chatbot.errors import SettingsError
from chatbot.settings import Settings
from index.groups import read_groups

if TYPE_CHECKING:
    from index.collection import Collection
    from index.fetch.client import Fetcher
    from index.ingest.watch import Watch


def urls_and_paths(sources: Sequence[str]) -> tuple[list[str], list[Path]]:
    """`sources` told apart."""
    urls = [source for source in sources if "://" in source]
    return urls, [Path(source) for source in sources if source not in urls]


def read_watches(given: Sequence[str]) -> list[tuple[list[str], list[str]]]:
    """Sources with the groups that they are for, of "GROUPS=PATH_OR_URL" each; sources of the same groups together.
    Raises SettingsError for what names no groups or no source, and GroupError for a name that no group may have."""
    watches: dict[tuple[str, ...], list[str]] = {}
    for each in given:
        names, equals, source = each.partition("=")
        groups = read_groups(names.split(","))
        if not equals or not groups or not source:
            raise SettingsError(
                f"--watch-for has '{each}'. Expected groups and what is watched, such as board=minutes."
            )
        watches.setdefault(tuple(groups), []).append(source)
    return [(sources, list(groups)) for groups, sources in watches.items()]


def read_listed(file: Path | None) -> list[str]:
    """The URLs and paths in `file`, one a line. Raises SettingsError where it cannot be read."""
    from index.ingest.web import read_list

    if file is None:
        return []
    try:
        return read_list(file.read_text(encoding="utf-8-sig").splitlines())
    except (OSError, ValueError) as exc:
        raise SettingsError(f"The list {file} cannot be read: {exc}. Expected one URL or path a line.") from exc


def make_fetcher(settings: Settings) -> "Fetcher":
    """What fetches pages and feeds, within the addresses and sizes that the settings allow."""
    from index.fetch.address_policy import read_ranges
    from index.fetch.client import Fetcher, FetchLimits
    from index.limits import MB

    limits = FetchLimits(bytes=min(FetchLimits.bytes, settings.file_limits.file_mb * MB))
    return Fetcher(allowed=read_ranges(settings.fetch_allow), limits=limits, robots=settings.robots == "respect")


def make_watch(
    collection: "Collection", settings: Settings, sources: Sequence[str], *, prune: bool,
    groups: Sequence[str] | None = None,
) -> tuple["Watch", "Fetcher"]:
    """The watch over the folders and feeds in `sources`, and what fetches for it; their articles are for `groups`, or
    for everybody. Raises GroupError, and another IndexingError for a source
    that cannot be watched."""
    from index.ingest.run import index_paths
    from index.ingest.watch import Watch
    from index.ingest.web import index_urls

    urls, paths = urls_and_paths(sources)
    chosen = None if groups is None else read_groups(groups)
    fetcher = make_fetcher(settings)
    watch = Watch(
        paths, urls,
        lambda folders: index_paths(
            collection, folders, prune=prune, limits=settings.file_limits, passages=passage_progress(), groups=chosen
        ),
        lambda feeds: index_urls(
            collection, feeds, fetcher, limits=settings.file_limits, passages=passage_progress(), groups=chosen
        ),
        settings.feed_minutes * 60, print_summary, lambda line: print(f"Error: {line}", file=sys.stderr, flush=True),
    )
    watch.check()
    return watch, fetcher
