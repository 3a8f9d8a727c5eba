"""Annotates articles in a process of its own, so that one core parses while another embeds. Its results are those of
`Annotator.annotate`. Run as `python -m index.claims.annotation_process MODEL`."""

import datetime
import json
import os
import select
import signal
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from threading import Lock
from typing import Any

from index.article import Article
from index.child_process import start_child
from index.claim import Certainty, Claim, Origin, Status
from index.claims.extract import LONGEST_ARTICLE_SENTENCES, annotate, claims_of
from index.claims.tagger import tags_of
from index.language import annotations
from index.language.parser import BUNDLED, Parser
from index.lean_imports import leave_out_unneeded
from index.passage import Span

# The annotated sentences of an article, encoded, and its claims.
Annotated = tuple[bytes, list[Claim]]


class AnnotationProcess:
    """Annotates one article after the other in a child process, which is started with the first of them.

    What the child fails at, and all that follows once it has ended, is None: the caller then annotates it itself, and
    so meets the error where it can be told of.
    """

    def __init__(self, model: str) -> None:
        self._model = model
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = False
        self._lock = Lock()
        # It writes and waits while the caller embeds.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="annotation")

    def annotate(self, article: Article, spans: Sequence[Span]) -> "Future[Annotated | None]":
        """Begin to annotate the sentences of an article, whose spans are given."""
        date = article.date and article.date.isoformat()
        request: list[object] = [article.title, date, article.text, spans[:LONGEST_ARTICLE_SENTENCES]]
        try:
            return self._thread.submit(self._exchange, request)
        except RuntimeError:
            # Python is ending, and starts no thread any more.
            nothing: Future[Annotated | None] = Future()
            nothing.set_result(None)
            return nothing

    def close(self) -> None:
        """End the process, whatever it is at."""
        self._end()
        self._thread.shutdown(cancel_futures=True)
        if self._process is not None:
            with suppress(BrokenPipeError):
                self._process.communicate()

    def _exchange(self, request: list[object]) -> Annotated | None:
        try:
            process = self._started()
            if process is None or process.stdin is None or process.stdout is None:
                return None
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            if line := process.stdout.readline():
                return _unpacked(json.loads(line))
        except (OSError, ValueError):
            # It was ended, or is out of memory.
            pass
        self._end()
        return None

    def _started(self) -> "subprocess.Popen[bytes] | None":
        with self._lock:
            if self._process is None and not self._ended:
                self._process = start_child("index.claims.annotation_process", self._model)
            return None if self._ended else self._process

    def _end(self) -> None:
        with self._lock:
            self._ended = True
            if self._process is not None:
                self._process.kill()
                self._process.wait()


def cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _unpacked(answer: dict[str, Any] | None) -> Annotated | None:
    if answer is None:
        return None
    return b64decode(answer["sentences"]), [_claim(fields) for fields in answer["claims"]]


def _claim(fields: dict[str, Any]) -> Claim:
    days = {name: fields[name] and datetime.date.fromisoformat(fields[name]) for name in ("since", "until")}
    kinds = {"status": Status(fields["status"]), "certainty": Certainty(fields["certainty"])}
    return Claim(**fields | days | kinds | {"origin": Origin(fields["origin"])})


def _packed(request: list[Any], parser: Parser) -> dict[str, object] | None:
    title, date, text, spans = request
    day = date and datetime.date.fromisoformat(date)
    try:
        made = annotate(text, day, spans, parser, _end_alone)
        claims = [asdict(claim) for claim in claims_of(title, day, made, tags_of(made, _end_alone))]
        return {"sentences": b64encode(annotations.encode(made)).decode(), "claims": claims}
    except Exception:  # noqa: BLE001 - the outermost edge of a process; the caller meets the same error
        return None


def _end_alone() -> None:
    """End this process where the one that asked is gone; called between the parser's batches."""
    poll = select.poll()
    poll.register(0, 0)
    if any(event & select.POLLHUP for _, event in poll.poll(0)):
        sys.exit()


def _main(model: str) -> None:
    # Ctrl-C is for the process that asks; it ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if model == BUNDLED:
        leave_out_unneeded()
    # What a library prints must not be taken for an answer.
    out = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    parser = Parser(model)
    for line in sys.stdin.buffer:
        print(json.dumps(_packed(json.loads(line), parser), default=str), file=out, flush=True)  # noqa: T201


if __name__ == "__main__":
    _main(sys.argv[1])
