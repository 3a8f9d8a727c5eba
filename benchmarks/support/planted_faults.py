"""Plants one fault into a faithful statement, as a careless LLM would make it: a wrong number, a swapped name, an
invented quotation, a citation of the wrong passage, a made-up source, a "not" put in or left out, two sides in each
other's place. Deterministic, and apart from what is to catch it: nothing of the chatbot is used here."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

SOURCES = ("Reuters", "the Daily Telegraph", "Agence France-Presse", "a report by Chatham House", "Al Jazeera")
QUOTATIONS = (
    "“We will not rest until this is settled,” an official said.",
    "A witness called it “the worst night anybody here can remember”.",
    "“There was no other way,” a spokesman added.",
    "One analyst spoke of “a price that all will have to pay”.",
)
MONTHS = "January February March April May June July August September October November December".split()
SMALL = "two three four five six seven eight nine ten eleven twelve".split()

_NUMBER = re.compile(rf"(?<![\w.,-])\d+(?:,\d{{3}})*(?:\.\d+)?(?![\w-])|\b(?:{'|'.join(SMALL)})\b")
_DAY = re.compile(rf"\b(?:(\d{{1,2}}) )?({'|'.join(MONTHS)})\b")
_NAME = re.compile(r"(?<=[\w,;)] )(?:the )?[A-Z][\w’-]+(?: (?:al-|ez-)?[A-Z][\w’-]+)*")
_DENIAL = re.compile(r" (?:not|never|no longer)\b(?! only)|(?<=\bcan)not\b|n['’]t\b")
_OTHER_DENIAL = re.compile(r"\b(?:no|none|nobody|nothing|neither|nor|without|denie[sd])\b", re.IGNORECASE)
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|should|must)\b"
    r"(?=(?: \w+ly| still| also| now)? \w+)(?! to\b)"
)
_PAST = dict(pair.split(":") for pair in (
    "took:take held:hold left:leave lost:lose won:win sold:sell bought:buy began:begin said:say fell:fall went:go "
    "came:come cut:cut ran:run made:make gave:give saw:see led:lead set:set put:put drove:drive broke:break"
).split())
_IRREGULAR = re.compile(rf"(?<![\w-])(?:{'|'.join(_PAST)})\b")
_PRESENT = re.compile(
    r"(?<=\w )(?:lie|hold|contain|mark|reduce|align|use|surpasse|set|mirror|serve|come|require|feature|draw|aim"
    r"|plan|intend|offer|provide|necessitate|underscore|mandate|control|lead|back|support|show|remain|stay|include"
    r"|produce|allow|highlight|push|make|emphasize|reach|run|suggest|mean|face|expect|want|need)s\b"
)
_REGULAR = re.compile(
    r"(?<!\bthe )(?<!\ba )(?<!\ban )(?<!\bby )(?<!\bof )(?<!\bwith )(?<=\w )[a-z]{3,}ed\b(?! by\b)"
)
_HEAD = (
    r"opposition|army|government|coalition|union|minister of \w+|regulators|authorities|authority|fighters|forces"
    r"|factions|groups|planes|family|company|(?:central )?bank"
)
_SIDE = rf"(?:[Tt]he )?(?:[A-Z][\w’-]*(?: (?:(?:al|ez)-)?[A-Z][\w’-]*)*(?: (?:{_HEAD})){{0,2}}|(?:{_HEAD}))(?![\w’-])"
_DEED = (
    r"took over|took control of|took|taken|captured|seized|retook|bought|purchased|acquired|sold|sued|accused|blamed"
    r"|backs|backed|supports|supported|succeeded|replaced|lost|defeated|entered|holds?|held|controls|controlled|bombed"
    r"|led|leads|beat|won|warned|criticized|rescued|guaranteed|surpasses|outperforms|closed|invested in|joined|owns"
)
_VERB = rf",? (?:(?:was|were|is|are|has|have|had|been|also|now|still) ){{0,3}}(?:{_DEED}) "
_NEXT = r"(?=[.,;]|$| (?:on|in|at|and|of|after|before|as|between|during|from|with|when|over|that|who|which|for|to)\b)"
_REVERSIBLE = [
    re.compile(rf"(?P<one>{_SIDE})(?P<between>{_VERB}(?:[^.,;:]*? )??(?:from|by|to) )(?P<other>{_SIDE}){_NEXT}"),
    re.compile(rf"(?P<one>{_SIDE})(?P<between>{_VERB})(?P<other>{_SIDE}){_NEXT}"),
]

@dataclass(frozen=True)
class TargetPassage:
    """A passage as the LLM was sent it."""

    number: int
    text: str


def _body(statement: str) -> int:
    """Where the statement begins behind a heading ("As of 5 December 2024, Sample Desk:")."""
    heading = re.match(r"As of [^:]*: ", statement)
    return heading.end() if heading else 0


def wrong_number(statement: str, cited: TargetPassage, others: Sequence[TargetPassage], turn: int) -> str | None:
    """Another number in the place of one: now one that stands elsewhere in the cited passage, now one that does not."""
    numbers = list(_NUMBER.finditer(statement, _body(statement)))
    if not numbers:
        return None
    old = numbers[turn % len(numbers)]
    alike = [match[0] for match in _NUMBER.finditer(cited.text) if len(match[0]) == len(old[0])]
    elsewhere = [number for number in alike if number not in statement and number.isdigit() == old[0].isdigit()]
    new = elsewhere[turn % len(elsewhere)] if elsewhere and turn % 2 else _changed(old[0], f"{statement} {cited.text}")
    return f"{_replaced(statement, old, new)} [{cited.number}]"


def swapped_name(statement: str, cited: TargetPassage, others: Sequence[TargetPassage], turn: int) -> str | None:
    """Another name in the place of one: now one from the cited passage, now one from another passage."""
    names = [name for name in _NAME.finditer(statement, _body(statement)) if not _is_calendar(name[0])]
    if not names:
        return None
    old = names[turn % len(names)]
    sources = [cited, *others] if turn % 2 else [*others, cited]
    for passage in sources:
        for name in dict.fromkeys(match[0] for match in _NAME.finditer(passage.text)):
            if not _is_calendar(name) and _is_another(name, statement):
                article = "the " if old[0].startswith("the ") and not name.startswith("the ") else ""
                return f"{_replaced(statement, old, article + name)} [{cited.number}]"
    return None


def invented_quotation(statement: str, cited: TargetPassage, others: Sequence[TargetPassage], turn: int) -> str | None:
    """A quotation that nobody wrote: now a sentence of its own, now the statement itself, altered, as a quotation."""
    if turn % 2:
        return f"{QUOTATIONS[turn // 2 % len(QUOTATIONS)]} [{cited.number}]"
    body = statement.rstrip(".")
    words = body.split()
    middle = len(words) // 2
    return f"{' '.join(words[:middle])} “truly {' '.join(words[middle:])}”. [{cited.number}]"


def wrong_passage(statement: str, cited: TargetPassage, others: Sequence[TargetPassage], turn: int) -> str | None:
    """The statement with the number of a passage that does not hold it; `others` must not hold it."""
    return f"{statement} [{others[turn % len(others)].number}]" if others else None


def made_up_source(statement: str, cited: TargetPassage, others: Sequence[TargetPassage], turn: int) -> str | None:
    """The statement ascribed to a source that the passages do not name."""
    source = SOURCES[turn % len(SOURCES)]
    if turn % 2:
        return f"{statement.rstrip('.')}, according to {source}. [{cited.number}]"
    head = source if source[0].isupper() else source[0].upper() + source[1:]
    return f"{head} reported that {statement[0].lower()}{statement[1:]} [{cited.number}]"


def wrong_date(statement: str, cited: TargetPassage, others: Sequence[TargetPassage], turn: int) -> str | None:
    """The statement with another day or month in the place of its own."""
    for match in _DAY.finditer(statement, _body(statement)):
        if match[1] and turn % 2:
            return f"{_replaced(statement, match, f'{int(match[1]) % 28 + 1} {match[2]}')} [{cited.number}]"
        month = MONTHS[(MONTHS.index(match[2]) + 5) % 12]
        return f"{_replaced(statement, match, f'{match[1]} {month}' if match[1] else month)} [{cited.number}]"
    return None


def negation(statement: str, cited: TargetPassage, others: Sequence[TargetPassage], turn: int) -> str | None:
    """The contrary of the statement: its "not" left out, or one put in."""
    start = _body(statement)
    if denial := _DENIAL.search(statement, start):
        return f"{_replaced(statement, denial, '')} [{cited.number}]"
    if _OTHER_DENIAL.search(statement, start):
        return None
    if auxiliary := _AUXILIARY.search(statement, start):
        word = ("not", "no longer", "never")[turn % 3]
        return f"{statement[: auxiliary.end()]} {word}{statement[auxiliary.end() :]} [{cited.number}]"
    forms = (_IRREGULAR, _PRESENT, _REGULAR)
    verb = min(filter(None, (form.search(statement, start) for form in forms)), key=re.Match.start, default=None)
    if verb is None:
        return None
    negated = f"did not {_PAST[verb[0]]}" if turn % 2 and verb[0] in _PAST else f"never {verb[0]}"
    return f"{_replaced(statement, verb, negated)} [{cited.number}]"


def reversed_roles(statement: str, cited: TargetPassage, others: Sequence[TargetPassage], turn: int) -> str | None:
    """The statement with two sides in each other's place: who took it, and from whom."""
    start = _body(statement)
    for hit in (match for pattern in _REVERSIBLE for match in pattern.finditer(statement, start)):
        first, other = hit["one"], hit["other"]
        if _is_calendar(first) or _is_calendar(other) or not _is_another(other, first):
            continue
        if hit.start() == start:
            first = first[0].lower() + first[1:] if first.startswith("The ") else first
            other = other[0].upper() + other[1:]
        return f"{_replaced(statement, hit, other + hit['between'] + first)} [{cited.number}]"
    return None


KINDS: dict[str, Callable[[str, TargetPassage, Sequence[TargetPassage], int], str | None]] = {
    "wrong number": wrong_number,
    "swapped name": swapped_name,
    "invented quotation": invented_quotation,
    "wrong passage": wrong_passage,
    "made-up source": made_up_source,
    "wrong date": wrong_date,
    "negation": negation,
    "reversed roles": reversed_roles,
}
# Told apart from the others, so that figures of before these were planted can be compared.
CONTRARY = ("negation", "reversed roles")


def _replaced(text: str, old: re.Match[str], new: str) -> str:
    return text[: old.start()] + new + text[old.end() :]


def _changed(number: str, known: str) -> str:
    """A number near `number` that `known` does not hold."""
    if number in SMALL:
        return next(word for word in SMALL[SMALL.index(number) + 1 :] + SMALL if word not in known.split())
    value = float(number.replace(",", ""))
    for step in (2, 3, 5, 7, 11, 13):
        shown = f"{value + step:g}" if value < 100 else f"{int(value * (1 + step / 10)):,}"
        if shown not in known:
            return shown
    return f"{int(value) + 17}"


def _is_another(name: str, statement: str) -> bool:
    """Whether `name` is of none that the statement names, in full, by initials, or as a people."""
    words = re.findall(r"[A-Za-z]+", name.removeprefix("the "))
    initials = "".join(word[0] for word in words if word[0].isupper())
    known = re.findall(r"[A-Za-z]+", statement)
    spelled = "".join(word[0] for word in known if word[0].isupper())
    same = any(word[:4].lower() == other[:4].lower() for word in words for other in known)
    return not same and initials not in known and not (name.isupper() and name in spelled)


def _is_calendar(name: str) -> bool:
    return any(part in name for part in MONTHS) or name.endswith("day")
