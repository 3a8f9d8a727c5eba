"""Measures how much memory a server of the page keeps of the questions that it has answered.

python -m tests.support.memory [FEW MANY]

It asks FEW questions (100) and then up to MANY (1,000), once in one conversation and once in a conversation each, of a
server with canned answers, and prints the resident memory in MB after each.
"""

import json
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import httpx

from tests.conftest import lone_server

QUESTION = "Who controls Hama?"


class Reader:
    """Asks as the page does, without a browser."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        self._client = httpx.Client(base_url=url, headers=headers, timeout=60)
        match = re.search(r"window\.gradio_config = (\{.*?\});</script>", self._client.get("/").text, re.DOTALL)
        assert match is not None
        # Of the page's events a question alone has four inputs.
        events = json.loads(match[1])["dependencies"]
        self._question = next(event["id"] for event in events if len(event["inputs"]) == 4)

    def join(self, session: str, question: str = QUESTION, **other: object) -> httpx.Response:
        """Send the question, or another event by its number; the answer is not waited for."""
        data: list[object] = [question, None, None, {}]
        number = other.get("event", self._question)
        body = {"fn_index": number, "session_hash": session, "data": data, "event_data": None, "trigger_id": None}
        return self._client.post("/gradio_api/queue/join", json=body)

    def ask(self, session: str, question: str = QUESTION) -> str:
        """Send the question and read what comes of it to the end."""
        self.join(session, question).raise_for_status()
        with self._client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
            return "".join(stream.iter_text())


def resident_mb(process: int) -> float:
    """The memory of a process that is in use, in MB."""
    match = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert match is not None
    return int(match[1]) / 1024


def measure(few: int, many: int, *, conversations: bool) -> tuple[float, float]:
    """Resident memory in MB after `few` and after `many` questions, in one conversation or in one each."""
    with tempfile.TemporaryDirectory() as folder, lone_server(Path(folder)) as (process, url):
        reader, measured = Reader(url), []
        for number in range(many):
            reply = reader.ask(f"session{number if conversations else 0}")
            assert '"success":true' in reply, reply[-500:]
            if number + 1 in (few, many):
                measured.append(resident_mb(process.pid))
    return measured[0], measured[1]


def main(few: int = 100, many: int = 1000) -> None:
    for conversations in (False, True):
        first, last = measure(few, many, conversations=conversations)
        where = "conversations of one each" if conversations else "one conversation"
        print(f"{where}: {first:.0f} MB after {few}, {last:.0f} MB after {many}: {last / first - 1:+.1%}")  # noqa: T201


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
