"""Do odd strings come back as they went in? Each of the Big List of Naughty Strings stands in an article's text, in its
title and in its file's name; read back is what the ledger gives."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from index.article import Article
from index.limits import FileLimits
from index.readers.registry import read_file
from index.storage.ledger import Ledger

LONGEST_NAME_BYTES = 240
BODY = "It says {} here."


@dataclass(frozen=True)
class Outcome:
    """A string, where it stood, and what came back in its place; None where nothing did."""

    string: str
    place: str
    back: str | None

    @property
    def same(self) -> bool:
        """Whether it came back."""
        return self.back == self.string


def strings(bench: Path) -> list[str]:
    """The list, without what is white space only: that is no title and no name."""
    return [string for string in json.loads((bench / "blns.json").read_text(encoding="utf-8")) if string.strip()]


def measure(odd: list[str], work: Path) -> list[Outcome]:
    """Each string at each of its places that can hold it."""
    work.mkdir(parents=True, exist_ok=True)
    (work / "ledger.sqlite").unlink(missing_ok=True)
    ledger = Ledger(work / "ledger.sqlite")
    outcomes = []
    for string in odd:
        for place, back in PLACES.items():
            if (outcome := back(string, work, ledger)) is not None:
                outcomes.append(Outcome(string.strip() if place != "text" else string, place, outcome))
    ledger.close()
    return outcomes


def report(outcomes: list[Outcome], *, verbose: bool = False) -> None:
    """Print how many came back, by place."""
    for place in PLACES:
        here = [outcome for outcome in outcomes if outcome.place == place]
        print(f"odd strings back from the {place:<10}  {sum(outcome.same for outcome in here)} of {len(here)}")
        for shown in here:
            if verbose and not shown.same:
                print(f"  {shown.string!a} came back as {shown.back!a}")


def _from_text(string: str, work: Path, ledger: Ledger) -> str | None:
    article = _indexed(work / "a.txt", BODY.format(string), ledger)
    before, _, after = BODY.partition("{}")
    return article.text.removeprefix(before).removesuffix(after) or article.title


def _from_title(string: str, work: Path, ledger: Ledger) -> str | None:
    article = _indexed(work / "a.txt", f"---\ntitle: {json.dumps(string)}\n---\nThe ferry sails.", ledger)
    return article.title


def _from_name(string: str, work: Path, ledger: Ledger) -> str | None:
    name = string.strip()
    # No file can have such a name.
    if "/" in name or "\0" in name or name.startswith(".") or len(name.encode()) > LONGEST_NAME_BYTES:
        return None
    path = work / f"{name}.txt"
    article = _indexed(path, "The " + "very " * 50 + "long ferry sails.", ledger)
    path.unlink()
    return article.title


PLACES: dict[str, Callable[[str, Path, Ledger], str | None]] = {
    "text": _from_text, "title": _from_title, "file's name": _from_name,
}


def _indexed(path: Path, content: str, ledger: Ledger) -> Article:
    """The article as the ledger gives it back; a refusal has its reason for a title."""
    path.write_text(content, encoding="utf-8", newline="")
    article = next(read_file(path, FileLimits()))
    if not isinstance(article, Article):
        return Article("", "", f"refused: {article.reason}")
    ledger.put(article, "hash", [], [])
    return ledger.articles.get(article.id)
