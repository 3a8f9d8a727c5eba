import json
import logging

import pytest
from fastapi import FastAPI
from fastapi.responses import Response
from starlette.testclient import TestClient

from chatbot.errors import UNREADABLE, ChatbotError, HistoryError, QuestionError, RecordError, ScopeError
from chatbot.web.api.answered import add, answered
from index.errors import (
    ArticleNotFoundError,
    CorrectionError,
    DataFolderError,
    FetchError,
    GroupError,
    IndexingError,
    LockedError,
    ModelError,
    NameDecisionError,
    SourceError,
    VectorStoreError,
)


def status(error: Exception) -> int:
    """The status of the answer where the work raises this; its message is the error's."""

    def work() -> Response:
        raise error

    response = answered(work, "It failed", editing=True)
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


@pytest.mark.parametrize("kind", [DataFolderError, LockedError, ModelError, VectorStoreError])
def test_a_reader_is_told_no_path_of_the_server(kind: type[Exception]) -> None:
    def work() -> Response:
        raise kind("The ledger /srv/data/ledger.sqlite3 is damaged.")

    assert json.loads(bytes(answered(work, "It failed").body)) == {"detail": UNREADABLE}


def test_so_it_is_where_the_index_fails_before_the_route_is_at_work(caplog: pytest.LogCaptureFixture) -> None:
    app = FastAPI()
    add(app)

    @app.get("/")
    def ask() -> None:
        raise DataFolderError("The ledger /srv/data/ledger.sqlite3 is damaged.")

    reply = TestClient(app).get("/")
    assert (reply.status_code, reply.json()) == (500, {"detail": UNREADABLE}) and "/srv/data" in caplog.text


def test_what_nobody_foresaw_is_left_to_the_server() -> None:
    with pytest.raises(ZeroDivisionError):
        answered(lambda: Response(str(1 // 0)), "It failed")


def test_what_the_work_returns_is_the_answer() -> None:
    response = Response("x")
    assert answered(lambda: response, "It failed") is response
