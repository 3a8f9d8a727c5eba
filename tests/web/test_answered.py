import json
import logging

import pytest
from fastapi.responses import Response

from chatbot.errors import ChatbotError, HistoryError, QuestionError, RecordError, ScopeError
from chatbot.web.api.answered import answered
from index.errors import (
    ArticleNotFoundError,
    CorrectionError,
    DataFolderError,
    FetchError,
    GroupError,
    IndexingError,
    LockedError,
    NameDecisionError,
    SourceError,
)


def status(error: Exception) -> int:
    """The status of the answer where the work raises this; its message is the error's."""

    def work() -> Response:
        raise error

    response = answered(work, "It failed")
    assert json.loads(bytes(response.body)) == {"detail": str(error)}
    assert response.headers["cache-control"] == "no-store"
    return response.status_code


@pytest.mark.parametrize("kind", [
    QuestionError, ScopeError, RecordError, CorrectionError, GroupError, NameDecisionError, SourceError, FetchError,
])  # fmt: skip
def test_what_cannot_be_used_is_the_fault_of_who_sent_it(
    kind: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    assert status(kind("No such day: 31 June.")) == 400 and caplog.text == ""


def test_what_is_not_there_or_busy_has_its_own_status(caplog: pytest.LogCaptureFixture) -> None:
    assert (status(ArticleNotFoundError("None.")), status(LockedError("Another."))) == (404, 503) and caplog.text == ""


@pytest.mark.parametrize("kind", [ChatbotError, HistoryError, IndexingError, DataFolderError])
def test_what_is_the_servers_fault_is_logged(kind: type[Exception], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert status(kind("The disk is full.")) == 500
    assert "It failed" in caplog.text and "The disk is full." in caplog.text


def test_what_nobody_foresaw_is_left_to_the_server() -> None:
    with pytest.raises(ZeroDivisionError):
        answered(lambda: Response(str(1 // 0)), "It failed")


def test_what_the_work_returns_is_the_answer() -> None:
    response = Response("x")
    assert answered(lambda: response, "It failed") is response
