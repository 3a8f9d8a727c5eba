"""News collections with questions: those that ship here, and others of the same form in a folder that is given."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SHIPPED = Path(__file__).parent / "news"
# Never looked at while the answerer was built, and not fitted on: their figures are those of unseen texts.
SEPARATE_SETS = (
    "campaign", "daily", "disaster", "mixed", "war", "world",
    "campus", "crown", "drought", "festival", "hospital", "junta", "wildfire",
)  # fmt: skip


@dataclass(frozen=True)
class NewsQuestion:
    """A conversation whose last turn is asked. `first` and `any` are expressions that the first, or one, cited sentence
    must match; both are empty where the articles do not say. `as_of` are the dates that are right, if that matters."""

    id: str
    kind: str
    turns: tuple[str, ...]
    abstain: bool
    first: str
    any: str
    as_of: tuple[str, ...]

    def is_gold(self, sentence: str) -> bool:
        """Whether a sentence answers."""
        return any(gold and re.search(gold, sentence, re.I | re.S) for gold in (self.first, self.any))


@dataclass(frozen=True)
class NewsSet:
    """A collection: its name, the folder of its articles, and the questions asked of it."""

    name: str
    articles: Path
    questions: tuple[NewsQuestion, ...]


def news_sets(root: Path = SHIPPED, only: Sequence[str] = ()) -> Iterator[NewsSet]:
    """The sets below `root`, by name; of all where `only` is empty."""
    for path in sorted((root / "questions").glob("*.json")):
        if not only or path.stem in only:
            rows = json.loads(path.read_text(encoding="utf-8"))
            yield NewsSet(path.stem, root / "collections" / path.stem, tuple(map(_question, rows)))


def _question(row: dict[str, object]) -> NewsQuestion:
    turns, as_of = row["turns"], row.get("as_of") or []
    assert isinstance(turns, list) and isinstance(as_of, list)
    return NewsQuestion(
        str(row["id"]),
        str(row["kind"]),
        tuple(turns),
        bool(row["abstain"]),
        str(row.get("first") or ""),
        str(row.get("any") or ""),
        tuple(as_of),
    )
