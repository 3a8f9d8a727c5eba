"""Who loses a place because a rule over it ends."""

import pytest

from index.claims.listing import LIGHTEST
from tests.support.parsing import claims, held


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Greens ended eleven years of Guard rule in Pellan.", ("Pellan", "Guard", "lost")),
        ("The Greens ended eleven years of Guard rule in Pellan.", ("Pellan", "Greens", "took")),
        ("The Greens ended the Guard's 12-year reign in Pellan.", ("Pellan", "Guard", "lost")),
        ("The Guard's eleven years of rule in Pellan have ended.", ("Pellan", "Guard", "lost")),
        ("The vote ended 40 years of rule by the Socialists in the city of Pellan.", ("Pellan", "Socialists", "lost")),
        ("In Pellan the Greens swept the Socialists from power.", ("Pellan", "Socialists", "lost")),
        ("In Pellan the Greens swept the Socialists from power.", ("Pellan", "Greens", "took")),
        ("The Socialists were driven from power in Pellan by the Greens.", ("Pellan", "Greens", "took")),
    ],
)
def test_a_rule_that_ends(text: str, expected: tuple[str, str | None, str]) -> None:
    assert expected in held(claims(text))


@pytest.mark.parametrize(
    "text",
    [
        "The army ended its operation in Pellan.",
        "The union ended its strike in Pellan.",
        "The Greens did not end the rule of the Guard in Pellan.",
        "The Greens want to end Guard rule in Pellan.",
        "Voters swept the band from the stage in Pellan.",
        "Two nuns were being held by the insurgents.",
        "The deposed president is being held in his basement.",
        "Severe frost has a firm hold on Pellan.",
        "Pellan fell to fourth and left without a medal.",
        "Defender Mark Orr fell awkwardly.",
        "The bridge fell into the riverbed.",
    ],
)
def test_nothing_that_anybody_lost(text: str) -> None:
    assert not [claim for claim in claims(text) if claim.weight >= LIGHTEST]
