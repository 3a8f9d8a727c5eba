"""A server with an article for everybody and one for a group of readers."""

from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from fastapi import FastAPI

from chatbot.answering.turn import Turn
from index.collection import Collection
from index.storage.articles import Listed

PASSWORD = "correct horse battery"
OPEN = """The Orsa Lake Council met in Hama on Monday. Mayor Nils Aro opened the new footbridge in Hama on Monday.
Hama remains in the hands of the Lake Alliance. The footbridge had been closed since March."""
HIDDEN = """The Velden Steel Works (VSW) will close its furnace in Manbij. Director Ylva Quist told it to the board in
Manbij on Tuesday. Manbij remains in the hands of the Quarry Front. Mayor Odo Brandt of Manbij was not there."""
ASKED = "Who will close the furnace?"


@dataclass(frozen=True)
class Site:
    """A server with one article for everybody and one for the board."""

    url: str
    app: FastAPI
    collection: Collection
    data: Path
    tokens: dict[str, str]
    records: dict[str, str]

    def client(self, name: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.tokens[name]}"} if name else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60, follow_redirects=False)

    @property
    def hidden(self) -> Listed:
        [row] = [row for row in self.collection.articles() if row.groups]
        return row


def with_groups(turn: Turn, groups: list[str]) -> Turn:
    return replace(turn, groups=tuple(groups))


def share(client: httpx.Client, site: Site, name: str) -> str:
    with site.client(name) as sharer:
        return str(sharer.post("/api/answers", json={"record": site.records[name]}).json()["path"])
