"""The sides and what editors have decided of their names, as the command line and the HTTP API give them."""

from collections.abc import Iterable, Sequence

from chatbot.board.queries import sides_of
from chatbot.board.state import Collection
from index.claims.holders import name_words
from index.claims.sides import Reason, Side, SideName
from index.name_decision import NameDecision


def decisions_of(collection: Collection, *, all_names: bool) -> list[NameDecision]:
    """What editors have decided, the newest first. Without `all_names` only that about names which the claims hold: a
    reader may not read the article that another one stands in."""
    known = {name_words(name.name) for side in sides_of(collection) for name in side.names}
    return [
        decision
        for decision in reversed(collection.name_decisions())
        if all_names or known.issuperset({name_words(decision.name), name_words(decision.other)})
    ]


def side_json(side: Side) -> dict[str, object]:
    """A side as one JSON object: its name, and each of its names with the number of claims that use it and why it is
    one of them."""
    return {
        "name": side.name,
        "claims": sum(name.claims for name in side.names),
        "names": [
            {"name": name.name, "claims": name.claims, "reason": name.reason.value, "shared": list(name.shared)}
            for name in side.names
        ],
    }


def sides_text(known: Iterable[Side], decisions: Sequence[NameDecision]) -> str:
    """The sides with their names, and the decisions of editors; a word where there are none."""
    lines = [line for side in known for line in _side_lines(side)]
    if not lines:
        lines = ["No two names count as one."]
    if decisions:
        lines += ["", "Decided by editors:", *map(_decision_line, decisions)]
    return "\n".join(lines)


def _side_lines(side: Side) -> list[str]:
    others = [f"    = {name.name}  ({_why(name, side)}; claims: {name.claims})" for name in side.names[1:]]
    return [f"{side.name}  (claims: {side.names[0].claims})", *others]


def _why(name: SideName, side: Side) -> str:
    """Why a name counts as one with the name of its side."""
    return {
        Reason.FIRST: "",
        Reason.EDITOR: "merged by an editor",
        Reason.SHORT: "articles introduce one as short for the other, or describe one by the other",
        Reason.WORD: f"shares \"{' '.join(name.shared)}\"",
        Reason.KIND: f"no side but {side.name} fits it",
    }[name.reason]


def _decision_line(decision: NameDecision) -> str:
    what = "is" if decision.same else "is not"
    return f"    {decision.name} {what} {decision.other}  ({decision.changed_by}, {decision.changed[:10]})"
