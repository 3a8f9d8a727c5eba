"""Whether a sentence of an article speaks to its reader instead of telling news: an order, a question, a message to an
assistant, hidden text. Such a sentence answers nothing, whoever put it there."""

import json
import re
from functools import cache, lru_cache
from importlib.resources import files

from index.language.parser import Sentence

_LEAD = (
    r"(?:(?:please|kindly|now|then|next|also|first|firstly|finally|lastly|instead|always|just|simply|additionally|"
    r"furthermore|moreover|and|important|note|attention|warning|ps|in your \w+|at the end of your \w+),?:? )*+"
)
_HOW = r"(?:(?!italy|july|family|assembly|rally|ally|reply|supply)[a-z]++(?<=ly)|never) "
_DETERMINER = (
    r"(?:the|a|an|this|that|these|those|your|my|our|its|it|me|us|them|him|her|all|any|each|every|some|no|only|both|down|"
    r"out|up|in|as|like|for me|to|yourself|here|users?|readers?|people|visitors|customers|links?|articles)"
)
_ARTICLE = (
    r"(?:the|a|an|this|that|these|those|your|my|our|me|us|them|him|her|it|all|any|each|every|"
    r"users?|readers?|people|visitors|customers)"
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
_FINITE = ("VBZ", "VBD")
_ASKS = re.compile(r"\?[\s\"'”’»)\]]*$")
_HIDDEN = re.compile(
    r"!\[|<!--|\[/?inst\]|<\||</?(?:a|img|script|iframe|object|embed|svg|style|form|link|meta|system|passage)\b"
    r"|\b[a-z0-9+/]{32,}={0,2}",
    re.IGNORECASE,
)


def addresses_reader(sentence: str, parsed: Sentence | None = None) -> bool:
    """Whether `sentence` gives an order, asks, or is no prose at all. `parsed` is the same sentence parsed, where that
    is known: what opens with a noun that is also a verb, "Cruise ships must wait", gives no order."""
    if _is_no_prose(sentence):
        return True
    return _is_order(sentence) and not (parsed is not None and _opens_with_subject(parsed))


def _opens_with_subject(parsed: Sentence) -> bool:
    """Whether the first word belongs to the subject of a verb whose form no order has: "is", "took", "must carry"."""
    first = parsed.tokens[0] if parsed.tokens else None
    if first is None or first.is_verb:
        return False
    subjects = [token for token in parsed.tokens if token.dep in ("nsubj", "nsubjpass")]
    subject = next((each for each in subjects if first in parsed.subtree(each)), None)
    if subject is None:
        return False
    verb = parsed.head(subject)
    return verb.tag in _FINITE or any(child.is_verb for child in parsed.of(verb, "aux", "auxpass"))


@lru_cache(maxsize=50_000)
def _is_no_prose(sentence: str) -> bool:
    return any(pattern.search(sentence) for pattern in (_ASKS, _ADDRESSES, _HIDDEN))


@lru_cache(maxsize=50_000)
def _is_order(sentence: str) -> bool:
    """Whether a sentence opens with a verb that orders. Behind a word that is also a noun must stand to whom or what it
    is done ("Report the fault")."""
    # What somebody is quoted as ordering is news, unless the quotation is all there is.
    whole = sentence.rstrip()[-1:] in "\"'”’»"
    opened = sentence.lstrip(" \t-*•>#_(" + "\"'“‘«" * whole)
    sentence = opened.replace("’", "'")
    openings = filter(None, (pattern.match(sentence) for pattern in _OPENINGS))
    orders = [opening for opening in openings if not _NAMED.match(sentence[opening.start("verb") :])]
    return any(_orders(sentence, opening) for opening in orders)


# Such as "Note" is itself a verb where none follows.
_OPENINGS = [
    re.compile(rf"^{lead}(?:{_HOW})?(?P<verb>[a-z']++)(?P<goes_on> \w++(?<=ing)\b)?+", re.IGNORECASE)
    for lead in (_LEAD, "")
]
# What is of or by somebody is a noun, and so is what was or will.
_AFTER = {
    "verbs": re.compile(r" (?!(?:of|by|was|were|is|are|has|had|have|will)\b)", re.IGNORECASE),
    "often": re.compile(rf" {_DETERMINER}\b", re.IGNORECASE),
    "seldom": re.compile(rf" {_ARTICLE}\b", re.IGNORECASE),
}
# What is named by an order, and does or suffers something: "Save the Children opened", "Tell Rifaat is held".
_NAMED = re.compile(
    r"^[A-Z]\w++(?: (?:the|of|for|and))*+(?: [A-Z][\w'-]*+)++"
    r" (?:is|are|was|were|has|have|had|will|would|[a-z]++(?<=ed))\b"
)


def _orders(sentence: str, opening: re.Match[str]) -> bool:
    verb = opening["verb"].lower()
    if opening["goes_on"] and verb in ("stop", "start", "keep", "try"):
        return True
    kind = _kinds().get(verb.removesuffix("n't"))
    return kind is not None and _AFTER[kind].match(sentence, opening.end("verb")) is not None


@cache
def _kinds() -> dict[str, str]:
    """The verbs of WordNet, each with how much else it is."""
    kinds = json.loads((files("index.language") / "data" / "imperatives.json").read_text(encoding="utf-8"))
    return {verb: kind for kind, verbs in kinds.items() for verb in verbs}
