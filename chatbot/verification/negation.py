"""Finds contradictions: whether a statement denies what the sentences near it say, or says what they deny. Each is read
for what it affirms and what it denies; meaning is not weighed here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from index.language.lexicon import deed
from index.language.words import STOPWORDS, bare

_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*")
_CLAUSE_END = re.compile(r"[;:()“”\"]|[.!?](?=\s|$)|,|\b(?:but|although|though|because|which|while|whereas|unless)\b")
_ASIDE = re.compile(r", (?:however|though|in fact|as yet|indeed|therefore|so far|by contrast|too|according to [^,]*),")
# Denies the first telling word after it; "not only", "no fewer than" and "whether or not" deny nothing.
_NOT = re.compile(
    r"\b(?:not|never|no longer|cannot|cease[sd]? to|fail(?:s|ed)? to|refus(?:es|ed?) to|declin(?:es|ed?) to|unable to"
    r"|yet to|stop(?:s|ped)?(?= \w+ing\b))\b|n['’]t\b",
    re.IGNORECASE,
)
# Denies all that its clause says.
_NONE = re.compile(
    r"\b(?:no|none|nobody|nothing|neither|nor|no one|without|few|hardly|barely|den(?:y|ies|ied|ying))\b", re.IGNORECASE
)
_NOTHING_DENIED = re.compile(
    r"\bnot (?:only|just|merely|simply|least|necessarily)\b|\bno (?:less|more|fewer|later|sooner|doubt|matter)\b"
    r"|\b(?:or|why|if) not\b|\bno\. ?\d|\ba few\b|\bneither[^.;]{0,60}?\b(?:not|never)\b",
    re.IGNORECASE,
)
# "Not until Friday" says that it was so on Friday.
_TILL = re.compile(r"\b(?:until|till|unless|except)\b", re.IGNORECASE)
# Says that something is not so, or no longer, without denying it in so many words.
_LIKE_NOT = re.compile(
    r"\b(?:lacks?|lacked|lacking|lost|left|former|formerly|absent|absence|until then|used to|instead|rather than|except"
    r"|ended|withdrew|withdrawn|rejected|refused|declined|denied|banned|barred|prohibit\w*|prevent\w*|cancelled|halted"
    r"|stopped|ceased|closed|abandoned)\b"
)
_TAKEN_FROM = re.compile(r"\bfrom (?:the |its |his |their )?[\w-]+", re.IGNORECASE)
_HELD = ("hold", "control", "own", "keep")
_SILENT = STOPWORDS | frozenset(
    "yet still even ever anyone anything anybody any able expected longer anymore fully said says say".split()
)
_OPPOSITES = [
    "hold leave lose", "control leave lose", "remain leave", "stay leave", "begin end", "open close", "approve ban",
    "approve deny", "agree deny", "accept deny", "win lose", "increase decrease", "enter leave", "support oppose",
    "continue end", "succeed fail", "include exclude", "arrest release", "join leave", "kill survive", "hold break",
    "keep break lose leave", "remember forget", "pass fail", "increase fall", "lower raise", "destroy survive",
    "cancel hold", "confirm deny", "miss find", "spare hit", "publish withhold",
]
_PREFIX = re.compile(r"^(?:un|in|im|il|ir|dis|non)-?(?=\w{4})", re.IGNORECASE)


@dataclass(frozen=True)
class Polarity:
    """The concepts that a text affirms, those of each of its denials, and those that it denies up to some day."""

    affirmed: frozenset[str]
    denials: tuple[frozenset[str], ...]
    either: frozenset[str] = frozenset()

    @property
    def denied(self) -> frozenset[str]:
        """All that it denies."""
        return frozenset[str]().union(*self.denials)


@lru_cache(maxsize=20_000)
def polarity_of(text: str) -> Polarity:
    """What `text` affirms and denies."""
    text = _ASIDE.sub(" ", text)
    content = {word.start(): word[0] for word in _WORD.finditer(text) if _is_content(word[0])}
    denials: list[frozenset[str]] = []
    affirmed = set(content)
    either: set[str] = set()
    for denier in _deniers(text):
        until = _clause_end(text, denier.end())
        scope = _scope(denier, until, content)
        affirmed -= scope
        denied = frozenset(deed(content[start]) for start in scope)
        if _TILL.search(text, denier.end(), until):
            either |= denied
        elif denied:
            denials.append(denied)
    return Polarity(frozenset(deed(content[start]) for start in affirmed), tuple(denials), frozenset(either))


def _deniers(text: str) -> list[re.Match[str]]:
    """The words that deny something, in order."""
    idle = [phrase.span() for phrase in _NOTHING_DENIED.finditer(text)]
    deniers = [*_NOT.finditer(text), *(none for none in _NONE.finditer(text) if not _is_in(none, _NOT, text))]
    telling = [denier for denier in deniers if not any(start <= denier.start() < end for start, end in idle)]
    return sorted(telling, key=lambda denier: denier.start())


def _scope(denier: re.Match[str], until: int, content: Mapping[int, str]) -> set[int]:
    """Where the words stand that a denier denies: "not" the first after it, "nobody" all of its clause."""
    after = [start for start, word in content.items() if denier.end() <= start < until and not word.endswith("ly")]
    return set(after[:1] if _NOT.fullmatch(denier[0]) else after)


def contradicts(statement: str, sentences: Sequence[str]) -> bool:
    """Whether `statement` and the `sentences` nearest to it, best first, differ in what they deny. A denial of which
    they say nothing is none of theirs."""
    own, read = polarity_of(statement), [polarity_of(sentence) for sentence in sentences]
    if not read:
        return False
    affirmed = frozenset[str]().union(*(polarity.affirmed for polarity in read))
    if any(_is_unheard(denial, read, sentences, affirmed) for denial in own.denials):
        return True
    return any(_is_left_out(denial, own, affirmed) for polarity in read for denial in polarity.denials)


def _is_unheard(
    denial: frozenset[str], read: Sequence[Polarity], sentences: Sequence[str], affirmed: frozenset[str]
) -> bool:
    """Whether no sentence denies the same, in the same word, its opposite, or a word of its own."""
    best, opposites = read[0], _opposites(denial)
    for polarity, sentence in zip(read, sentences, strict=True):
        if denial & (polarity.denied | polarity.either | _undone(sentence)):
            return False
        likened = opposites & polarity.affirmed or _LIKE_NOT.search(sentence)
        if (likened or (denial & _deeds(_HELD) and _TAKEN_FROM.search(sentence))) and not denial & affirmed:
            return False
    return not best.denials or bool((denial & best.affirmed) | (opposites & best.denied))


def _is_left_out(denial: frozenset[str], own: Polarity, affirmed: frozenset[str]) -> bool:
    """Whether the statement affirms what a sentence denies and none affirms, and denies nothing of it."""
    if denial & (own.denied | own.either | affirmed) or own.denials:
        return False
    return len(denial & own.affirmed) > len(denial) / 2


def _is_in(denier: re.Match[str], other: re.Pattern[str], text: str) -> bool:
    """Whether a denier is a part of another, as the "no" of "no longer"."""
    return any(word.start() <= denier.start() < word.end() for word in other.finditer(text))


def _is_content(word: str) -> bool:
    """Whether a word says something, and is no number and no denial itself."""
    plain = bare(word).lower()
    return plain.isalpha() and plain not in _SILENT and not (_NOT.search(word) or _NONE.fullmatch(word))


def _clause_end(text: str, start: int) -> int:
    end = _CLAUSE_END.search(text, start)
    return end.start() if end else len(text)


def _opposites(concepts: frozenset[str]) -> frozenset[str]:
    return frozenset(opposite for concept in concepts for opposite in _pairs().get(concept, ()))


@cache
def _deeds(verbs: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(deed, verbs))


@cache
def _pairs() -> dict[str, frozenset[str]]:
    pairs: dict[str, frozenset[str]] = {}
    for group in map(str.split, _OPPOSITES):
        first, *others = map(deed, group)
        pairs[first] = pairs.get(first, frozenset()) | frozenset(others)
        for other in others:
            pairs[other] = pairs.get(other, frozenset()) | {first}
    return pairs


@lru_cache(maxsize=20_000)
def _undone(text: str) -> frozenset[str]:
    """What the words with a denying prefix deny: "known" of "unknown"."""
    plain = (_PREFIX.sub("", word[0]) for word in _WORD.finditer(text) if _PREFIX.match(word[0]))
    return frozenset(map(deed, plain))
