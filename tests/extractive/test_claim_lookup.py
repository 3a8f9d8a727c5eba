"""Which office a question means."""

import pytest

from chatbot.extractive.claim_lookup import alike


@pytest.mark.parametrize(
    ("asked", "reported", "least", "most"),
    [
        ("mayor", "mayor", 1, 1),
        ("ceo", "chief executive", 1, 1),
        ("chief executive", "CEO", 1, 1),
        ("chair", "chairman", 1, 1),
        ("leader", "chief executive", 0.5, 0.7),
        ("boss", "president", 0.5, 0.7),
        ("mayor", "deputy mayor", 0, 0),
        ("owner", "chief executive", 0, 0),
        ("leader", "owner", 0, 0),
        ("mayor", "treasurer", 0, 0),
        ("owner", "majority owner", 0.4, 0.6),
        ("chief executive", "leader", 0.5, 0.7),
        ("mayor", "leader", 0, 0),
    ],
)
def test_offices_are_told_apart(asked: str, reported: str, least: float, most: float) -> None:
    assert least <= alike(asked, reported) <= most
