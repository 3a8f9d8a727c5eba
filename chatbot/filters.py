"""What a reader narrows a question to: who answers it, and from which articles."""

import datetime
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from chatbot.answer import long_date
from chatbot.errors import ScopeError
from index.message import Message, joined
from index.storage.filters import Filters

MOST_SOURCES_NAMED = 8


@dataclass(frozen=True)
class QuestionFilter:
    """`quoting` asks the built-in answerer even where there is an LLM. `article` is the id of the one article that is
    asked about, `title` what it is called. `source` is a publisher; `since` and `until` are
    the first and last publication day; `as_of` answers as on that day: later articles are not known. None means all."""

    quoting: bool = False
    source: str | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None
    as_of: datetime.date | None = None
    article: str | None = None
    title: str = ""

    def filters(self, *, since: datetime.date | None = None, until: datetime.date | None = None) -> Filters:
        """The search filters for these articles, narrowed to the days that a question names, both included."""
        first = [day for day in (self.since, since) if day]
        last = [day for day in (self.until, self.as_of, until) if day]
        return Filters(
            articles=(self.article,) if self.article else None,
            sources=(self.source,) if self.source else None,
            since=max(first, default=None),
            until=min(last, default=None),
        )

    @property
    def articles(self) -> str:
        """The articles that it admits: a title, or such as "Sample Desk · as of 1 December 2024"; empty where it admits
        all."""
        days = ""
        if self.since and self.until:
            days = f"{long_date(self.since)} to {long_date(self.until)}"
        elif self.since or self.until:
            days = f"from {long_date(self.since)}" if self.since else f"until {long_date(self.until)}"
        as_of = f"as of {long_date(self.as_of)}" if self.as_of else ""
        return " · ".join(filter(None, (self.title, self.source, days, as_of)))


EVERYWHERE = QuestionFilter()


def read_filter(
    values: Mapping[str, object], sources: Collection[str], title_of: Callable[[str], str | None] = lambda _: None
) -> QuestionFilter:
    """The filter that a form or a command line gives: "source", the dates "since", "until" and "as_of", "quoting", and
    the id of one "article", whose title `title_of` gives, or None where there is no such article.

    What is missing or empty narrows nothing. Raises ScopeError for what no article can be.
    """
    source = str(values.get("source") or "") or None
    if source and source not in sources:
        raise ScopeError(joined(Message("No article is from the source '%(source)s'.", source=source), _known(sources)))
    days = {name: _day(str(values.get(name) or "")) for name in ("since", "until", "as_of")}
    since, until, as_of = days.values()
    _check_order(since, until, as_of)
    article = str(values.get("article") or "") or None
    title = title_of(article) if article else ""
    if title is None:
        raise ScopeError(
            Message("The article that is asked about is no longer there. Press Reset, and ask all articles.")
        )
    narrowed = QuestionFilter(source=source, since=since, until=until, as_of=as_of, article=article, title=title)
    return replace(narrowed, quoting=bool(values.get("quoting")))


def _check_order(since: datetime.date | None, until: datetime.date | None, as_of: datetime.date | None) -> None:
    if since and until and since > until:
        raise ScopeError(Message(
            "The first day, %(first)s, is after the last, %(last)s. Swap them.", first=since, last=until
        ))
    if since and as_of and since > as_of:
        raise ScopeError(Message(
            "Articles from %(first)s on are not yet known as of %(last)s. Change or clear one.", first=since, last=as_of
        ))


def _day(value: str) -> datetime.date | None:
    if not value:
        return None
    try:
        return datetime.date.fromisoformat(value)
    except ValueError as exc:
        raise ScopeError(Message(
            "'%(value)s' is no date. Expected year, month and day of one, such as 2024-12-01.", value=value[:40]
        )) from exc


def _known(sources: Collection[str]) -> Message:
    if not sources:
        return Message("No article names its source.")
    names = sorted(sources)[:MOST_SOURCES_NAMED] + ["..."] * (len(sources) > MOST_SOURCES_NAMED)
    return Message("Expected %(names)s.", names=", ".join(names))
