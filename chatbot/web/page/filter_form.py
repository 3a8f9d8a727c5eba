"""Shows what answers are made from: the line under the question box that says it, and the panel that the line
unfolds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from markupsafe import Markup

from chatbot.answer import iso
from chatbot.errors import ScopeError
from chatbot.filters import EVERYWHERE, QuestionFilter, read_filter
from chatbot.web.languages.catalogue import ENGLISH, current, long_date, worded
from chatbot.web.templating import render
from index.message import message_of

QUOTING = "answers by quoting"


def answerer(scope: QuestionFilter, writer: str | None) -> str:
    """Who answers within the scope; `writer` is the LLM's name, None where there is none."""
    if writer and not scope.quoting:
        return worded("answers written by %(writer)s", writer=writer)
    return worded(QUOTING)


def within(scope: QuestionFilter) -> str:
    """What an answer was narrowed to, in words; empty where it was not."""
    return " · ".join(filter(None, (_articles(scope), worded(QUOTING) if scope.quoting else "")))


def _articles(scope: QuestionFilter) -> str:
    """The articles that a scope admits, in the language of now; empty where it admits all."""
    if current() == ENGLISH:
        return scope.articles
    return " · ".join(filter(None, (scope.title, scope.source, *_days(scope))))


def _days(scope: QuestionFilter) -> Iterator[str]:
    if scope.since and scope.until:
        yield worded("%(first)s to %(last)s", first=long_date(scope.since), last=long_date(scope.until))
    elif scope.since:
        yield worded("from %(day)s", day=long_date(scope.since))
    elif scope.until:
        yield worded("until %(day)s", day=long_date(scope.until))
    if scope.as_of:
        yield worded("as of %(day)s", day=long_date(scope.as_of))


def line_and_answerer(
    values: Mapping[str, object], sources: Sequence[str], writer: str | None,
    title_of: Callable[[str], str | None] = lambda _: None,
) -> tuple[Markup, str]:
    """The line for what the panel now says, and who answers; where no article can be so, the line says why. It bears
    the number that the panel has "sent", by which chat.js knows what it answers."""
    try:
        scope, problem = read_filter(values, sources, title_of), ""
    except ScopeError as exc:
        scope, problem = EVERYWHERE, message_of(exc)
    return line(scope, writer, problem, str(values.get("sent") or "")), answerer(scope, writer)


def line(scope: QuestionFilter, writer: str | None, problem: str = "", sent: str = "") -> Markup:
    """What is answered from and by whom, as a button that unfolds the panel; with a way back where it is narrowed."""
    return render(
        "filter_line.html",
        articles=_articles(scope) or worded("All articles"),
        answerer=answerer(scope, writer),
        narrowed=bool(within(scope) or problem),
        problem=problem,
        sent=sent,
    )


def form(sources: Sequence[str], first: date | None, last: date | None, writer: str | None) -> Markup:
    """The panel, folded: a choice of answerer where there is an LLM, of source, and of days."""
    return render("filter_form.html", sources=sources, first=iso(first), last=iso(last), writer=writer)
