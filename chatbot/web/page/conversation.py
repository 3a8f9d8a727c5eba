"""Shows the conversation. Nothing that an article, a model or a reader wrote becomes markup, an image, a script or a
link."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Protocol

from markupsafe import Markup

from chatbot.answer import Answer, Verdict, without_references
from chatbot.answering.compose import NO_ARTICLES
from chatbot.answering.turn import Turn
from chatbot.feedback import Rated
from chatbot.markdown import DRAFT, escaped, turn_markdown
from chatbot.messages import reworded
from chatbot.web.languages.catalogue import ENGLISH, current, days, long_date, ngettext, number, translated, worded
from chatbot.web.page import answer_html, citation_cards, filter_form, turn_actions
from chatbot.web.templating import render
from index.message import Message

TITLE = "Ask the articles"
PREVIEWED = Message("Quoted from the articles. The LLM is still at work on its answer.")
STOPPED = Message("Stopped before the answer was complete, so nothing above is checked.")


class CollectionSummary(Protocol):
    """What the collection holds, in numbers; `first` and `last` are None when no article has a date."""

    @property
    def articles(self) -> int: ...
    @property
    def passages(self) -> int: ...
    @property
    def first(self) -> date | None: ...
    @property
    def last(self) -> date | None: ...


def header(summary: CollectionSummary, answerer: str) -> Markup:
    """The title and, next to it, how many articles of which days are known and which answerer is at work."""
    forms = ngettext("%(count)s article", "%(count)s articles", summary.articles)
    known = forms % {"count": number(summary.articles)}
    of_days = span(summary.first, summary.last)
    meta, title = f"{known}, {of_days}" if of_days else known, worded(TITLE)
    exported = f"# {title}\n\n{escaped(meta)}"
    values = {"meta": meta, "answerer": answerer, "articles": summary.articles}
    return render("header.html", title=title, exported=exported, **values)


def span(first: date | None, last: date | None) -> str:
    """Two days as "27 November to 11 December 2024", naming a year or a month once where both share it."""
    if first is None or last is None:
        return ""
    if first == last:
        return long_date(last)
    if current() != ENGLISH:
        return days(first, last)
    if first.year != last.year:
        return f"{long_date(first)} to {long_date(last)}"
    opening = f"{first.day}" if first.month == last.month else f"{first.day} {first:%B}"
    return f"{opening} to {long_date(last)}"


def welcome(*, editor: bool = False) -> Markup:
    """What stands in the conversation before the first question. Where the header counts no articles, the style sheet
    shows what to do about it instead of how to read an answer."""
    return render("welcome.html", editor=editor)


def chips(examples: Sequence[str] | None) -> Markup:
    """Buttons that ask an example question; for None, while examples are being looked for, what next.js asks again
    for."""
    if examples is None:
        return Markup("<i data-awaited hidden></i>")
    return render("example_questions.html", questions=examples) if examples else Markup()


def past(turns: Sequence[Turn | None], ratings: Mapping[int, Rated] = MappingProxyType({})) -> Markup:
    """The conversation up to the latest turn, each with its rating so far; page.js keeps those that are None."""
    numbered = ((number, turn) for number, turn in enumerate(turns) if turn)
    earlier = [_turn(turn, number, ratings.get(number), latest=False) for number, turn in numbered]
    return render("past.html", turns=earlier)


def latest(turn: Turn, number: int, record: str = "") -> Markup:
    """The turn at the end of the conversation, which may be asked again, or keep its quoted answer; `number` counts
    from 0, and `record` is what history.js keeps of it."""
    return _turn(turn, number, None, latest=True, record=record)


def _turn(turn: Turn, number: int, rated: Rated | None, *, latest: bool, record: str = "") -> Markup:
    return render(
        "turn.html",
        turn=turn,
        number=number,
        record=record,
        within=filter_form.within(turn.scope),
        exported="" if turn.busy else _export(turn),
        body=_answer(turn.answer, number) if turn.answer else _unfinished(turn, number),
        tools=turn_actions.tools(turn, rated, latest=latest),
    )


def _export(turn: Turn) -> str:
    """The turn as Markdown, which chat.js puts into the file when the conversation is exported."""
    otherwise = [without_references(turn.text), translated(STOPPED if turn.stopped else turn.error or "")]
    within = filter_form.within(turn.scope)
    answer = reworded(turn.answer, translated) if turn.answer else None
    return turn_markdown(turn.question, turn.asked, within, answer, otherwise=otherwise, words=translated)


def _answer(given: Answer, turn: int) -> Markup:
    answer = reworded(given, translated)
    return render(
        "answer.html",
        answer=answer,
        paragraphs=answer_html.answered(answer, turn),
        draft=answer_html.unchecked(answer.draft) if answer.draft else "",
        draft_title=translated(DRAFT),
        notes=[note for note in answer.notes if note != answer.instead],
        unfound=any(statement.verdict is Verdict.UNFOUND for statement in answer.statements),
        searchable=given.reason != NO_ARTICLES,
        articles=len({citation.article_id for citation in answer.citations}),
    )


def _unfinished(turn: Turn, number: int) -> Markup:
    if turn.shown is not None:
        return render("preview.html", label=PREVIEWED, quoted=_answer(turn.shown, number), step=turn.steps[-1])
    written = answer_html.growing(turn.text) if turn.busy else answer_html.unchecked(turn.text)
    done = turn.steps[:-1] if not written else ()
    return render("unfinished.html", turn=turn, written=written, done=done, stopped=STOPPED)


def passages(turns: Sequence[Turn | None]) -> Markup:
    """The cards of every turn with an answer to show, each turn's in a section of its own; all but the latest are
    hidden."""
    # Small talk rests on no passage: the cards of the question before it stay.
    answers = {n: turn.shown for n, turn in enumerate(turns) if turn and turn.shown}
    answered = {n: answer for n, answer in answers.items() if answer.standalone_question}
    if not answered:
        return render("no_cards.html")
    latest = max(answered)
    return Markup().join(
        citation_cards.section(answer, number, shown=number == latest) for number, answer in answered.items()
    )
