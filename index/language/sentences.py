"""Splits text into sentences, with nupunkt's model of abbreviations and a few rules of news; a line break always ends a
sentence. `python -m benchmarks --only sentences` compares it with other splitters."""

import re
from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nupunkt import PunktSentenceTokenizer

# A caller may pause, or end the splitting, after each of these.
LONGEST_PIECE_CHARACTERS = 2_000
LONGEST_QUOTATION_CHARACTERS = 500

# The words that are abbreviations in news. The model learnt its own from scanned papers: "row", "month" and "Homs" are
# among them.
_ABBREVIATIONS = frozenset(
    "mr mrs ms messrs mx dr prof rev fr hon rt st ste jr sr esq pres gov lt col gen maj capt cmdr cmte cpl sgt pvt pfc "
    "adm brig supt insp det ens amb msgr asst atty sen rep reps sens dist supv ret treas "
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri "
    "inc ltd co corp cos bros mfg intl natl assn assoc dept govt univ inst com ctr org llc plc "
    "ave blvd rd ln hwy sq bldg apt ft mt pt rte "
    "ala ariz ark calif colo conn fla ga ky md mich minn neb nev okla penn tenn tex va vt wis wyo ont que sask alta "
    "vs v etc al et cf ca approx est incl excl ed eds viz ibid "
    "lbs lb oz km cm yd yds hr hrs yr yrs pct avg ext rs sci emer jos wm chas geo benj s.&p"
    .split()
)
_PLAIN_END = re.compile(r"[.!?][”\"’')\]]{0,3}+\s{1,9}+(?![a-z])")
_OTHER_SCRIPTS_END = re.compile(r"[。！？]++[”’」』]*+|(?<![؟۔।])[؟۔।]++\s")
# A short form at the end of a sentence: the next one begins with a word that follows no name.
_SHORT_FORM_END = re.compile(
    r"(?<![\w.])(?:[ap]\.m|U\.[SKN]|U\.S\.A|E\.U|D\.C|B\.C|A\.D|Inc|Ltd|Corp|Co|Jr|Sr|etc|Ph\.D|M\.D|Ave|St|Rd)"
    r"\.\s{1,3}+(?=(?:He|She|It|They|We|I|You|His|Her|Its|Their|Our|My|The|This|That|These|Those|There|But|And|A"
    r"|An|In|On|At|When|While|After|Before|Some|Many|Most|Nobody)\s)"
)
# A credit behind a caption: the next sentence begins behind it.
_CREDIT_END = re.compile(r"(?<=[.!?]) \([^()]{1,120}+\)\s{1,3}+(?=[^\W\d_a-z]|[“\"])")
_CLOCK_END = re.compile(r"(?<![\w.])[ap]\.?m\.\s{1,3}+\Z", re.IGNORECASE)
_BESIDE_CLOCKS = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|(?:Jan|Febr)uary\b|March\b|April\b|May \d|June\b|July\b|August\b"
    r"|(?:Septem|Octo|Novem|Decem)ber\b|[A-Z]{2,4}\b(?!,? (?:said|says))"
    r"|(?:Eastern|Central|Mountain|Pacific|Greenwich)\b"
)
# What a number follows: "Cat. 4", "vol. 2", "pp. 3-9".
_BEFORE_NUMBERS = re.compile(
    r"(?<![\w.])(?:nos?|vols?|figs?|tab|pp?|ch|cat|arts?|secs?|paras?|op|app|ext|rs|fr|sq|(?-i:[A-Z]{2}))\.\s{1,3}+\Z",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\(?(?:\d{1,2}|[a-z])[.)]")
_QUOTATION = re.compile(
    rf"“[^“”]{{0,{LONGEST_QUOTATION_CHARACTERS}}}+”|\"[^\"]{{0,{LONGEST_QUOTATION_CHARACTERS}}}+\""
    rf"|„[^„“”]{{0,{LONGEST_QUOTATION_CHARACTERS}}}+[“”]|«[^«»]{{0,{LONGEST_QUOTATION_CHARACTERS}}}+»"
    r"|(?<!\w)'[^'\s][^']{0,200}+'(?!\w)|\([^()]{0,200}+\)"
)
_locked = Lock()


def sentence_spans(text: str, pause: Callable[[], None] = lambda: None) -> list[tuple[int, int]]:
    """Spans (start, end) of the sentences of `text`, in order, without the white space around them.

    Every character but white space is in one span. `pause` is called after each 2,000 characters at the latest.
    """
    return [
        span
        for line in re.finditer(r"[^\n]+", text)
        for span in _line_spans(line.group(), line.start(), pause)
    ]


def _line_spans(line: str, offset: int, pause: Callable[[], None]) -> list[tuple[int, int]]:
    starts = sorted({0, *_starts(line, pause), *(match.end() for match in _OTHER_SCRIPTS_END.finditer(line))})
    spans: list[tuple[int, int]] = []
    for start, end in zip(starts, [*starts[1:], len(line)], strict=True):
        sentence = line[start:end].strip()
        if not sentence:
            continue
        start = offset + line.index(sentence, start)
        first = spans.pop()[0] if spans and _belongs_to_the_last(sentence) else start
        spans.append((first, start + len(sentence)))
    return spans


def _belongs_to_the_last(sentence: str) -> bool:
    """A photo credit in brackets, or marks without a word, is no sentence of its own."""
    return (sentence[0] == "(" and sentence[-1] == ")") or not any(c.isalnum() for c in sentence)


def _starts(line: str, pause: Callable[[], None]) -> list[int]:
    """Where sentences begin in `line`."""
    starts: list[int] = []
    at, began_sentence = 0, True
    while at < len(line):
        pause()
        end, ends_sentence = _piece_end(line, at)
        # What is cut in the middle of a sentence goes on in the next piece.
        starts += [at, *(at + start for start in _piece_starts(line[at:end]))][0 if began_sentence else 1 :]
        at, began_sentence = end, ends_sentence
    return starts


def _piece_end(line: str, at: int) -> tuple[int, bool]:
    """Where the piece of `line` that begins at `at` ends, and whether a sentence ends there."""
    most = at + LONGEST_PIECE_CHARACTERS
    if len(line) <= most:
        return len(line), True
    ends = [match.end() for match in _PLAIN_END.finditer(line, at, most)]
    if ends:
        return ends[-1], True
    space = line.rfind(" ", at, most)
    return (space + 1 if space > at else most), False


def _piece_starts(piece: str) -> list[int]:
    """Where sentences begin in a short text, but for the first."""
    with _locked:
        boundaries = {start for start, _ in _splitter().span_tokenize(piece)}
    boundaries |= {match.end() for ends in (_SHORT_FORM_END, _CREDIT_END) for match in ends.finditer(piece)}
    closed = [match.span() for match in _QUOTATION.finditer(piece)]
    starts: list[int] = []
    last = 0
    for start in sorted(boundaries - {0}):
        if not _goes_on(piece, last, start) and not any(begin < start < end for begin, end in closed):
            starts.append(start)
            last = start
    return starts


def _goes_on(piece: str, begin: int, start: int) -> bool:
    """Whether the sentence from `begin` does not end before `start`."""
    before, after = piece[begin:start], piece[start : start + 40]
    if after[:1].islower() or _NUMBER.fullmatch(before.strip()):
        return True
    if after[:1].isdigit():
        return _BEFORE_NUMBERS.search(before[-12:]) is not None
    return _CLOCK_END.search(before[-12:]) is not None and _BESIDE_CLOCKS.match(after) is not None


@cache
def _splitter() -> "PunktSentenceTokenizer":
    from nupunkt.models import load_default_model

    splitter = load_default_model()
    for word in splitter.abbreviations - _ABBREVIATIONS:
        if word.isalpha() and len(word) > 1:
            splitter.remove_abbreviation(word)
    splitter.add_abbreviations(list(_ABBREVIATIONS))
    return splitter
