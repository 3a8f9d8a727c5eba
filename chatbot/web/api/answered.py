"""Answers a request of the API: with what its work returns, or with the status and the line for what went wrong."""

import logging
from collections.abc import Callable

from fastapi.responses import Response

from chatbot.errors import ChatbotError, QuestionError, RecordError, ScopeError
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


def answered(work: Callable[[], Response], failed: str) -> Response:
    """What `work` returns, or what went wrong in it; `failed` is the line for the log where that is the server's
    fault."""
    try:
        return work()
    except UNUSABLE as exc:
        return error(message_of(exc), 400)
    except ArticleNotFoundError as exc:
        return error(message_of(exc), 404)
    except LockedError as exc:
        return error(message_of(exc), 503)
    except (ChatbotError, IndexingError) as exc:
        log.exception(failed)
        return error(message_of(exc), 500)
