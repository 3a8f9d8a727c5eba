"""Is an HTML page's article found, whole and alone? By the protocol of article-extraction-benchmark (Zyte): precision
and recall of the runs of four words of each page, the means of both over all pages, and F1 of these means."""

import gzip
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measures import mean
from index.limits import FileLimits
from index.readers.registry import Refusal, read_file

RUN_WORDS = 4
AT_LEAST = 0.966

Runs = Counter[tuple[str, ...]]


@dataclass(frozen=True)
class Extracted:
    """What came of one page."""

    name: str
    precision: float
    recall: float


def measure(bench: Path, work: Path) -> list[Extracted]:
    """Read each page of the set as `index` does, from a file in `work`."""
    truth = json.loads(gzip.decompress((bench / "extraction/ground-truth.json.gz").read_bytes()))
    work.mkdir(parents=True, exist_ok=True)
    pages = []
    for name, row in truth.items():
        path = work / f"{name}.html"
        path.write_bytes(gzip.decompress((bench / f"extraction/html/{name}.html.gz").read_bytes()))
        [read] = read_file(path, FileLimits())
        text = "" if isinstance(read, Refusal) else read.text
        pages.append(Extracted(name, *score(row["articleBody"], text)))
    return pages


def score(true: str, extracted: str) -> tuple[float, float]:
    """Precision and recall of the runs of `found`; where there is nothing to be right or wrong about, 1."""
    wanted, given = _runs(true), _runs(extracted)
    common = (wanted & given).total()
    # As the protocol has it: of nothing found, nothing is wrong.
    return common / given.total() if given else 1.0, common / wanted.total() if wanted else 1.0


def f1(pages: list[Extracted]) -> float:
    """F1 of the mean precision and the mean recall."""
    precision, recall = mean([page.precision for page in pages]), mean([page.recall for page in pages])
    return 2 * precision * recall / (precision + recall)


def report(pages: list[Extracted], *, verbose: bool) -> None:
    """Print the means, and if `verbose` the pages that came out worst."""
    precision, recall = mean([page.precision for page in pages]), mean([page.recall for page in pages])
    short = "" if f1(pages) >= AT_LEAST else f"  LESS THAN {AT_LEAST}"
    print(f"{len(pages)} pages: F1 {f1(pages):.3f}, precision {precision:.3f}, recall {recall:.3f}{short}")
    for page in sorted(pages, key=lambda page: page.precision + page.recall)[: 10 if verbose else 0]:
        print(f"  {page.name[:12]}  precision {page.precision:.3f}  recall {page.recall:.3f}")


def _runs(text: str) -> Runs:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[at : at + RUN_WORDS]) for at in range(max(1, len(words) - RUN_WORDS + 1)) if words)
