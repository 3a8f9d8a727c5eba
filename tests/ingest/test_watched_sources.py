"""The feeds and folders that editors choose are watched with the guards of any address, and kept over a restart."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event

import pytest

from index.collection import Collection
from index.errors import DataFolderError, FetchError, GroupError, SourceError
from index.fetch.address_policy import read_ranges
from index.fetch.client import Fetcher, FetchLimits
from index.ingest.watched_sources import FILE, WatchedSources
from index.limits import FileLimits
from index.message import Message, named
from index.readership import Readership
from index.search.embedder import BUNDLED
from index.storage.source_file import Result, SourceFile, WatchedSource
from tests.ingest.test_web import FETCHER, MONDAY, rss
from tests.support.corpus import BRIDGE, HARBOUR, write
from tests.support.website import Website, page


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with closing(Collection(tmp_path / "data", embedding_model=BUNDLED)) as opened:
        yield opened


@contextmanager
def watching(collection: Collection, *folders: Path, fetcher: Fetcher | None = None) -> Iterator[WatchedSources]:
    allowed = fetcher or Fetcher(allowed=read_ranges("127.0.0.1/32"), limits=FetchLimits(pause_seconds=0))
    watched = WatchedSources(collection, allowed, FileLimits(), every_seconds=900, folders=folders)
    watched.start()
    try:
        yield watched
    finally:
        watched.stop(20)


def until(state: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not state():
        assert time.monotonic() < end
        time.sleep(0.05)


def looked(watched: WatchedSources) -> WatchedSource:
    """The one source, once it was looked at."""
    until(lambda: watched.listed()[0].last is not None)
    return watched.listed()[0]


def test_a_feed_is_watched_paused_removed_and_known_after_a_restart(collection: Collection) -> None:
    with Website() as site:
        site.pages |= {"/harbour": page(HARBOUR, "text/plain"), "/feed": page(rss(("/harbour", MONDAY)), "text/xml")}
        with watching(collection) as watched:
            added = watched.add(f" {site.url}/feed#top ", "ada", ["Staff", "desk"])
            assert (added.place, added.by, added.groups) == (f"{site.url}/feed", "ada", ("desk", "staff"))
            last = looked(watched).last
            assert last and (last.added, last.refused, last.error) == (1, 0, None)
            row, = collection.articles()
            assert row.groups == ("desk", "staff")
            with pytest.raises(SourceError, match="is watched already"):
                watched.add(f"{site.url}/feed", "ada")
            assert watched.pause(added.id, True).paused
        assert (collection.data / FILE).stat().st_mode & 0o077 == 0
        site.pages |= {"/bridge": page(BRIDGE, "text/plain"), "/feed": page(rss(("/bridge", MONDAY)), "text/xml")}
        asked = len(site.asked)
        with watching(collection) as watched:
            [known] = watched.listed()
            assert known.paused and known.last == last and len(site.asked) == asked
            watched.pause(known.id, False)
            until(lambda: len(collection.articles()) == 2)
            watched.remove(known.id)
            assert watched.listed() == [] and len(collection.articles()) == 2
            with pytest.raises(SourceError, match="not watched any longer"):
                watched.pause(known.id, True)
        with watching(collection) as watched:
            assert watched.listed() == []


def test_a_folder_that_is_allowed_is_watched_and_what_is_refused_names_no_path(
    collection: Collection, tmp_path: Path
) -> None:
    write(tmp_path / "desk" / "2024", "harbour.md", HARBOUR)
    write(tmp_path / "desk" / "2024", "empty.md", " ")
    with watching(collection, tmp_path / "desk") as watched:
        assert watched.folders == ["desk"]
        source = watched.add("desk/2024", "ada")
        last = looked(watched).last
        assert source.name == "desk/2024" and last and (last.added, last.refused) == (1, 1)
        assert last.reasons == (("desk/2024/empty.md", "the file has no text."),)
        assert isinstance(last.reasons[0][1], Message)
        write(tmp_path / "desk" / "2024", "bridge.md", BRIDGE)
        until(lambda: len(collection.articles()) == 2)
        (tmp_path / "desk" / "2024").rename(tmp_path / "away")
        (tmp_path / "desk" / "2024").symlink_to(tmp_path / "away")
        until(lambda: "may be watched any longer" in str(watched.listed()[0].last))
        assert str(tmp_path) not in str(watched.listed()[0].last)


@pytest.mark.parametrize("name", [
    "/etc", "../etc", "desk/../secret", "desk/link", "desk/none", "desk/a.md", "secret", "desk\\..\\secret", "desk/\0",
    "~", "desk2",
])
def test_no_other_path_of_the_server_is_watched(collection: Collection, tmp_path: Path, name: str) -> None:
    write(tmp_path / "secret", "a.md", HARBOUR)
    write(tmp_path / "desk2", "a.md", HARBOUR)
    write(tmp_path / "desk", "a.md", HARBOUR)
    (tmp_path / "desk" / "link").symlink_to(tmp_path / "secret")
    with watching(collection, tmp_path / "desk") as watched:
        with pytest.raises(SourceError, match="is no folder that may be watched. Expected one of desk, or") as refused:
            watched.add(name, "ada")
        assert str(tmp_path) not in str(refused.value) and watched.listed() == []


def test_without_an_allowed_folder_none_is_watched(collection: Collection, tmp_path: Path) -> None:
    with watching(collection) as watched, pytest.raises(SourceError, match="CHATBOT_WATCH_FOLDERS"):
        watched.add(str(tmp_path), "ada")


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://a.example/", "http://a@b.example/", "http://a b/"])
def test_what_is_no_address_is_not_taken(collection: Collection, place: str) -> None:
    with watching(collection) as watched, pytest.raises(FetchError):
        watched.add(place, "ada")


def test_an_address_passes_the_guards_of_any_address(collection: Collection) -> None:
    with Website() as site, watching(collection, fetcher=Fetcher(limits=FetchLimits(pause_seconds=0))) as watched:
        watched.add(f"{site.url}/feed", "ada")
        last = looked(watched).last
        assert last and last.refused == 1 and "loopback" in last.reasons[0][1] and site.asked == []


def test_two_names_and_the_groups_are_told_apart(collection: Collection, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path / name / "desk", "a.md", HARBOUR)
    with watching(collection, tmp_path / "a" / "desk", tmp_path / "b" / "desk") as watched:
        assert watched.folders == ["desk", "desk 2"]
        with pytest.raises(GroupError):
            watched.add("desk", "ada", ["a,b"])
        assert watched.add("desk 2", "ada").place == str((tmp_path / "b" / "desk").resolve())


def readable(collection: Collection, group: str) -> set[str]:
    with closing(Readership(collection).view([group])) as view:
        return {row.title for row in view.articles()}


def test_what_came_from_a_source_gets_its_new_readers_at_once(collection: Collection, tmp_path: Path) -> None:
    write(tmp_path / "desk", "harbour.md", HARBOUR, title="Harbour")
    with Website() as site, watching(collection, tmp_path / "desk") as watched:
        # The page states another address for itself than the feed does.
        head = f'<head><title>Bridge</title><link rel="canonical" href="{site.url}/a/bridge"></head>'
        body = f"<body><article><h1>Bridge</h1><p>{BRIDGE}</p></article></body>"
        stated = f'<!doctype html><html lang="en">{head}{body}</html>'
        site.pages |= {"/bridge?from=feed": page(stated), "/feed": page(rss(("/bridge?from=feed", MONDAY)), "text/xml")}
        feed = watched.add(f"{site.url}/feed", "ada", ["desk"])
        folder = watched.add("desk", "ada", ["desk"])
        until(lambda: readable(collection, "desk") == {"Bridge", "Harbour"})
        until(lambda: all(source.last for source in watched.listed()))
        watched.pause(feed.id, True)
        source, count = watched.regroup(feed.id, ["Board"])
        assert (source.groups, source.paused, count) == (("board",), True, 1)
        assert (readable(collection, "desk"), readable(collection, "board")) == ({"Harbour"}, {"Bridge"})
        by_hand, = (row.id for row in collection.articles() if row.title == "Bridge")
        Readership(collection).restrict([by_hand], ["legal"])
        assert watched.regroup(feed.id, [])[1] == 0 and readable(collection, "desk") == {"Harbour"}
        assert watched.regroup(folder.id, ["board"])[1] == 1
        assert (readable(collection, "desk"), readable(collection, "board")) == (set(), {"Harbour"})
        write(tmp_path / "desk", "quay.md", f"{HARBOUR} The quay stays shut.", title="Quay")
        until(lambda: readable(collection, "board") == {"Harbour", "Quay"})
        assert readable(collection, "desk") == set()
        with pytest.raises(GroupError):
            watched.regroup(folder.id, ["a,b"])
        with pytest.raises(SourceError, match="not watched any longer"):
            watched.regroup("none", ["board"])
    with watching(collection, tmp_path / "desk") as watched:
        assert [source.groups for source in watched.listed()] == [(), ("board",)]


def test_a_look_that_was_under_way_leaves_nothing_to_the_readers_of_before(collection: Collection) -> None:
    begun, goes_on = Event(), Event()

    def slow(request: BaseHTTPRequestHandler) -> None:
        begun.set()
        goes_on.wait(30)
        page(HARBOUR, "text/plain")(request)

    with Website() as site, watching(collection) as watched:
        site.pages |= {"/harbour": slow, "/feed": page(rss(("/harbour", MONDAY)), "text/xml")}
        source = watched.add(f"{site.url}/feed", "ada", ["desk"])
        assert begun.wait(30)
        assert watched.regroup(source.id, ["board"])[1] == 0
        goes_on.set()
        until(lambda: len(readable(collection, "board")) == 1)
        until(lambda: watched.listed()[0].last is not None)
        assert readable(collection, "desk") == set()


def test_a_broken_file_is_named_and_left_as_it_is(collection: Collection) -> None:
    (collection.data / FILE).write_text('{"sources": [{}]}')
    watched = WatchedSources(collection, FETCHER, FileLimits(), every_seconds=900)
    with pytest.raises(DataFolderError, match=f"{FILE}, which holds the watched feeds and folders, is broken"):
        watched.start()
    assert (collection.data / FILE).read_text() == '{"sources": [{}]}'


def test_what_a_look_came_to_is_kept_with_its_messages_and_read_as_earlier_versions_kept_it(tmp_path: Path) -> None:
    empty = Message("the file has no text.")
    error = named("/srv/news", Message("there is no such folder any longer."))
    last = Result("now", refused=1, reasons=(("/srv/news/a.md", empty),), error=error).renamed("/srv/news", "news")
    file = SourceFile(tmp_path / "watched.json")
    file.write([WatchedSource("1", "/srv/news", "news", (), False, "ada", "now", last)])
    [back] = file.read()
    assert back.last == last and isinstance(last.error, Message)
    assert back.last.error == "news: there is no such folder any longer." and isinstance(back.last.error, Message)
    text = (tmp_path / "watched.json").read_text()
    plain = re.sub(r'\[\s*"the file has no text.",\s*\{\}\s*\]', '"the file has no text."', text)
    assert plain != text
    (tmp_path / "watched.json").write_text(plain)
    assert file.read() == [back]
