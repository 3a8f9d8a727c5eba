"""Serves an application in a thread of the test's own process, so that a test can look into what it is made of."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI


@contextmanager
def serving(app: FastAPI, port: int) -> Iterator[None]:
    """The application, answering on this port of loopback. Raises RuntimeError where it does not start."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError(f"The application did not start on port {port}.")
            time.sleep(0.05)
        yield
    finally:
        server.should_exit = True
        thread.join()
