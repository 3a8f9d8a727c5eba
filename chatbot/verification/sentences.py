"""Cuts the text of an LLM into sentences as it comes, each with the numbers of the passages that it cites."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from chatbot.answer import NOT_FOUND
from chatbot.citations import normalise
from chatbot.verification.facts import FactKind, facts_of
from chatbot.verification.stated import NOTHING, Stated, is_heading, read_stated
from index.language.sentences import sentence_spans

SHORTEST_STATEMENT_WORDS = 3
# So many words of the next sentence tell that one has ended; and so long may a quotation keep one open.
WORDS_OF_NEXT = 2
LONGEST_OPEN_CHARACTERS = 400
LONGEST_SENTENCE_CHARACTERS = 2000
LONGEST_RULE_CHARACTERS = 400
# A sentence is looked through again once it has grown by this share of itself.
LOOKS_A_SENTENCE = 20

_SOURCES = re.compile(
    r"(?:(?<=\w)|\A)(?P<before>[^\w\n]*+)\n\W*+(?:sources|references|citations)[^\w:\n]*+[:\n].*\Z",
    re.IGNORECASE | re.DOTALL,
)
# What an LLM may have copied from the answers before, and emphasis.
_NOISE = re.compile(rf"(?<![ \t])[ \t]*+{re.escape(NOT_FOUND)}|\*\*|__", re.IGNORECASE)
# A year in brackets is text.
_REFERENCES = re.compile(r"(?<![ \t])[ \t]*+\[(?!(?:1[5-9]|20)\d\d\])(\d+)\]")
_BULLET = re.compile(r"^(?:#+|[-*•–]|\(?\d{1,2}[.)]) +")
_ROW = re.compile(r"\|[^\n]+\|")
# What stands below the heads of a table.
_RULE = re.compile(r"[|\s:-]+")
_REPLY = re.compile(r"^(?:yes|no|correct|indeed|partly)(?:[.,!]|$)\s*", re.IGNORECASE)
_NOTHING = (
    r"(?:\b(?:the|these|those|provided|given|available)\s++){0,6}+(?:"
    r"\b(?:articles?|passages?|reports?|sources?) (?:do|does|did)(?: not|n['’]t) "
    r"(?:say|mention|tell|state|specify|name|give)"
    r"|\bnot (?:said|mentioned|stated|specified|reported) in the (?:articles|passages))"
)
_SAYS_NOTHING = re.compile(
    rf"^(?:although|though|while)\b[^,]*{_NOTHING}[^,]*,"
    rf"|{_NOTHING}[^;:]*?(?=[;:]|,? (?:but|yet|though|although|while|however)\b|, and\b|$)",
    re.IGNORECASE,
)
_JOINT = re.compile(r"^[\s,;:.]++(?:(?:but|yet|and|though|although|while|however)\b)?+[\s,]*+", re.IGNORECASE)
_LINK_TARGET = re.compile(r"(\[\d+\])\([^()\s]{0,300}\)")
# What more text may make a citation, a link's target or emphasis of; and a citation that was cut off at the end.
_UNFINISHED = re.compile(
    r"(?:\\|[⁰¹²³⁴⁵⁶⁷⁸⁹,˒]{1,20}|(?<=[ .!?”\"’'])\((?:\d[\d, ]{0,12}\)?[.!?]?)?|\[\d+\]\([^()\s]{0,300}"
    r"|\\?[\[【［]{1,2}[^\[\]【】［］\n]{0,80}|\[\[[^\[\]\n]{0,80}\]|(?<![ \t*_])[ \t*_]++)\Z"
)
_CUT_OFF = re.compile(r"[\[【［]{1,2}\^?\d[\d ,–-]*\Z")
_MAY_END = re.compile(r"[.!?:;…)\n•。！？]")


@dataclass(frozen=True)
class WrittenSentence:
    """A sentence of the LLM's text without its citations, the white space before it, and the numbers that it cites.
    `is_head` is whether it is the row of a table's heads."""

    text: str
    before: str
    numbers: tuple[int, ...]
    is_head: bool = False

    @cached_property
    def claim(self) -> Stated:
        """What is to be looked up: without the point of a list, "Yes." and that the articles do not say something;
        NOTHING where nothing else is stated."""
        if self.is_head and all(map(_is_label, self.text.strip("|").split("|"))):
            return NOTHING
        text = _REPLY.sub("", _BULLET.sub("", self.text, count=1), count=1)
        rest = _JOINT.sub("", _SAYS_NOTHING.sub("", text))
        if rest != text and _words_behind_heading(rest) < SHORTEST_STATEMENT_WORDS:
            return NOTHING
        announces = self.text.startswith("#") or rest.endswith(":")
        if rest.endswith("?") or (announces and _says_little(rest)):
            return NOTHING
        return read_stated(rest) if any(c.isalnum() for c in rest) else NOTHING


class SentenceStream:
    """Gives the sentences of a text that comes in pieces, each once it is whole: once the next one has begun."""

    def __init__(self) -> None:
        self._rest = ""
        self._is_over = False
        self._shown = 0
        self._next_look = 0
        self.begun: WrittenSentence | None = None

    def feed(self, piece: str) -> list[WrittenSentence]:
        """The sentences that `piece` makes whole. `begun` is then the next one, as far as it cannot change any more."""
        # Nothing is read any more once the text has ended in a list of sources.
        self._rest += piece * (not self._is_over)
        if self._is_over or not self._is_due():
            return []
        held = _UNFINISHED.search(self._rest)
        end = held.start() if held else len(self._rest)
        text = self._cleaned(self._rest[:end])
        cut = split(text, least=self._shown)
        whole = _whole(text, cut)
        if whole:
            text, self._shown, self._next_look = text[whole[-1][1] :], 0, 0
            cut = split(text)
        self._rest = text if self._is_over else text + self._rest[end:]
        self._begin([sentence for sentence, _ in cut])
        return [sentence for sentence, _ in whole if sentence.text]

    def _is_due(self) -> bool:
        """Whether enough has come to look again: to do so with each piece of a long sentence would take for ever."""
        if len(self._rest) < self._next_look or not self._rest.strip():
            return False
        self._next_look = len(self._rest) + len(self._rest) // LOOKS_A_SENTENCE
        return True

    def finish(self) -> list[WrittenSentence]:
        """The sentences that are left."""
        text = self._cleaned(_CUT_OFF.sub("", self._rest)).rstrip()
        self.begun = None
        return [sentence for sentence, _ in split(text, least=self._shown)]

    def _cleaned(self, text: str) -> str:
        """`text` with its citations as [1][2] and without emphasis; a list of sources at its end, which repeats,
        unproven, what the citations say, ends it."""
        text = _NOISE.sub("", _LINK_TARGET.sub(r"\1", normalise(text)))
        if sources := _SOURCES.search(text):
            self._is_over = True
            return text[: sources.end("before")]
        return text

    def _begin(self, sentences: Sequence[WrittenSentence]) -> None:
        self.begun = None
        if sentences:
            first = sentences[0]
            text = _MAY_END.split(first.text, maxsplit=1)[0].rstrip()
            # One word at the head of a line may be that of a list of sources.
            if text and ("\n" not in first.before or len(re.findall(r"\w+", text)) >= WORDS_OF_NEXT):
                self.begun = WrittenSentence(text, first.before, ())
                self._shown = len(first.before) + len(text)


def _whole(text: str, cut: Sequence[tuple[WrittenSentence, int]]) -> Sequence[tuple[WrittenSentence, int]]:
    """Of the sentences of a text that goes on those that cannot change any more; all of one that does not end."""
    count = len(cut) - 1
    if count > 0 and len(re.findall(r"\w+", cut[-1][0].text)) < WORDS_OF_NEXT:
        count -= 1
    while count > 0 and not _is_closed(text[: cut[count - 1][1]]):
        count -= 1
    if count <= 0 and len(text) > LONGEST_SENTENCE_CHARACTERS:
        return cut or [(WrittenSentence("", "", ()), len(text))]
    return cut[: max(count, 0)]


def _is_closed(text: str) -> bool:
    """Whether no quotation or bracket is open in which what looks like an end may be none."""
    if len(text) > LONGEST_OPEN_CHARACTERS:
        return True
    return text.count("“") <= text.count("”") and text.count('"') % 2 == 0 and text.count("(") <= text.count(")")


def split(text: str, *, least: int = 0) -> list[tuple[WrittenSentence, int]]:
    """The sentences of a text with normalised citations, each with the offset at which it and its citations end.

    A citation belongs to the sentence that it follows or stands in. The first sentence has at least `least` characters,
    the white space before it included.
    """
    plain, references, copied = "", [], [(0, 0)]
    at = 0
    for reference in _REFERENCES.finditer(text):
        plain += text[at : reference.start()]
        at = reference.end()
        line = text[at:].partition("\n")[0]
        if plain[-1:] in ("", "\n") and _REFERENCES.sub("", line).strip():
            # A citation at the head of a line is that line's.
            references.append((len(plain) + 1, int(reference[1]), at))
            at += len(line) - len(line.lstrip())
        else:
            references.append((len(plain.rstrip()), int(reference[1]), at))
        copied.append((len(plain), at))
    plain += text[at:]
    spans = _joined_spans(plain, least)
    sentences = []
    end = 0
    for n, (start, stop) in enumerate(spans):
        until = spans[n + 1][0] if n + 1 < len(spans) else len(plain) + 1
        own = [(number, after) for position, number, after in references if start < position <= max(until - 1, stop)]
        is_head = _is_head(plain[start:stop], plain[stop:].lstrip()[:LONGEST_RULE_CHARACTERS])
        sentence = WrittenSentence(plain[start:stop], plain[end:start], tuple(number for number, _ in own), is_head)
        sentences.append((sentence, max([_offset(copied, stop), *(after for _, after in own)])))
        end = stop
    return sentences


def _is_head(line: str, below: str) -> bool:
    """Whether `line` is the row of a table's heads, by what stands below it."""
    rule = below.partition("\n")[0]
    return "-" in rule and bool(_RULE.fullmatch(rule) and _ROW.fullmatch(line))


def _offset(copied: Sequence[tuple[int, int]], position: int) -> int:
    """Where what is at `position` without citations is with them; `copied` are such positions of the runs between
    them."""
    run, start = next((run, start) for run, start in reversed(copied) if run < position or run == 0)
    return start + position - run


def _joined_spans(text: str, least: int) -> list[tuple[int, int]]:
    """The spans of the sentences; a heading ("As of 5 December 2024, Desk:") is one with the next, and so is what says
    next to nothing ("Yes.")."""
    spans: list[tuple[int, int]] = []
    for start, end in sentence_spans(text):
        last = text[slice(*spans[-1])] if spans else ""
        short = bool(last) and len(last.split()) < SHORTEST_STATEMENT_WORDS and "\n" not in text[spans[-1][1] : start]
        is_shown = len(spans) == 1 and spans[0][1] < least
        if short or is_shown or is_heading(_BULLET.sub("", last, count=1)):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def _words_behind_heading(text: str) -> int:
    """How many words stand behind the heading, if there is one."""
    return 0 if is_heading(text.strip()) else len(read_stated(text).body.split())


def _is_label(cell: str) -> bool:
    """Whether the head of a column states nothing: it holds no fact, or little or nothing beside its facts."""
    facts, count = facts_of(cell), len(cell.split())
    return not facts or count < SHORTEST_STATEMENT_WORDS or count <= sum(len(fact.text.split()) for fact in facts)


def _says_little(announcement: str) -> bool:
    """Whether a heading or "These are the cities:" states nothing by itself: it names one name at most."""
    facts = facts_of(announcement)
    return not facts or [fact.kind for fact in facts] == [FactKind.NAME]
