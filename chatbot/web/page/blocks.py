"""Builds the page of Gradio blocks: each question's answer is streamed into the conversation, and the passages that it
cites stand beside it. What is asked lives in the session alone."""

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from markupsafe import Markup

from chatbot.answering.audience import Audiences
from chatbot.answering.records import Records
from chatbot.answering.turn import Stop
from chatbot.errors import ChatbotError, ScopeError, reader_message
from chatbot.feedback import FeedbackStore
from chatbot.filters import read_filter
from chatbot.web.audience import AudienceOf, audience_of, visitor_of
from chatbot.web.auth.authorization import Access, Visitor, may_edit
from chatbot.web.languages.catalogue import speaking, translated
from chatbot.web.languages.choice import language_of_event
from chatbot.web.middleware.conversation_binding import NO_FILE, names_file
from chatbot.web.page import article_list, conversation, filter_form
from chatbot.web.page.bundles import STYLES
from chatbot.web.page.ratings import Ratings, rate
from chatbot.web.page.state import (
    Collection,
    Turns,
    ended_turns,
    fields,
    header_and_panel,
    source_names,
    titles,
    turns_with_quoted,
)
from chatbot.web.page.words import PageWords, words
from index.errors import IndexingError
from index.message import message_of

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # Gradio reads it while it is imported.
# Of each event Gradio keeps a record, with its session, and goes through all of them after each event.
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"

import gradio as gr
from gradio.blocks import BlockFunction  # type: ignore[attr-defined]

from chatbot.web.page.asking import asked, hinted, latest, restored
from chatbot.web.page.gradio_sessions import bound_sessions

SIMULTANEOUS_ANSWERS = 8
# Of all visitors together; question_throttle.py limits those of one.
WAITING_EVENTS = 512
# Gradio looks a thousand times a second whether an event waits, which takes an idle server a twentieth of a core.
QUEUE_LOOK_SECONDS = 0.01
# None is dropped while another is at work, and the last is done last.
QUEUED: dict[str, Any] = {
    "show_progress": "hidden",
    "api_visibility": "private",
    "trigger_mode": "multiple",
    "concurrency_limit": 1,
}
# What is typed in quick succession is looked for once.
NEWEST_ONLY: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "trigger_mode": "always_last"}
FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
# What the panel says goes with each question: an event of its own could be overtaken by the question.
WITH_CHOICE = "(typed, turns, ratings, chosen) => [typed, turns, ratings, window.chosen()]"

App = TypeVar("App")


class _Blocks(gr.Blocks):
    """Blocks that take no file from the browser: Gradio would copy it into its cache, or fetch it."""

    def validate_inputs(self, block_fn: BlockFunction, inputs: list[Any]) -> None:
        super().validate_inputs(block_fn, inputs)
        if names_file(inputs):
            raise gr.Error(NO_FILE)

    async def process_api(self, *args: Any, **named: Any) -> dict[str, Any]:  # noqa: ANN401
        """What an event changes, in the language of the page that sent it."""
        with speaking(language_of_event(getattr(named.get("request"), "headers", None))):
            try:
                return await super().process_api(*args, **named)
            except (ChatbotError, IndexingError) as exc:
                raise gr.Error(translated(reader_message(exc))) from exc


def build(
    audiences: Audiences[Collection],
    access: Access,
    feedback: FeedbackStore,
    records: Records,
    *,
    limit: article_list.Limit,
) -> tuple[gr.Blocks, Callable[[Visitor | None], PageWords]]:
    """The page, and what gives its words for a visitor in the language of now, to be put into it before it is sent: an
    event of the page could come after what a fast reader does. `limit` says what may be uploaded."""
    reading = audience_of(audiences)
    blocks = _Blocks(title=conversation.TITLE, analytics_enabled=False, fill_width=True)
    shown = {name: part.get("value", "") for name, part in _words(audiences, None).items()}
    # What is told of the index is put into the page for each reader.
    shown |= {"about": "", "chips": "", "choices": ""}
    with blocks:
        turns, ratings, chosen = gr.State(()), gr.State({}), gr.JSON(visible=False)
        with gr.Row(elem_id="top"):
            about = _html(shown["about"], "about")
            with gr.Row(elem_id="menu"):
                _html(shown["views"], "views")
                gr.Button(shown["open-history"], elem_id="open-history")
                gr.Button(shown["export"], elem_id="export")
                _html(shown["languages"], "languages")
            fresh = gr.Button(shown["fresh"], elem_id="fresh")
            _html(shown["open-menu"], "open-menu")
        with gr.Row(elem_id="main"):
            with gr.Column(elem_id="chat"):
                with gr.Column(elem_id="conversation"):
                    past = _html(shown["past"], "past")
                    live = _html(shown["live"], "live")
                chips = _html(shown["chips"], "chips")
                with gr.Column(elem_id="composer"):
                    with gr.Row(elem_id="asking"):
                        box = _question_box()
                        send = gr.Button(shown["ask"], elem_id="ask")
                        stop = gr.Button(shown["stop"], elem_id="stop")
                    line = _html(shown["scope"], "scope")
                    form = _html(shown["choices"], "choices")
                hint = _html("", "hint")
            cards = _html(shown["passages"], "passages")
            _html(shown["reader"], "reader")
        with gr.Column(elem_id="article-list"):
            adding, bar, listed = _html("", "adding"), _html("", "bar"), _html(article_list.unopened(), "listed")
        _html(shown["board"], "board")
        rated, marker = _html("", "kept"), _html("", "restored")
        history = _html(shown["drawers"], "drawers")
        parts = (past, live, cards, hint, chips, about)
        _wire(reading, records, (box, turns, ratings, chosen), (send, stop, fresh), parts)
        _wire_history(reading, records, turns, history, (past, live, cards, marker))
        _wire_panel(reading, form, (line, about))
        _wire_thumbs(feedback, (turns, ratings), (past, live), rated)
        _wire_article_list(reading, access, limit, (listed, adding, bar, chips, about, form))
    blocks.queue(default_concurrency_limit=SIMULTANEOUS_ANSWERS, max_size=WAITING_EVENTS, api_open=False)
    blocks._queue.sleep_when_free = QUEUE_LOOK_SECONDS

    return blocks, partial(_words, audiences)


def _words(audiences: Audiences[Collection], visitor: Visitor | None) -> PageWords:
    """The words of the page for a visitor."""
    reader = audiences.of(visitor.reads if visitor else frozenset())
    return words(reader.chain, reader.collection, reader.examples, editor=may_edit(visitor))


def mount(app: App, blocks: gr.Blocks, *, address: str | None = None) -> App:
    """`app`, a FastAPI application, with the page at its root and all that the page does without switched off.

    `address` is where the page is found when a proxy stands before it.
    """
    # Gradio checks paths only where it has launched the page itself.
    blocks.has_launched = True
    theme = gr.themes.Base(font=FONTS, font_mono=("ui-monospace", "monospace"))
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        theme=theme,
        root_path=address,
        # Once more behind Gradio's own styles, which come in later than the page's first view: of two rules with the
        # same weight the last counts.
        head=Markup('<link rel="stylesheet" href="{}">').format(STYLES.address),
        footer_links=[],
        run_history=False,
        max_file_size="1kb",
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
    )
    bound_sessions(app.routes[-1].app, blocks)  # type: ignore[attr-defined]
    return app


def _wire(
    reading: AudienceOf[Collection],
    records: Records,
    given: tuple[gr.Textbox, gr.State, gr.State, gr.JSON],
    buttons: Sequence[gr.Button],
    parts: Sequence[gr.HTML],
) -> None:
    """Who presses what, and which parts change. One generator alone writes the turn that is being answered."""
    box, turns, *_ = given
    send, halting, fresh = buttons
    *turn_parts, chips, about = parts
    live = turn_parts[1]
    stops: dict[str | None, Stop] = {}

    def ask(
        typed: str, earlier: Turns, ratings: Ratings, chosen: object, event: gr.EventData, request: gr.Request
    ) -> Iterator[list[object]]:
        session, stop = request.session_hash, Stop()
        stops[session] = stop
        try:
            reader = reading(request)
            collection, writer = reader.collection, reader.chain.writer
            scope = read_filter(fields(chosen), source_names(collection), titles(collection))
            pressed = fields(event._data)
            header: object = conversation.header(collection.summary(), filter_form.answerer(scope, writer))
            for changed in asked(
                reader, records, typed, earlier, ratings, pressed=pressed, scope=scope, stop=stop
            ):
                yield [*changed, header]
                header = gr.skip()
        except ScopeError as exc:
            yield [*hinted(message_of(exc)), gr.skip()]
        finally:
            if stops.get(session) is stop:
                del stops[session]

    gr.on(
        [box.submit, send.click, chips.submit, live.submit],
        ask,
        given,
        [turns, box, *turn_parts, about],
        js=WITH_CHOICE,
        show_progress="hidden",
        api_visibility="private",
        # page.js sends one question after the other; Gradio would drop one that comes before it has tidied up.
        trigger_mode="multiple",
    )
    _wire_leaving(stops, records, turns, (live, turn_parts[2]), (halting, fresh))


def _wire_leaving(
    stops: dict[str | None, Stop], records: Records, turns: gr.State, parts: Sequence[gr.HTML],
    buttons: Sequence[gr.Button],
) -> None:
    """How a reader ends the answer that grows, chooses the quoted one instead, or leaves the conversation."""
    live, cards = parts
    halting, fresh = buttons

    def halt(earlier: Turns, request: gr.Request) -> list[object]:
        running, ended = stops.get(request.session_hash), ended_turns(earlier)
        if running:
            running.asked.set()
        if running or not ended or ended[-1] is None:
            return [gr.skip(), gr.skip()]
        return [ended, latest(records, ended[-1], len(ended) - 1)]

    def keep(earlier: Turns, request: gr.Request) -> list[object]:
        running, staying = stops.get(request.session_hash), turns_with_quoted(earlier)
        if running:
            running.keep()
        if running or staying[-1] is None:
            return [gr.skip()] * 3
        return [staying, latest(records, staying[-1], len(staying) - 1), conversation.passages(staying)]

    def leave(request: gr.Request) -> None:
        if running := stops.get(request.session_hash):
            running.asked.set()

    halting.click(halt, turns, [turns, live], show_progress="hidden", api_visibility="private")
    live.select(keep, turns, [turns, live, cards], show_progress="hidden", api_visibility="private")
    # The page is loaded anew: whatever a stopped answer still sends would else land in the new conversation.
    fresh.click(leave, None, None, show_progress="hidden", api_visibility="private").then(
        None, js="() => window.location.reload()"
    )


def _wire_history(
    reading: AudienceOf[Collection], records: Records, turns: gr.State, history: gr.HTML, parts: Sequence[gr.HTML]
) -> None:
    """A conversation that the browser, or the account, has kept comes back; history.js sends it."""

    def restore(earlier: Turns, event: gr.EventData, request: gr.Request) -> list[object]:
        return restored(reading(request), records, earlier, fields(event._data))

    history.expand(restore, turns, [turns, *parts], **QUEUED)


def _wire_panel(reading: AudienceOf[Collection], form: gr.HTML, parts: Sequence[gr.HTML]) -> None:
    """The line under the box and the header follow what the panel says."""

    def narrow(event: gr.EventData, request: gr.Request) -> list[object]:
        reader = reading(request)
        known = source_names(reader.collection), reader.chain.writer, titles(reader.collection)
        line, answerer = filter_form.line_and_answerer(fields(event._data), *known)
        return [line, conversation.header(reader.collection.summary(), answerer)]

    form.apply(narrow, None, parts, **QUEUED)


def _wire_thumbs(
    feedback: FeedbackStore, states: tuple[gr.State, gr.State], parts: Sequence[gr.HTML], rated: gr.HTML
) -> None:
    """A rating changes neither conversation nor answer: chat.js shows in the turn what `kept` says of it."""

    def like(turns: Turns, ratings: Ratings, event: gr.EventData) -> str:
        # The session's ratings are changed in place: an answer that grows meanwhile would write an older value back.
        return rate(feedback, turns, ratings, fields(event._data))

    gr.on([part.like for part in parts], like, [*states], rated, **QUEUED)


def _wire_article_list(
    reading: AudienceOf[Collection], access: Access, limit: article_list.Limit, parts: Sequence[gr.HTML]
) -> None:
    """The list follows what is searched for; as the view is opened, and after each change of the index, what tells of
    the index elsewhere follows, too. Nothing here changes it: that is what articles.py and questions.py do, for
    editors."""
    listed, adding, *_ = parts

    def browse(event: gr.EventData, request: gr.Request) -> str:
        editor = may_edit(visitor_of(request))
        return article_list.listing(reading(request).collection, fields(event._data), editor=editor)

    def follow(event: gr.EventData, request: gr.Request) -> list[object]:
        sent, reader = fields(event._data), reading(request)
        # What an editor has typed there stays.
        tools = article_list.tools(access, visitor_of(request), limit) if sent.get("opening") else gr.skip()
        about = header_and_panel(reader.chain, reader.collection, fields(sent.get("chosen")))
        bar, chips = article_list.bar(reader.collection.sources()), conversation.chips(reader.examples())
        return [browse(event, request), tools, bar, chips, *about]

    listed.apply(browse, None, listed, **NEWEST_ONLY)
    listed.expand(follow, None, [*parts], **NEWEST_ONLY)


def _html(value: str, name: str) -> gr.HTML:
    """A place for HTML; a press on a button with data-ask or data-retry in it is its event `submit`, on one with
    data-keep `select`, and what chat.js tells of an element in it is the event that it names."""
    on_load = """element.addEventListener("click", (event) => {
        const button = event.target.closest("[data-ask], [data-retry]");
        if (button) trigger("submit", {question: button.dataset.ask, retry: "retry" in button.dataset});
        if (event.target.closest("[data-keep]")) trigger("select", {});
    });
    element.addEventListener("tell", (event) => trigger(event.detail.name, event.detail.said));"""
    return gr.HTML(value, elem_id=name, js_on_load=on_load, apply_default_css=False)


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        label="Your question",
        show_label=False,
        container=False,
        placeholder="Ask about the articles…",
        lines=1,
        max_lines=6,
        elem_id="question",
        html_attributes=gr.InputHTMLAttributes(autocomplete="off", spellcheck=True),
    )
