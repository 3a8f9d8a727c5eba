"""Runs every regular expression of the project over texts that are made to slow it down, and prints those that take
too long. Run as `python -m tests.support.hostile`, by a test that can end it.

Texts are made from each expression itself: for each of its repeats what may stand before it, many times what it
repeats, and something that lets the match fail.
"""

import ast
import importlib
import json
import pkgutil
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

ROOT = Path(__file__).parent.parent.parent
CHARACTERS = 50_000
SECONDS = 1.0
PACKAGES = ("index", "chatbot")
# What people and LLMs write, in long runs.
PLAIN = (
    " ", "\n", "\r", "\t ", " \n", "\n\n", "a", "A", "Aa", "a ", "A ", "Aa Bb ", "1", "1 ", "1.", "1,", ".", "a.", "A.",
    "U.S. ", ",", ", ", "-", "a-", "'", "a'", "’s ", '"', "“", "”", "“a", "(", "((a)", ")", "[", "[1] ", "[1", "<",
    "<a ", "<!--", "</", "&#", ":", "a: ", ";", "?", "!", "。", "。x", "؟", "۔", "_", "__", "**", "#", "/", "\\", "@",
    "a@a.", "1 December ", "2024-12-01 ", "December 1, 2024 ", "the ", "of the ", "and ", "in Aleppo ", "who is ", "\0",
    "é", "\u0130", "\u017f", "\u2028", "\ud800",
)
_ENDS = ("", "\x01", "\n\x01")
_FLAGS = re.IGNORECASE | re.DOTALL | re.VERBOSE


def patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Each compiled expression that a module of the project holds, or that its code names, with where it stands."""
    for package in PACKAGES:
        for module_info in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            module = importlib.import_module(module_info.name)
            for name, value in vars(module).items():
                for pattern in _held(value, 4):
                    yield f"{module_info.name}.{name}", pattern
            source = Path(str(module.__file__))
            if source.suffix == ".py":
                yield from _written(module_info.name, source.read_text())


def _held(value: object, depth: int) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, dict):
        for element in [*value.keys(), *value.values()]:
            yield from _held(element, depth - 1)
    elif depth and isinstance(value, list | tuple | set | frozenset):
        for element in value:
            yield from _held(element, depth - 1)


def _written(module: str, source: str) -> Iterator[tuple[str, re.Pattern[Any]]]:
    """The expressions that are given to functions of `re` as they are written."""
    for call in ast.walk(ast.parse(source)):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args):
            continue
        given, owner = call.args[0], call.func.value
        if isinstance(owner, ast.Name) and owner.id == "re" and isinstance(given, ast.Constant):
            insensitive = "IGNORECASE" in ast.unparse(call) or "re.I" in ast.unparse(call)
            yield f"{module}:{call.lineno}", re.compile(given.value, re.IGNORECASE if insensitive else 0)


def texts(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str, str]]:
    """Hostile texts for `pattern`: how each begins, what is then repeated, and how it ends."""
    units = dict.fromkeys(PLAIN)
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = parser.parse(source, pattern.flags & _FLAGS)
    pairs = {("", unit): None for unit in units}
    for before, repeated in _repeats(list(tree), ""):
        for unit in repeated:
            pairs[before, unit] = None
            pairs["", before + unit] = None
            pairs[before + unit, before + unit * 2] = None
            if before:
                pairs["", before] = None
    for before, unit in pairs:
        if unit:
            for end in _ENDS:
                yield before, unit, end


def _repeats(items: list[Any], before: str) -> Iterator[tuple[str, list[str]]]:
    """For each repeat below `items`: what may stand before it, and some of what it may repeat."""
    for code, value in items:
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            _, most, body = value
            if most > 30:
                yield before, list(dict.fromkeys(_samples(list(body), which) for which in range(8)))
            yield from _repeats(list(body), before)
        elif code is codes.SUBPATTERN:
            yield from _repeats(list(value[3]), before)
        elif code is codes.BRANCH:
            for branch in value[1]:
                yield from _repeats(list(branch), before)
        elif code in (codes.ASSERT, codes.ASSERT_NOT):
            yield from _repeats(list(value[1]), before)
        elif code is codes.ATOMIC_GROUP:
            yield from _repeats(list(value), before)
        before += _samples([(code, value)], 0)


def _samples(items: list[Any], which: int) -> str:
    """One text that `items` may match; another for another `which`, where they leave a choice."""
    return "".join(_sample(code, value, which) for code, value in items)


def _sample(code: Any, value: Any, which: int) -> str:  # noqa: ANN401, C901 - as the parser of `re` gives them
    if code is codes.LITERAL:
        return chr(value)
    if code is codes.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if code is codes.ANY:
        return ("a", " ", "1", "<", ".")[which % 5]
    if code is codes.IN:
        return _member(value, which)
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        least, most, body = value
        return str(_samples(list(body), which) * max(least, min(1, most) if which % 2 else 0))
    if code is codes.SUBPATTERN:
        return _samples(list(value[3]), which)
    if code is codes.ATOMIC_GROUP:
        return _samples(list(value), which)
    if code is codes.BRANCH:
        return _samples(list(value[1][which % len(value[1])]), which)
    return ""


_OF_CATEGORY = {
    codes.CATEGORY_DIGIT: "1", codes.CATEGORY_NOT_DIGIT: "a", codes.CATEGORY_SPACE: " ", codes.CATEGORY_NOT_SPACE: "a",
    codes.CATEGORY_WORD: "a", codes.CATEGORY_NOT_WORD: "-",
}


def _member(members: list[Any], which: int) -> str:
    if members[0][0] is codes.NEGATE:
        allowed = [c for c in "a 1A.\n-\"'<" if not any(_holds(member, c) for member in members[1:])]
        return allowed[which % len(allowed)] if allowed else "é"
    code, value = members[which % len(members)]
    if code is codes.RANGE:
        return chr(value[0])
    if code is codes.CATEGORY and value is codes.CATEGORY_SPACE:
        return " \n"[which // 2 % 2]
    return _OF_CATEGORY[value] if code is codes.CATEGORY else chr(value)


def _holds(member: tuple[Any, Any], character: str) -> bool:
    code, value = member
    if code is codes.LITERAL:
        return bool(chr(value) == character)
    if code is codes.RANGE:
        return bool(value[0] <= ord(character) <= value[1])
    names = {codes.CATEGORY_DIGIT: r"\d", codes.CATEGORY_SPACE: r"\s", codes.CATEGORY_WORD: r"\w",
             codes.CATEGORY_NOT_DIGIT: r"\D", codes.CATEGORY_NOT_SPACE: r"\S", codes.CATEGORY_NOT_WORD: r"\W"}
    return re.match(names[value], character) is not None


def _too_slow(pattern: re.Pattern[Any]) -> Iterator[dict[str, object]]:
    for before, unit, end in texts(pattern):
        # Most are told by short texts: what is linear takes four times as long for a text four times as long, what
        # grows with the square sixteen times. That takes a seventh of a millisecond for the first text, if a second for
        # the last.
        quick = 0.0
        for characters in (CHARACTERS // 80, CHARACTERS // 20, CHARACTERS):
            text = before + unit * (characters // len(unit)) + end
            taken = _seconds(pattern, text)
            if taken is None:
                yield {"text": text[:60], "end": text[-5:], "pattern": str(pattern.pattern)[:300]}
                return
            if taken < SECONDS / 10_000 or (quick and (taken < SECONDS / 800 or taken < 8 * quick)):
                break
            quick = taken


def _seconds(pattern: re.Pattern[Any], text: str) -> float | None:
    """How long this thread needs to look for `pattern`; None where that is too long."""
    given: Any = text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text
    # Beside a timer the clock of a whole process may tick too seldom.
    began = time.thread_time()
    # A signal is noticed within a match.
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        pattern.fullmatch(given)
        for _ in pattern.finditer(given):
            pass
    except TimeoutError:
        return None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return time.thread_time() - began


def _late(*_: object) -> None:
    raise TimeoutError


def report(pattern: re.Pattern[Any], name: str = "") -> None:
    """Print as a JSON line which text `pattern` takes too long for, if there is one."""
    signal.signal(signal.SIGVTALRM, _late)
    for fault in _too_slow(pattern):
        print(json.dumps({"slow": name, **fault}), flush=True)  # noqa: T201


def main() -> None:
    """Print each expression before it is tried, as a JSON line, and after it why it failed; at last the number."""
    seen: set[tuple[object, int]] = set()
    for name, pattern in patterns():
        if (pattern.pattern, pattern.flags) in seen:
            continue
        seen.add((pattern.pattern, pattern.flags))
        print(json.dumps({"tried": name}), flush=True)  # noqa: T201
        report(pattern, name)
    print(json.dumps({"done": len(seen)}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
