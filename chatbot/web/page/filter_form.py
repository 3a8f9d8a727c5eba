"""A scope in, HTML strings out: the line under the question box that says what answers are made from, and the panel
that it unfolds. Every text passes through `html.escape`."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

from chatbot.errors import ScopeError
from chatbot.filters import EVERYWHERE, QuestionFilter, read_filter

QUOTING = "answers by quoting"


def answerer(scope: QuestionFilter, writer: str | None) -> str:
    """Who answers within the scope; `writer` is the LLM's name, None where there is none."""
    return f"answers written by {writer}" if writer and not scope.quoting else QUOTING


def within(scope: QuestionFilter) -> str:
    """What an answer was narrowed to, in words; empty where it was not."""
    return " · ".join(filter(None, (scope.articles, QUOTING if scope.quoting else "")))


def line_and_answerer(values: Mapping[str, object], sources: Sequence[str], writer: str | None) -> tuple[str, str]:
    """The line for what the panel now says, and who answers; where no article can be so, the line says why. It bears
    the number that the panel has "sent", by which chat.js knows what it answers."""
    try:
        scope, problem = read_filter(values, sources), ""
    except ScopeError as exc:
        scope, problem = EVERYWHERE, str(exc)
    return line(scope, writer, problem, str(values.get("sent") or "")), answerer(scope, writer)


def line(scope: QuestionFilter, writer: str | None, problem: str = "", sent: str = "") -> str:
    """What is answered from and by whom, as a button that unfolds the panel; with a way back where it is narrowed."""
    articles = scope.articles or "All articles"
    narrowed = bool(within(scope) or problem)
    reset = '<button id="widen" data-widen>Reset</button>' if narrowed else ""
    alert = f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""
    return (
        f'{alert}<button id="unfold" data-unfold data-sent="{escape(sent)}" aria-expanded="false" aria-controls="panel"'
        f'{" class=narrowed" if narrowed else ""}><span class="aloud">Answers from: </span>'
        f"{escape(articles)} · {escape(answerer(scope, writer))}</button>{reset}"
    )


def form(sources: Sequence[str], first: date | None, last: date | None, writer: str | None) -> str:
    """The panel, folded: a choice of answerer where there is an LLM, of source, and of days."""
    options = "".join(f'<option value="{escape(source)}">{escape(source)}</option>' for source in sources)
    span = "".join(f' {name}="{day.isoformat()}"' for name, day in (("min", first), ("max", last)) if day)
    return (
        '<form id="panel" autocomplete="off" aria-label="What to answer from" hidden>'
        f"{_answerers(writer)}"
        f'<label class="source">Source<select name="source"><option value="">All sources</option>{options}</select>'
        f'</label><label>Published from<input type="date" name="since"{span}></label>'
        f'<label>Published until<input type="date" name="until"{span}></label>'
        f'<label>As of<input type="date" name="as_of"{span} aria-describedby="as-of"></label>'
        '<p id="as-of">As of a day: answers as on that day, without the articles that came later.</p>'
        '<button type="submit">Done</button></form>'
    )


def _answerers(writer: str | None) -> str:
    if writer is None:
        return ""
    return (
        '<fieldset><legend class="aloud">Answers</legend>'
        f'<label><input type="radio" name="quoting" value="" checked>Written by {escape(writer)}</label>'
        '<label><input type="radio" name="quoting" value="yes">Quoted from the articles</label></fieldset>'
    )
