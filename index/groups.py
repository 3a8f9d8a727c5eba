"""Checks the names of groups of readers and gives them one spelling, so that a group is the same wherever it stands."""

import unicodedata
from collections.abc import Iterable

from index.errors import GroupError
from index.message import Message

LONGEST_CHARACTERS = 100


def read_groups(names: Iterable[str]) -> tuple[str, ...]:
    """The groups of these names, in small letters, each once and in order. Raises GroupError for a name that cannot be
    one."""
    return tuple(sorted({_checked(name) for name in names}))


def usable_groups(names: Iterable[str]) -> tuple[str, ...]:
    """The same of names that another program gives, without those that cannot be a group."""
    usable = []
    for name in names:
        try:
            usable.append(_checked(name))
        except GroupError:
            continue
    return tuple(sorted(set(usable)))


def _checked(name: str) -> str:
    group = unicodedata.normalize("NFC", name).strip().casefold()
    if not group or len(group) > LONGEST_CHARACTERS or "," in group or not group.isprintable():
        raise GroupError(Message(
            "'%(name)s' cannot be the name of a group. Expected 1 to %(most)s characters without a comma or a line "
            "break, such as: board",
            name=name[:LONGEST_CHARACTERS], most=LONGEST_CHARACTERS,
        ))
    return group
