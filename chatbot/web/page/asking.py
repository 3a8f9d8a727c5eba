"""The events of a conversation: a question is answered step by step, and a conversation that was kept elsewhere comes
back, turn by turn. Each gives the new values of the page's parts."""

import json
from collections.abc import Iterator
from dataclasses import replace

import gradio as gr

from chatbot.answering.audience import Audience
from chatbot.answering.records import OTHER_SERVER, Records
from chatbot.answering.turn import Stop, Turn, grow
from chatbot.errors import RecordError
from chatbot.filters import QuestionFilter
from chatbot.question.parse import LONGEST_QUESTION_CHARACTERS
from chatbot.web.page import conversation
from chatbot.web.page.ratings import Ratings
from chatbot.web.page.state import Turns, answers, ended_turns, fields, keep_ratings
from chatbot.web.templating import render
from index.message import Message

# A conversation's older turns are kept by the browser alone, where they stay as they were.
SENT_TURNS = 20
MOST_TURNS = 1000
NO_QUESTION = Message("Write a question first, or choose one of the examples.")
NO_LONGER = Message("This answer rests on articles that you may no longer read. Ask the question again.")
LEFT = Message("The page was left before this answer was complete. Press Retry to ask again.")


def asked(
    reader: Audience[object],
    records: Records,
    typed: str,
    turns: Turns,
    ratings: Ratings,
    *,
    pressed: dict[str, object],
    scope: QuestionFilter,
    stop: Stop,
) -> Iterator[list[object]]:
    """The page's parts while a question is answered: turns, box, past, live, cards, hint."""
    turns = _readable(reader, ended_turns(turns))
    question = str(pressed.get("question") or typed).strip()
    box: object = gr.skip() if pressed.get("question") else ""
    if pressed.get("retry") and turns and turns[-1]:
        # Of the articles that it was asked of; who answers is chosen now, such as when an LLM failed.
        scope = replace(turns[-1].scope, quoting=scope.quoting)
        question, turns, box = turns[-1].question, turns[:-1], gr.skip()
    if not question:
        yield hinted(NO_QUESTION)
        return
    turns = _latest_turns(turns)
    keep_ratings(ratings, turns)
    past, hint = conversation.past(turns, ratings), ""
    shown = None
    groups = tuple(sorted(reader.groups))
    for turn in grow(reader.chain, question, answers(turns), scope, stop):
        turn = replace(turn, groups=groups)
        after = (*turns, turn)
        changed = not turn.busy or turn.shown is not shown
        cards = conversation.passages(after) if changed else gr.skip()
        yield [after, box, past, latest(records, turn, len(turns)), cards, hint]
        box, past, hint, shown = gr.skip(), gr.skip(), gr.skip(), turn.shown


def hinted(hint: str) -> list[object]:
    """The page's parts where nothing was asked: all as they were, but for the hint."""
    return [*[gr.skip()] * 5, render("hint.html", hint=hint)]


def latest(records: Records, turn: Turn, number: int) -> str:
    """The last turn; an ended one with its record, which the browser keeps."""
    return conversation.latest(turn, number, "" if turn.busy else records.write(turn))


def restored(reader: Audience[object], records: Records, earlier: Turns, sent: dict[str, object]) -> list[object]:
    """The page's parts with turns that the browser had kept: turns, past, live, cards, and what tells the browser that
    they are there. They come in several pieces, of which each says the place of its `first`; one may come twice."""
    first, number = sent.get("first"), sent.get("sent")
    items = _turns(sent.get("turns"))
    if type(first) is not int or type(number) is not int or not items:
        return [gr.skip()] * 5
    if not 0 <= first <= min(len(earlier), MOST_TURNS):
        return [gr.skip()] * 5
    turns = _latest_turns((*earlier[:first], *(_read(reader, records, turn) for turn in items)))
    last = turns[-1]
    live = conversation.latest(last, len(turns) - 1) if last else gr.skip()
    done = render("restored.html", number=number)
    return [turns, conversation.past(turns[:-1]), live, conversation.passages(turns), done]


def _readable(reader: Audience[object], turns: Turns) -> Turns:
    """The turns, without the answers that their reader may no longer read."""
    return tuple(turn if turn is None or reader.may_see(turn) else Turn(turn.question, error=NO_LONGER)
                 for turn in turns)


def _latest_turns(turns: Turns) -> Turns:
    return (*[None] * (len(turns) - SENT_TURNS), *turns[-SENT_TURNS:])


def _turns(sent: object) -> list[dict[str, object]]:
    """What the browser sends of turns, as a text of JSON: a list of objects, or nothing."""
    try:
        parsed = json.loads(sent) if isinstance(sent, str) else None
    except (ValueError, RecursionError):
        return []
    return [fields(turn) for turn in parsed[:MOST_TURNS]] if isinstance(parsed, list) else []


def _read(reader: Audience[object], records: Records, stored: dict[str, object]) -> Turn:
    """The turn that was kept; where its record is none of ours, or its reader may no longer read what it rests on, the
    question alone, and why it has no answer."""
    question, record = str(stored.get("question"))[:LONGEST_QUESTION_CHARACTERS], stored.get("record")
    try:
        turn = records.read(str(record)) if record else Turn(question, error=LEFT)
        return turn if reader.may_see(turn) else Turn(question, error=NO_LONGER)
    except RecordError:
        return Turn(question, error=OTHER_SERVER)
