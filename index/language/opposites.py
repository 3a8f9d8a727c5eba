"""Tells which English words say contrary things of the same, such as "admit" and "deny", and whose deed a noun names.

The data is made by `python -m benchmarks.make_opposites` and has WordNet's licence, in `data/LICENSE-wordnet`.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def _data() -> tuple[Mapping[str, frozenset[str]], Mapping[str, str]]:
    data = json.loads((files("index.language") / "data" / "opposites.json").read_text(encoding="utf-8"))
    return {word: frozenset(others) for word, others in data["opposites"].items()}, data["nouns"]


def are_contrary(first: str, second: str) -> bool:
    """Whether two predicates, such as "pull_out" and "stay", say contrary things."""
    table, _ = _data()
    return second in table.get(first, ())


def deed_of(noun: str) -> str | None:
    """The verb whose deed a noun names ("retreat", "confirmation"); None where there is none."""
    return _data()[1].get(noun)
