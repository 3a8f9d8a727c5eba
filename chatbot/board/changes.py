"""What changed on the board from one day to another, as JSON, as Markdown and as an Atom feed."""

import datetime
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote
from xml.etree import ElementTree

from chatbot.answer import long_date
from chatbot.board.queries import BoardFilter, SideNames, merged_names, side_names_of, with_merged
from chatbot.board.rendering import READ_BY_LLM, claim_json, held_by, standing_json
from chatbot.board.state import Collection, state_of
from chatbot.errors import QuestionError
from chatbot.markdown import escaped, host_link, web_address
from index.claim import Origin, ReportedClaim
from index.claims.board import BoardRow
from index.claims.changes import Change, between, daily_changes, grounds
from index.claims.holders import is_named
from index.message import Message

LIST_DAYS = 7
# A feed is asked for again and again, but perhaps not for weeks.
FEED_DAYS = 31
ATOM = "http://www.w3.org/2005/Atom"
NOTHING = "Nothing changed by the reports."
# What XML 1.0 has no way to write.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Changes:
    """What changed after `since`, until `until`, with the names of the sides. Both are None where no article has a
    date."""

    since: datetime.date | None
    until: datetime.date | None
    changes: list[Change]
    side_of: SideNames = str


def changes_of(collection: Collection, wanted: BoardFilter) -> Changes:
    """How the board differs from that of the day `changed_since`, by place; a week before where no day is given.

    `controller` names who holds the place before or after. Raises QuestionError where the days are in the wrong order.
    """
    return _changes(collection, wanted, LIST_DAYS, daily=False)


def daily_changes_of(collection: Collection, wanted: BoardFilter) -> Changes:
    """Each change with its day, the newest first; of a month where no day is given. Raises as `changes_of` does."""
    return _changes(collection, wanted, FEED_DAYS, daily=True)


def change_json(change: Change, side_of: SideNames) -> dict[str, object]:
    """A change as one JSON object: the place, its row before and after, each with its claims, and of the newest claim
    the sentence and where it stands. `before` is None where nothing was reported of the place yet."""
    newest = claim_json(grounds(change.after)[0])
    columns = ("sentence", "article_id", "title", "url", "source", "reported", "start", "end")
    return {
        "place": change.place,
        "day": change.day.isoformat(),
        "before": _row_json(change.before, side_of) if change.before else None,
        "after": _row_json(change.after, side_of),
        **{name: newest[name] for name in columns},
    }


def changes_json(changed: Changes) -> dict[str, object]:
    """All changes with the days from which and until which they are."""
    return {
        "since": changed.since.isoformat() if changed.since else None,
        "until": changed.until.isoformat() if changed.until else None,
        "changes": [change_json(change, changed.side_of) for change in changed.changes],
    }


def changes_markdown(changed: Changes) -> str:
    """All changes as a text in Markdown, a heading for each place; it says so where there are none."""
    title = _title(changed)
    parts = [_place_markdown(change) for change in changed.changes] or [NOTHING]
    return "\n\n".join([f"# {title}", *parts])


def changes_atom(changed: Changes, home: str, address: str) -> bytes:
    """All changes as an Atom feed (RFC 4287), an entry each. An entry's id stays the same, however often and by
    whichever address the feed is asked for.

    `home` is where readers find the page, with a slash at its end, and `address` where they find the feed.
    """
    feed = ElementTree.Element("feed", {"xmlns": ATOM})
    _add(feed, "id", _id(home, "changes"))
    _add(feed, "title", "Who holds what: what changed")
    _add(feed, "updated", _moment(changed.until))
    _add(feed, "link", rel="self", type="application/atom+xml", href=address)
    _add(feed, "link", rel="alternate", type="text/html", href=f"{home}#board")
    _add(ElementTree.SubElement(feed, "author"), "name", "Ask the articles")
    for change in changed.changes:
        _add_entry(feed, change, home)
    written: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _changes(collection: Collection, wanted: BoardFilter, days: int, *, daily: bool) -> Changes:
    state = state_of(collection)
    claims, aliases = state.claims, state.aliases
    until = wanted.as_of or max((claim.reported for claim in claims if claim.reported), default=None)
    if until is None:
        return Changes(wanted.changed_since, None, [])
    since = wanted.changed_since or _days_before(until, days)
    if since > until:
        raise QuestionError(Message(
            "What changed from %(first)s to %(last)s cannot be told: the first day is the later one. Swap them.",
            first=str(since), last=str(until),
        ))
    if daily:
        changed = daily_changes(claims, aliases, since, until)
    else:
        changed = between(state.rows(since), state.rows(until), aliases, until)
    called = merged_names(collection, wanted)
    in_range = [
        change
        for change in changed
        if is_named(wanted.place, [change.place], aliases)
        and is_named(wanted.controller, with_merged(_controllers(change), called), aliases)
    ]
    return Changes(since, until, in_range, side_names_of(collection))


def _days_before(day: datetime.date, days: int) -> datetime.date:
    return day - min(datetime.timedelta(days), day - datetime.date.min)


def _controllers(change: Change) -> Sequence[str]:
    before = change.before.controllers if change.before else ()
    return [*before, *change.after.controllers]


def _row_json(row: BoardRow, side_of: SideNames) -> dict[str, object]:
    return {**standing_json(row, side_of), "claims": [claim_json(claim) for claim in grounds(row)]}


def _title(changed: Changes) -> str:
    if changed.since is None or changed.until is None:
        return "What changed"
    return f"What changed from {long_date(changed.since)} to {long_date(changed.until)}"


def _place_markdown(change: Change) -> str:
    before, after = _row_markdown("Before", change.before), _row_markdown("After", change.after)
    return "\n\n".join([f"## {escaped(change.place)}", *before, *after])


def _row_markdown(name: str, row: BoardRow | None) -> list[str]:
    if row is None:
        return [f"{name}: nothing reported"]
    quoted = [f"> {escaped(claim.sentence)}\n>\n> {_source_markdown(claim)}" for claim in grounds(row)]
    return [f"{name}: **{escaped(held_by(row))}**", *quoted]


def _source_markdown(reported: ReportedClaim) -> str:
    return " ".join(filter(None, ["—", escaped(_source(reported)), host_link(reported.url)]))


def _source(reported: ReportedClaim) -> str:
    by_llm = READ_BY_LLM if reported.claim.origin is Origin.LLM else None
    return ", ".join(filter(None, (reported.title, reported.source, long_date(reported.reported), by_llm)))


def _add_entry(feed: ElementTree.Element, change: Change, home: str) -> None:
    newest = grounds(change.after)[0]
    entry = ElementTree.SubElement(feed, "entry")
    sides = [held_by(row) if row else "nothing reported" for row in (change.before, change.after)]
    claim = newest.claim
    _add(entry, "id", _id(newest.article_id, str(claim.start), claim.place, change.day.isoformat()))
    _add(entry, "title", f"{change.place}: {sides[1]}")
    _add(entry, "updated", _moment(change.day))
    _add(entry, "published", _moment(change.day))
    _add(ElementTree.SubElement(entry, "author"), "name", newest.source or newest.title)
    page = f"{home}article/{quote(newest.article_id, safe='')}?start={claim.start}&end={claim.end}#cited"
    _add(entry, "link", rel="alternate", type="text/html", href=page)
    if address := web_address(newest.url):
        _add(entry, "link", rel="via", href=address)
    quotations = [f"“{reported.sentence}” ({_source(reported)})" for reported in grounds(change.after)]
    _add(entry, "content", "\n\n".join([f"Before: {sides[0]}. After: {sides[1]}.", *quotations]), type="text")


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> None:
    shown = {key: _NO_XML.sub("", value) for key, value in attributes.items()}
    ElementTree.SubElement(parent, name, shown).text = _NO_XML.sub("", text) or None


def _id(*parts: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(parts)).urn


def _moment(day: datetime.date | None) -> str:
    return f"{(day or datetime.date(1970, 1, 1)).isoformat()}T00:00:00Z"
