"""Checks that a posted JSON body holds only values that can be worked with, before anything else reads it."""

import json
import math
from collections.abc import Container

from index.message import Message

NO_TEXT = Message("a text in the body holds half of a character (a lone surrogate). Send whole characters.")
NO_NUMBER = Message("a number in the body is infinite or none at all. Send finite numbers.")


def unusable(body: bytes, functions: Container[int] | None = None) -> str | None:
    """Why this body cannot be worked with; None where it can, and where it is no JSON: forms and broken
    JSON are for those to tell apart who read them.

    With `functions`, its "fn_index" has to be one of these or missing.
    """
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return None
    try:
        # Half a character cannot be written in UTF-8, a number that is none not in JSON.
        json.dumps(sent, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        return NO_TEXT
    except (ValueError, RecursionError):
        return NO_NUMBER
    if functions is None or not isinstance(sent, dict):
        return None
    return _unknown_function(sent.get("fn_index"), functions)


def _unknown_function(number: object, functions: Container[int]) -> str | None:
    if number is None or (isinstance(number, int | float | str) and _whole(number) in functions):
        return None
    return Message("there is no function %(name)s. Load the page again.", name=ascii(str(number)[:40]))


def _whole(number: float | str) -> int | None:
    """The whole number that is read from this: Gradio takes "1" and 1.0 for 1, too."""
    try:
        return int(number) if not isinstance(number, float) or math.isfinite(number) else None
    except ValueError:
        return None
