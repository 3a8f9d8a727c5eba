"""Reads WordNet's database files: its synsets, the senses of each word, and which meanings are narrower."""

import collections
import re
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Synset:
    """One meaning: its words, its pointers (kind, offset, part of speech, source and target word), its gloss, its
    file, and those of its words that are written in lower case."""

    words: list[str]
    pointers: list[tuple[str, str, str, str]]
    gloss: str
    lexname: int
    common: frozenset[str]


class WordNet:
    """The data and index files of one part of speech each; `counts` says by word and part of speech how often it
    stands in texts whose senses were tagged, 0 where a sense is listed and never was."""

    def __init__(self, folder: Path) -> None:
        self.synsets: dict[str, dict[str, Synset]] = {}
        self.senses: dict[str, dict[str, list[str]]] = {}
        self.narrower: dict[str, dict[str, list[str]]] = {}
        for pos, name in (("n", "noun"), ("v", "verb"), ("a", "adj")):
            self.synsets[pos] = dict(map(_synset, _lines(folder / f"data.{name}")))
            self.senses[pos] = {}
            for line in _lines(folder / f"index.{name}"):
                parts = line.split()
                self.senses[pos][parts[0]] = parts[-int(parts[2]) :]
            below: dict[str, list[str]] = collections.defaultdict(list)
            for offset, synset in self.synsets[pos].items():
                for kind, target, _, _ in synset.pointers:
                    if kind in ("@", "@i"):
                        below[target].append(offset)
            self.narrower[pos] = below
        self.counts = _counts(folder / "index.sense")

    def find(self, pos: str, word: str, gloss: str) -> str:
        """The offset of the meaning of `word` whose gloss holds `gloss`; stops the program where there is none."""
        for offset in self.senses[pos].get(word.replace(" ", "_"), []):
            if gloss in self.synsets[pos][offset].gloss:
                return offset
        known = [self.synsets[pos][o].gloss[:70] for o in self.senses[pos].get(word.replace(" ", "_"), [])]
        sys.exit(f"WordNet has no meaning of '{word}' with '{gloss}'. It has: {known}")

    def is_single(self, pos: str, offset: str) -> bool:
        """Whether a meaning is one person, place or thing with a name, such as William Tell, and no kind."""
        return any(kind == "@i" for kind, *_ in self.synsets[pos][offset].pointers)

    def below(self, pos: str, offset: str, depth: int) -> list[str]:
        """`offset` and the narrower meanings, so many steps down."""
        synsets = [offset]
        if depth:
            for narrower in self.narrower[pos][offset]:
                synsets += self.below(pos, narrower, depth - 1)
        return synsets


def _counts(path: Path) -> dict[str, dict[str, int]]:
    parts_of_speech = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
    counts: dict[str, dict[str, int]] = collections.defaultdict(lambda: collections.defaultdict(int))
    for line in path.read_text().splitlines():
        key, _, _, tagged = line.split()
        word, _, sense = key.partition("%")
        counts[word][parts_of_speech[sense[0]]] += int(tagged)
    return counts


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if not line.startswith("  ")]


def _synset(line: str) -> tuple[str, Synset]:
    head, gloss = line.split(" | ", 1)
    parts = head.split()
    count = int(parts[3], 16)
    written = [re.sub(r"\(\w+\)$", "", parts[4 + 2 * n]) for n in range(count)]
    words = [word.lower() for word in written]
    at = 4 + 2 * count
    pointers = [
        (parts[at + 1 + 4 * n], parts[at + 2 + 4 * n], parts[at + 3 + 4 * n], parts[at + 4 + 4 * n])
        for n in range(int(parts[at]))
    ]
    return parts[0], Synset(words, pointers, gloss, int(parts[1]), frozenset(w for w in written if w.islower()))
