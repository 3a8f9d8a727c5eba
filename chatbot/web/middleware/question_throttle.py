"""Limits how much one visitor asks at once and in a minute, so that everybody else is answered as well. The page and
the HTTP API share the limits."""

import json
import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as ASGIMessage

from chatbot.settings import Settings
from chatbot.web.auth.authorization import Access
from chatbot.web.languages.catalogue import translated
from index.message import Message

JOIN = "/gradio_api/queue/join"
WINDOW_SECONDS = 60.0
MOST_VISITORS_REMEMBERED = 10_000
# Other events of the page (a rating, a change of the filters) are short, but they wait in the same queue.
MOST_EVENTS_WAITING = 16
# Of all visitors together: a little less than Gradio's queue holds, which would refuse the rest in words of its own.
MOST_OF_EVERYBODY = 500
EVENT_SECONDS = 2
WAITING_SECONDS = 5


# What to tell the visitor, and in how many seconds to try again.
Refusal = tuple[str, int]
# Counts, of the requests that a test picks out, the questions and all events that wait in the page's queue or are at
# work.
Pending = Callable[[Callable[[HTTPConnection], bool]], tuple[int, int]]


class QuestionThrottle:
    """Counts the questions of each visitor: by name where there is one, else by address."""

    def __init__(
        self, settings: Settings, access: Access, pending: Pending, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pending = pending
        self._waiting = settings.questions_waiting
        self._a_minute = settings.questions_a_minute
        self._access = access
        self._clock = clock
        self._lock = Lock()
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()
        self._running: dict[str, int] = {}

    def key(self, request: HTTPConnection) -> str:
        """What the visitor of `request` is counted by."""
        visitor = getattr(request.state, "visitor", None)
        if visitor and visitor.name:
            return f"name {visitor.name}"
        return f"address {self._access.proxies.address(request)}"

    def full(self) -> bool:
        """Whether the page's queue takes nothing more of anybody."""
        return self._pending(lambda _: True)[1] >= MOST_OF_EVERYBODY

    def pending(self, key: str) -> tuple[int, int]:
        """How many questions, and how many events, the visitor has on the page that are not done."""
        return self._pending(lambda other: self.key(other) == key)

    @contextmanager
    def asking(self, key: str) -> Iterator[Refusal | None]:
        """Count one more question, which is waiting until the block ends; or give why it is refused, and in how many
        seconds it may be asked again."""
        refused = self._admit(key)
        try:
            yield refused
        finally:
            if refused is None:
                self._end(key)

    def _admit(self, key: str) -> Refusal | None:
        now, (questions, _) = self._clock(), self.pending(key)
        with self._lock:
            waiting = questions + self._running.get(key, 0)
            if waiting >= self._waiting:
                return refusal(_are_answered(waiting), WAITING_SECONDS)
            times = self._times(key, now)
            if len(times) >= self._a_minute:
                seconds = math.ceil(times[0] + WINDOW_SECONDS - now) or 1
                return refusal(_were_asked(len(times)), seconds)
            times.append(now)
            self._running[key] = self._running.get(key, 0) + 1
        return None

    def _end(self, key: str) -> None:
        with self._lock:
            self._running[key] -= 1
            if not self._running[key]:
                del self._running[key]

    def _times(self, key: str, now: float) -> deque[float]:
        """When the visitor asked within the last minute, oldest first. The lock is held."""
        times = self._asked.setdefault(key, deque())
        self._asked.move_to_end(key)
        while times and times[0] <= now - WINDOW_SECONDS:
            times.popleft()
        while len(self._asked) > MOST_VISITORS_REMEMBERED:
            self._asked.popitem(last=False)
        return times


class PageThrottle:
    """Refuses what the page sends before it takes a place in Gradio's queue, which all visitors share.

    `is_question` tells a question among the page's events by the number that is sent.
    """

    def __init__(self, app: ASGIApp, *, throttle: QuestionThrottle, is_question: Callable[[object], bool]) -> None:
        self._app = app
        self._throttle = throttle
        self._is_question = is_question

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] != JOIN:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        body = await request.body()
        key, receive = self._throttle.key(request), _replay(body, receive)
        if self._throttle.full():
            refused: Refusal | None = refusal(Message("Very many readers are asking just now"), WAITING_SECONDS)
            await self._pass_on(refused, scope, receive, send)
        elif self._is_question(_function(body)):
            # It is counted here until Gradio's queue has it.
            with self._throttle.asking(key) as refused:
                await self._pass_on(refused, scope, receive, send)
        else:
            questions, events = self._throttle.pending(key)
            many = Message("%(count)s changes of yours are waiting", count=str(events - questions))
            refused = refusal(many, EVENT_SECONDS) if events - questions >= MOST_EVENTS_WAITING else None
            await self._pass_on(refused, scope, receive, send)

    async def _pass_on(self, refused: Refusal | None, scope: Scope, receive: Receive, send: Send) -> None:
        if refused is None:
            await self._app(scope, receive, send)
            return
        reason, seconds = refused
        headers = {"Retry-After": str(seconds), "Cache-Control": "no-store"}
        await JSONResponse({"detail": translated(reason)}, 429, headers)(scope, receive, send)


def _function(body: bytes) -> object:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return None  # Gradio refuses it.
    return sent.get("fn_index") if isinstance(sent, dict) else None


def refusal(reason: str, seconds: int) -> Refusal:
    """The line for the visitor, with when to ask again, and that number of seconds."""
    again = Message("1 second") if seconds == 1 else Message("%(count)s seconds", count=str(seconds))
    return Message(
        "%(reason)s, so this one was not taken. Please try again in %(time)s.", reason=reason, time=again
    ), seconds


def _are_answered(count: int) -> Message:
    if count == 1:
        return Message("1 question of yours is being answered")
    return Message("%(count)s questions of yours are being answered", count=str(count))


def _were_asked(count: int) -> Message:
    if count == 1:
        return Message("You have asked 1 question within a minute")
    return Message("You have asked %(count)s questions within a minute", count=str(count))


def _replay(body: bytes, receive: Receive) -> Receive:
    """`receive`, which has been read to the end, with the body once more before what comes after it."""
    pieces: Iterator[ASGIMessage] = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def again() -> ASGIMessage:
        return next(pieces, None) or await receive()

    return again
