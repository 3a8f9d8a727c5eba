"""The conversation in, HTML strings out. Every text passes through `html.escape`: nothing that an article, a model or a
reader wrote becomes markup, an image, a script or a link."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from html import escape
from types import MappingProxyType
from typing import Protocol

from chatbot.answer import INSTEAD, Answer, Verdict, long_date, without_marks
from chatbot.answering.turn import Turn
from chatbot.feedback import Rated
from chatbot.filters import QuestionFilter
from chatbot.markdown import DRAFT, escaped, turn_markdown
from chatbot.web.page import answer_html, citation_cards, filter_form, turn_actions

TITLE = "Ask the articles"
STOPPED = "Stopped before the answer was complete, so nothing above is checked."


class Summary(Protocol):
    """What the collection holds, in numbers; `first` and `last` are None when no article has a date."""

    @property
    def articles(self) -> int: ...
    @property
    def passages(self) -> int: ...
    @property
    def first(self) -> date | None: ...
    @property
    def last(self) -> date | None: ...


def header(summary: Summary, answerer: str) -> str:
    """The title and, next to it, how many articles of which days are known and which answerer is at work."""
    known = "1 article" if summary.articles == 1 else f"{summary.articles:,} articles"
    days = span(summary.first, summary.last)
    meta = f"{known}, {days}" if days else known
    by = f'<span class="by"><span>· </span>{escape(answerer)}</span>'
    exported = escape(f"# {TITLE}\n\n{escaped(meta)}")
    return f'<h1 data-export="{exported}">{TITLE}</h1><p class="meta">{escape(meta)} {by}</p>'


def span(first: date | None, last: date | None) -> str:
    """Two days as "27 November to 11 December 2024", naming a year or a month once where both share it."""
    if first is None or last is None:
        return ""
    if first == last:
        return long_date(last)
    if first.year != last.year:
        return f"{long_date(first)} to {long_date(last)}"
    opening = f"{first.day}" if first.month == last.month else f"{first.day} {first:%B}"
    return f"{opening} to {long_date(last)}"


def welcome() -> str:
    """What stands in the conversation before the first question."""
    return (
        '<div class="welcome"><p class="lead">What would you like to know?</p>'
        "<p>Every statement of an answer ends in a number such as "
        '<span class="c">1</span>. It opens the passage that the statement rests on.</p></div>'
    )


def chips(examples: Sequence[str]) -> str:
    """Buttons that ask an example question."""
    buttons = "".join(f'<li><button data-ask="{escape(e)}" dir="auto">{escape(e)}</button></li>' for e in examples)
    return f'<ul class="chips" aria-label="Example questions">{buttons}</ul>' if examples else ""


def past(turns: Sequence[Turn | None], ratings: Mapping[int, Rated] = MappingProxyType({})) -> str:
    """The conversation up to the latest turn, each with its rating so far; page.js keeps those that are None."""
    numbered = ((number, turn) for number, turn in enumerate(turns) if turn)
    earlier = (_turn(turn, number, ratings.get(number), retry=False) for number, turn in numbered)
    return f'<h2 class="aloud">Conversation</h2>{"".join(earlier)}'


def latest(turn: Turn, number: int) -> str:
    """The turn at the end of the conversation, which may be asked again; `number` counts from 0."""
    return _turn(turn, number, None, retry=True)


def _turn(turn: Turn, number: int, rated: Rated | None, *, retry: bool) -> str:
    busy = ' aria-busy="true"' if turn.busy else ""
    body = _answer(turn.answer, number) if turn.answer else _unfinished(turn)
    return (
        f'<article class="turn" data-turn="{number}"{busy or _export(turn)}>'
        f'<h3 class="q" dir="auto"><span class="aloud">Question: </span>{escape(turn.question)}</h3>'
        f'{_within(turn.scope)}<div class="a">{body}{_tools(turn, rated, retry=retry)}</div></article>'
    )


def _export(turn: Turn) -> str:
    """The turn as Markdown, which chat.js puts into the file when the conversation is exported."""
    otherwise = [without_marks(turn.text), STOPPED if turn.stopped else turn.error or ""]
    exported = turn_markdown(
        turn.question, turn.asked, filter_form.within(turn.scope), turn.answer, otherwise=otherwise
    )
    return f' data-export="{escape(exported)}"'


def _within(scope: QuestionFilter) -> str:
    narrowed = escape(filter_form.within(scope))
    return f'<p class="within" dir="auto"><span class="aloud">Asked of </span>{narrowed}</p>' if narrowed else ""


def _answer(answer: Answer, turn: int) -> str:
    body = answer_html.answered(answer, turn)
    if answer.abstained:
        reason = answer.reason if answer.reason and answer.reason not in answer.text else None
        body = f'<div class="none">{body}</div>' + (f'<p class="note">{escape(reason)}</p>' if reason else "")
    first = _notes(note for note in answer.notes if note.endswith(INSTEAD))
    notes = _notes(note for note in answer.notes if not note.endswith(INSTEAD))
    first = f'<div class="instead">{first}</div>' if first else ""
    return _draft(answer.draft) + first + body + _verdict(answer) + notes + _understood(answer)


def _notes(notes: Iterable[str]) -> str:
    return "".join(f'<p class="note" dir="auto">{escape(note)}</p>' for note in notes)


def _draft(draft: str) -> str:
    if not draft:
        return ""
    return f'<section class="draft" aria-label="{DRAFT}"><h4>{DRAFT}</h4>{answer_html.unchecked(draft)}</section>'


def _verdict(answer: Answer) -> str:
    """The line that sums up what came of the statements, with how many articles they rest on."""
    if not answer.verified:
        return ""
    unfound = any(statement.verdict is Verdict.UNFOUND for statement in answer.statements)
    count = len({citation.article_id for citation in answer.citations})
    rests = f"<span> · {count} article{'' if count == 1 else 's'}</span>" if count else ""
    return f'<p class="verdict {"warn" if unfound else "ok"}">{escape(answer.verified)}{rests}</p>'


def _understood(answer: Answer) -> str:
    if answer.standalone_question.strip() in ("", answer.question.strip()):
        return ""
    understood = escape(answer.standalone_question)
    return f'<details><summary>Question as understood</summary><p dir="auto">{understood}</p></details>'


def _unfinished(turn: Turn) -> str:
    body = answer_html.growing(turn.text) if turn.busy else answer_html.unchecked(turn.text)
    if turn.error is not None:
        return f'{body}<p class="error" role="alert">{escape(turn.error)}</p>'
    if turn.stopped:
        return f'{body}<p class="note">{STOPPED}</p>'
    done = "".join(f"<li>{escape(step)}</li>" for step in turn.steps[:-1]) if not body else ""
    now = "".join(f'<li aria-current="step">{escape(step)}…</li>' for step in turn.steps[-1:])
    return f'{body}<ol class="steps" aria-label="What is being done">{done}{now}</ol>'


def _tools(turn: Turn, rated: Rated | None, *, retry: bool) -> str:
    buttons = [
        turn_actions.copying(turn.answer) if turn.answer else "",
        turn_actions.editing(turn.question) if turn.error else "",
        turn_actions.retrying() if retry and not turn.busy else "",
        turn_actions.thumbs(rated) if turn.answer else "",
    ]
    if not any(buttons):
        return ""
    return f'<div class="tools">{"".join(buttons)}</div>{turn_actions.commenting(rated) if turn.answer else ""}'


def passages(turns: Sequence[Turn | None]) -> str:
    """The cards of every answered turn, each turn's in a section of its own; all but the latest are hidden."""
    # Small talk rests on no passage: the cards of the question before it stay.
    answers = {n: turn.answer for n, turn in enumerate(turns) if turn and turn.answer}
    answered = {n: answer for n, answer in answers.items() if answer.standalone_question}
    if not answered:
        return f'<section class="cards"><h2>Passages</h2>{citation_cards.NOTHING_YET}</section>'
    latest = max(answered)
    return "".join(
        citation_cards.section(answer, number, shown=number == latest) for number, answer in answered.items()
    )
