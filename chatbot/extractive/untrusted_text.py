"""Whether a sentence of an article speaks to its reader instead of telling news: an order, a question, a message to an
assistant, hidden text. Such a sentence answers nothing, whoever put it there."""

import re
from functools import cache, lru_cache

from index.language.lexicon import FOLDER

_LEAD = (
    r"(?:(?:please|kindly|now|then|next|also|first|firstly|finally|lastly|instead|always|just|simply|additionally|"
    r"furthermore|moreover|and|important|note|attention|warning|ps|in your \w+|at the end of your \w+),?:? )*"
)
_HOW = r"(?:(?!italy|july|family|assembly|rally|ally|reply|supply)[a-z]+ly|never) "
_DETERMINER = (
    r"(?:the|a|an|this|that|these|those|your|my|our|its|it|me|us|them|him|her|all|any|each|every|some|no|only|both|down|"
    r"out|up|in|as|like|for me|to|yourself|here|users?|readers?|people|visitors|customers|links?|articles)"
)
_MACHINE = r"(?:ai(?: (?:assistants?|models?|systems?|agents?))?|assistants?|chatbots?|language models?|llms?)"
_ANSWER = r"(?:answers?|reply|replies|response|responses|outputs?|summary|message|generated text)"
_ADDRESSES = re.compile(
    rf"\b(?:your|the (?:final|generated|following)) {_ANSWER}\b"
    r"|\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instructions?|prompts?|rules|passages?|articles?)\b"
    rf"|^\W*{_LEAD}(?:from now on,? )?you (?:must|should|shall|are|have to|need to|will|can|may)\b"
    rf"|^\W*(?:system|assistant|user|developer|human|instructions?|prompt|(?:note |message )?to (?:the |any |all )?"
    rf"{_MACHINE})(?: (?:message|prompt|note|override))?\W*:"
    rf"|^\W*(?:dear |attention,? |any |all |if you are an? )?{_MACHINE}\b[^.]{{0,60}}"
    r"\b(?:must|should|shall|please|reading)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\?[\s\"'”’»)\]]*$")
_HIDDEN = re.compile(
    r"!\[|<!--|\[/?inst\]|<\||</?(?:a|img|script|iframe|object|embed|svg|style|form|link|meta|system|passage)\b"
    r"|\b[a-z0-9+/]{32,}={0,2}",
    re.IGNORECASE,
)


@lru_cache(maxsize=50_000)
def addresses_reader(sentence: str) -> bool:
    """Whether `sentence` gives an order, asks, or is no prose at all."""
    if any(pattern.search(sentence) for pattern in (_ASKS, _ADDRESSES, _HIDDEN)):
        return True
    # What somebody is quoted as ordering is news, unless the quotation is all there is.
    whole = sentence.rstrip()[-1:] in "\"'”’»"
    opened = sentence.lstrip(" \t-*•>#_(" + "\"'“‘«" * whole)
    return _orders().match(opened.replace("’", "'")) is not None


@cache
def _orders() -> re.Pattern[str]:
    """A sentence that opens with a verb of the lexicon; what is of or by somebody is a noun."""
    lines = [line for line in (FOLDER / "orders.txt").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    sure, nouns = (part.split() for part in " ".join(lines).split("also nouns"))
    return re.compile(
        rf"{_LEAD}(?:(?:{_HOW})?(?:{'|'.join(sure)}) (?!(?:of|by|was|were|is|are|has|had|have|will)\b)"
        rf"|(?:{'|'.join(nouns)}) {_DETERMINER}\b|(?:stop|start|keep|try) \w+ing\b)",
        re.IGNORECASE,
    )
