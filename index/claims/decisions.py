"""Turns what editors have decided of the names of controllers into what `Aliases` needs: the words of merged names, and
marks for names that are merged or kept apart."""

from collections.abc import Iterable, Iterator

from index.claims.holders import DECIDED, Aliases, alias_stems, apart_from, name_words
from index.name_decision import NameDecision

Name = frozenset[str]


def aliases_of(pairs: Iterable[tuple[str, str]], decisions: Iterable[NameDecision]) -> Aliases:
    """What names stand for by the short names that articles introduce, and by the decisions of editors."""
    decisions = list(decisions)
    # A short name of an editor's is among the pairs, too; here the decision itself says more.
    merged = {frozenset((each.name, each.other)) for each in decisions if each.same}
    introduced = [pair for pair in pairs if frozenset(pair) not in merged]
    return alias_stems(introduced, decided_names(decisions, introduced) if decisions else {})


def decided_names(
    decisions: Iterable[NameDecision], introduced: Iterable[tuple[str, str]] = ()
) -> dict[Name, frozenset[str]]:
    """By the words of each name of which something is decided: the words of all names that are merged with it, and its
    marks. Names that are merged have one mark, two that are kept apart have opposite ones.

    With a name goes the short or long one that articles have `introduced` for it.
    """
    pairs = [(name_words(each.name), name_words(each.other), each.same) for each in decisions]
    pairs = [pair for pair in pairs if all(pair[:2]) and pair[0] != pair[1]]
    marks: dict[Name, set[str]] = {}
    for name, more in [*_marked(_merged(pairs, introduced)), *_apart(pairs)]:
        marks.setdefault(name, {DECIDED}).update(more)
    return {name: frozenset(given) for name, given in marks.items()}


def _merged(
    pairs: Iterable[tuple[Name, Name, bool | None]], introduced: Iterable[tuple[str, str]]
) -> dict[Name, set[Name]]:
    """By each name that is merged with others all of them, itself included."""
    merged: dict[Name, set[Name]] = {}
    for first, second, same in pairs:
        if same:
            _merge(merged, first, second)
    for short, long in ((name_words(short), name_words(long)) for short, long in introduced):
        if short in merged or long in merged:
            _merge(merged, short, long)
    return merged


def _apart(pairs: Iterable[tuple[Name, Name, bool | None]]) -> Iterator[tuple[Name, Name]]:
    """Each of two names that are kept apart with its mark."""
    for number, (first, second, same) in enumerate(pairs):
        if not same:
            mark = f"≠{number}+"
            yield first, frozenset({mark})
            yield second, frozenset({apart_from(mark)})


def _marked(merged: dict[Name, set[Name]]) -> Iterator[tuple[Name, frozenset[str]]]:
    """Each merged name with the words of its group and the group's mark."""
    for number, group in enumerate({id(group): group for group in merged.values()}.values()):
        for name in group:
            yield name, frozenset({f"{DECIDED}{number}"}).union(*group)


def _merge(merged: dict[Name, set[Name]], first: Name, second: Name) -> None:
    group = merged.get(first, {first}) | merged.get(second, {second})
    merged.update(dict.fromkeys(group, group))
