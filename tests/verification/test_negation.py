import pytest

from chatbot.verification.negation import contradicts, polarity_of

WITHDREW = "The army says that it has withdrawn from Hama."
STAYED = "The Northern Guard has not withdrawn from Tell Abyad, although it promised to do so."
LOST = "The Northern Guard lost the village without a fight and no longer holds any place south of the river."


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        (WITHDREW, set()),
        (STAYED, {"leav"}),
        ("The ferry hasn’t sailed.", {"sail"}),
        ("It did not, however, agree to the rise.", {"agre"}),
        ("No ships were unloaded between 7 and 13 October.", {"ship", "unload", "octob"}),
        ("The union denies that its members damaged cranes.", {"member", "damag", "crane"}),
        ("Not only the union came, but no fewer than 12 firms, too.", set()),
        ("No. 5 left a few days later.", set()),
        ("He wondered whether or not it came.", set()),
        ("The aid was not allowed in until 15 October.", set()),
    ],
)
def test_what_a_text_denies(text: str, denied: set[str]) -> None:
    assert polarity_of(text).denied == denied


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("The army has not withdrawn from Hama.", WITHDREW),
        ("The army never pulled out of Hama.", WITHDREW),
        ("The army didn't leave Hama.", WITHDREW),
        ("Nobody in the army withdrew from Hama.", WITHDREW),
        ("The army denies that it has withdrawn from Hama.", WITHDREW),
        ("The Northern Guard has withdrawn from Tell Abyad.", STAYED),
        ("The Northern Guard still holds any place south of the river.", LOST),
        ("Ships were unloaded from 7 to 13 October.", "No ships were unloaded between 7 and 13 October."),
        ("The truce has not held.", "The truce has not been broken."),
        ("The prisoners were released.", "Neither side has released its prisoners."),
    ],
)
def test_a_not_put_in_or_left_out_is_told(said: str, sentence: str) -> None:
    assert contradicts(said, [sentence])
    assert contradicts(said, [sentence, "Hama lies on the M5."])


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (WITHDREW, WITHDREW),
        (STAYED, STAYED),
        ("The Northern Guard hasn't left Tell Abyad.", STAYED),
        ("The Northern Guard remains in Tell Abyad.", STAYED),
        ("The Northern Guard no longer holds the village.", LOST),
        ("The army no longer holds Hama.", WITHDREW),
        ("The truce has held.", "The truce has not been broken."),
        ("It is not known who fled.", "It is unknown who fled."),
        ("The aid was allowed in on 15 October.", "The aid was not allowed in until 15 October."),
        ("The prisoners have not been released.", "Neither side has released its prisoners."),
        ("Peter Lund no longer owns shares.", "Lund, the former owner, lives abroad."),
        ("The government controls Homs.", "The government does not control Hama but still holds Homs."),
    ],
)
def test_a_faithful_sentence_is_no_contradiction(said: str, sentence: str) -> None:
    assert not contradicts(said, [sentence])


def test_what_one_sentence_denies_another_may_affirm() -> None:
    assert not contradicts("Norrland lowered Meridian's rating.", [
        "Norrland did not lower that of Union Savings.", "The agency Norrland lowered Meridian's rating in May.",
    ])
    assert not contradicts("It has not sailed.", [])
