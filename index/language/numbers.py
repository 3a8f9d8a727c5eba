"""Finds the numbers of a text, in digits or words, and compares them by their values."""

import re

_SMALL = dict(
    zip(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen".split(),
        range(1, 20),
        strict=True,
    )
)
_TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "trillion": 10**12}
_SHORT_SCALES = {"k": 1_000, "m": 1_000_000, "bn": 1_000_000_000, "b": 1_000_000_000, "mn": 1_000_000, "tn": 10**12}
_PARTS = {"half": 0.5, "quarter": 0.25}
_SPELLED = "|".join([*_SMALL, *_TENS, *_SCALES])
_AND = r"(?:(?<=hundred)|(?<=thousand)|(?<=million)|(?<=billion))\sand\s"
NUMBER = re.compile(
    rf"(?<![\w.,])(?P<digits>\d{{1,3}}(?:[,\u202f\u00a0]\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<short>(?:k|m|bn|b|mn|tn)\b)?"
    rf"(?:[\s-](?P<scale>{'|'.join(_SCALES)})s?\b)?"
    rf"|\b(?P<part>half|quarter)(?:\sof)?\san?\s(?P<whole>{'|'.join(_SCALES)})\b"
    rf"|\b(?P<spelled>(?:{_SPELLED})(?:(?:[\s-]|{_AND})(?:{_SPELLED}))*)\b",
    re.IGNORECASE,
)
_HEDGE = (
    r"(?:more than|over|at least|nearly|almost|about|around|roughly|some|up to|under|fewer than|less than|close to"
    r"|approximately|upwards of|as many as|as much as|not quite|an estimated) (?:an? )?"
)
_HEDGED = re.compile(_HEDGE, re.IGNORECASE)
_HEDGE_SHARE = 0.1
_RELATIVE = re.compile(r"\s{0,9}+(?:days?|weeks?) (?:earlier|later|before|after)\b", re.IGNORECASE)
_EQUALS = {0.5: "half", 1.0: "one|first|single", 2.0: "both|pair|couple|twice|double[sd]?|twin|second", 12.0: "dozen"}
_EQUALS |= {n: word for n, word in enumerate("third fourth fifth sixth seventh eighth ninth tenth".split(), 3)}
_LEAST_SPELLED = 2


def stated_numbers(text: str) -> list[str]:
    """The numbers of `text`, with the word before that makes one a round one; not that of "two days earlier", which
    the dates of two reports say."""
    stated = []
    for number in NUMBER.finditer(text):
        if numbers_of(number[0]) and not _RELATIVE.match(text, number.end()):
            hedge = re.search(rf"{_HEDGE}$", text[: number.start()], re.IGNORECASE)
            stated.append((hedge[0] if hedge else "") + number[0])
    return stated


def is_same_number(stated: str, number: float) -> bool:
    """Whether a number is the one stated, or near to it where "more than", "about" and the like make it a round one."""
    [value] = numbers_of(stated)
    is_round = _HEDGED.match(stated) is not None and is_round_number(value)
    return number == value or is_round and abs(number - value) <= _HEDGE_SHARE * value


def is_round_number(value: float) -> bool:
    """Whether a number can stand for others near it: "about 40", but not "about 42"."""
    return value < 10 or value % (5 if value < 100 else 10 ** (len(str(int(value))) - 2)) == 0


def is_hedged(text: str, start: int) -> bool:
    """Whether "more than", "about" and the like stand before the number that starts there."""
    return re.search(rf"{_HEDGE}$", text[:start], re.IGNORECASE) is not None


def without_hedge(stated: str) -> str:
    """A number without "more than" and the like."""
    return _HEDGED.sub("", stated)


def is_worded(value: float, text: str) -> bool:
    """Whether `text` has a word for the number, such as "both" for 2."""
    word = _EQUALS.get(value)
    return bool(word and re.search(rf"\b({word})\b", text, re.IGNORECASE))


def numbers_of(text: str) -> list[float]:
    """The values of the numbers in `text`; "one" is no number, being a pronoun as often."""
    values = []
    for match in NUMBER.finditer(text):
        value = _value(match)
        if match["digits"] is not None or value >= _LEAST_SPELLED:
            values.append(value)
    return values


def _value(match: re.Match[str]) -> float:
    if match["part"] is not None:
        return _PARTS[match["part"].lower()] * _SCALES[match["whole"].lower()]
    if match["digits"] is None:
        return _spelled_value(match["spelled"])
    value = float(re.sub(r"[,\s]", "", match["digits"]))
    scale = _SHORT_SCALES.get((match["short"] or "").lower(), 1) * _SCALES.get((match["scale"] or "").lower(), 1)
    return round(value * scale, 6)


def _spelled_value(text: str) -> float:
    total = part = 0
    for word in re.split(r"[\s-]+", text.lower()):
        if word in _SCALES:
            part = max(part, 1) * _SCALES[word]
            if word != "hundred":
                total, part = total + part, 0
        else:
            part += _SMALL.get(word, 0) + _TENS.get(word, 0)
    return float(total + part)
