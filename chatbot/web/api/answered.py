"""Answers a request of the API: with what its work returns, or with the status and the line for what went wrong."""

import logging
from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.responses import Response

from chatbot.errors import ChatbotError, QuestionError, RecordError, ScopeError, reader_message
from chatbot.web.middleware.authentication import error
from index.errors import (
    ArticleNotFoundError,
    CorrectionError,
    FetchError,
    GroupError,
    IndexingError,
    LockedError,
    NameDecisionError,
    SourceError,
)
from index.message import message_of

# What was asked or sent cannot be used.
UNUSABLE = (
    QuestionError, ScopeError, RecordError, CorrectionError, GroupError, NameDecisionError, SourceError, FetchError,
)
log = logging.getLogger(__name__)


def answered(work: Callable[[], Response], failed: str, *, editing: bool = False) -> Response:
    """What `work` returns, or what went wrong in it; `failed` is the line for the log where that is the server's
    fault. Who is `editing` is told all of it, a reader nothing of the server's folders."""
    message = message_of if editing else reader_message
    try:
        return work()
    except UNUSABLE as exc:
        return error(message_of(exc), 400)
    except ArticleNotFoundError as exc:
        return error(message_of(exc), 404)
    except LockedError as exc:
        return error(message(exc), 503)
    except (ChatbotError, IndexingError) as exc:
        log.exception(failed)
        return error(message(exc), 500)


def add(app: FastAPI) -> None:
    """Answers where an article or the index cannot be read before a route has come to its work."""

    @app.exception_handler(IndexingError)
    def unreadable(request: Request, exc: IndexingError) -> Response:
        log.error("%s could not be answered", request.url.path, exc_info=exc)
        return error(reader_message(exc), 500)
