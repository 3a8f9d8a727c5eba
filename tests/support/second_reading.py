"""Texts that the rules read nothing in, and an LLM that reads their claims."""

import json
import time
from collections.abc import Callable

from benchmarks.support.scripted_llm import ScriptedLLM
from chatbot.llm.claim_reader import ClaimReader
from chatbot.settings import Settings
from index.claim import Claim
from index.collection import Collection
from index.ingest.second_reading import SecondReport, read_articles

PATIENCE_SECONDS = 120
SHOW = "The Lunar Guard runs the show in Pellan these days."
ORDERS = "It is the Free Militia that gives the orders in Korvik."
FILLER = "Rain fell on the harbour for the whole day."


def claim(sentence: str, place: str, controller: str, status: str = "holds") -> dict[str, str]:
    return {"sentence": sentence, "place": place, "controller": controller, "status": status}


def honest(sentences: list[str]) -> str:
    """What a good reader writes."""
    entries = [
        claim(sentence, place, controller)
        for sentence in sentences
        for place, controller in (("Pellan", "Lunar Guard"), ("Korvik", "Free Militia"))
        if place in sentence
    ]
    return json.dumps({"claims": entries})


def reader(address: str, **more: object) -> ClaimReader:
    return ClaimReader(Settings(model="openai:scripted", base_url=address, **more))  # type: ignore[arg-type]


def read(collection: Collection, server: ScriptedLLM, **more: object) -> SecondReport:
    report = SecondReport()
    read_articles(collection, reader(server.base_url, **more), report=report)
    return report


def claims(collection: Collection) -> list[Claim]:
    return [claim for _, claim in collection.claims()]


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)
