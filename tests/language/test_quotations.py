import pytest

from chatbot.verification.facts import Fact, FactKind, Ground
from index.language.quotations import quotations, quotes


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("He said “we will go.”", ["we will go"]),
        ('He said "we will go," and left.', ["we will go"]),
        ("He said ‘we can’t go’.", ["we can’t go"]),
        ("He said 'we can't go'.", ["we can't go"]),
        ("He said “he told me ‘go now’ and left”.", ["he told me ‘go now’ and left"]),
        ("He said “all “so-called” friends left”.", ["all “so-called” friends left"]),
        ("The “caliphate” fell, and “so on”.", ["caliphate", "so on"]),
        ("„Wir gehen“, «nous allons», 「行く」", ["Wir gehen", "nous allons", "行く"]),
        ("“We will go. ", ["We will go"]),
        ("We won't come back,” he said.", ["We won't come back"]),
        ("The dogs' bowls and John's 6\" pipe", []),
        ("He said “”, “...”.", []),
    ],
)
def test_what_stands_in_quotation_marks(text: str, quoted: list[str]) -> None:
    assert quotations(text) == quoted


@pytest.mark.parametrize(
    ("quoted", "holds"),
    [
        ("he said ‘we can’t  go—now’", True),
        ("We can't go - now", True),
        ("we can go", False),
        ("can't go now", False),
        ("e can't g", False),
    ],
)
def test_a_quotation_stands_verbatim_but_for_its_typography(quoted: str, holds: bool) -> None:
    text = "And he said “we can't\u00a0go – now” to them."
    assert quotes(text, quoted) is holds
    assert Ground(text).holds(Fact(FactKind.QUOTATION, quoted)) is holds
