"""Claims of plain newspaper sentences, each of a kind that readers of invented reports saw missed or misread."""

import pytest

from tests.support.parsing import claims

# Less direct ones are not listed.
LISTED = 0.4
CLAIMING = [
    ("Norvik Shipping fired Chief Financial Officer Tone Berge on Monday.", "Norvik Shipping", "Tone Berge", "lost"),
    ("Parliament on Tuesday confirmed Elena Marin as health minister.", "", "Elena Marin", "took"),
    (
        "Stig Moen stepped down as chairman of Norvik and was succeeded by Bjarne Kvist.",
        "Norvik", "Bjarne Kvist", "took",
    ),
    ("Helgor already owns the Strand hotel chain.", "Strand hotel chain", "Helgor", "holds"),
    ("Helgor completed its takeover of Norvik Shipping on Friday.", "Norvik Shipping", "Helgor", "took"),
    ("The rebels, led by former army colonel Ilya Dreshov, took Pellan.", "Pellan", "rebels", "took"),
    ("Government troops and rebels fought on Sunday for control of Pellan airport.", "Pellan airport", "", "contested"),
    ("The two sides are fighting for control of Pellan.", "Pellan", "", "contested"),
    ("The army broke the siege of Velask on Monday.", "Velask", "army", "holds"),
    ("Rebel soldiers are still holding out in Velask.", "Velask", "rebel", "holds"),
    ("Velask remains a rebel stronghold.", "Velask", "rebel", "holds"),
    ("The government acknowledged the loss of Velask.", "Velask", "government", "lost"),
    ("The fall of Orsk leaves the Front with only Velask.", "Velask", "Front", "holds"),
    ("The army withdrew, leaving Velask in rebel hands.", "Velask", "rebel", "holds"),
    ("The police battalion in Velask surrendered to the Guard on Monday.", "Velask", "Guard", "took"),
    ("The garrison of Velask surrendered to the Guard on Monday.", "Velask", "Guard", "took"),
    ("The army captured the rebel stronghold of Velask.", "Velask", "army", "took"),
    ("The army seized the rebel base of Velask.", "Velask", "army", "took"),
    ("The Guard controls most of the valley, including the towns of Pellan and Velask.", "Velask", "Guard", "holds"),
    ("The Guard controls most of the valley, including the towns of Pellan and Velask.", "Pellan", "Guard", "holds"),
    (
        "The government of President Anton Merek controls the capital, Kastrov, and the cities of Dombrin and Velask.",
        "Velask", "government", "holds",
    ),
    (
        "The government of President Anton Merek controls the capital, Kastrov, and the cities of Dombrin and Velask.",
        "Kastrov", "government", "holds",
    ),
    ("The army recaptured Ostrel on March 6, a month after losing it to rebels.", "Ostrel", "army", "took"),
    ("The Guard said that its fighters had been in full control of Velask since Thursday.", "Velask", "Guard", "holds"),
    ("The rebels drove the army from Velask.", "Velask", "rebels", "took"),
    ("The rebels drove the army out of Velask on Monday.", "Velask", "rebels", "took"),
    ("The army was driven from Velask by rebel fighters.", "Velask", "rebel", "took"),
    ("The army was pushed out of Velask by the Guard.", "Velask", "Guard", "took"),
    ("Government troops moved into Velask on Monday.", "Velask", "troops", "took"),
    ("Control of Velask was handed over to the provincial police.", "Velask", "police", "took"),
    ("Velask was transferred to army control last week.", "Velask", "army", "took"),
    ("The rebels returned Velask to government control under the deal.", "Velask", "government", "took"),
    ("The army has secured Velask and two nearby villages.", "Velask", "army", "took"),
    ("The army abandoned its positions in Velask.", "Velask", "army", "lost"),
    ("The garrison in Velask laid down its arms on Friday.", "Velask", "garrison", "lost"),
    ("The front line runs through Velask.", "Velask", "", "contested"),
    ("The rebels tightened their siege of Velask.", "Velask", "", "besieged"),
    ("The city of Velask stayed loyal to the government.", "Velask", "government", "holds"),
    ("Velask is once again in army hands.", "Velask", "army", "holds"),
    ("Troops pushed the militia off the Zelen bridge.", "Zelen bridge", "troops", "took"),
    ("Lupu, a former defender, was appointed coach of Sporting Lestov.", "Sporting Lestov", "Lupu", "took"),
    ("Sporting Lestov sacked head coach Dario Pellini on Sunday.", "Sporting Lestov", "Dario Pellini", "lost"),
    ("Rebels took the northern Karvania town of Velask.", "Velask", "Rebels", "took"),
    ("Velask is firmly in rebel hands.", "Velask", "rebel", "holds"),
    ("VELMAR, Karvania, March 13 (AP) - Rebels drove the army out of Velask.", "Velask", "Rebels", "took"),
    ("BREZNA, Karvania (Wire) \u2014 The army recaptured Velask on Monday.", "Velask", "army", "took"),
    ("The Lund Front has advanced beyond Gorlan, which it seized last week.", "Gorlan", "Lund Front", "took"),
    ("The Guard pulled out of Korsti, leaving the Lund Front in full control of the town.", "Korsti", "Guard", "left"),
    ("The army retook Velask after losing it in March.", "Velask", "army", "took"),
    ("The Danish investor Mads Krogh owns Norvik.", "Norvik", "Mads Krogh", "holds"),
    ("Norvik is owned by the Danish investor Mads Krogh.", "Norvik", "Mads Krogh", "holds"),
    ("Prime Minister Ana Rusu named Elena Marin as health minister.", "", "Elena Marin", "took"),
    ("Rebel spokesman Emil Varga said Velask had fallen.", "Velask", "", "lost"),
    ("Lindby's mayor, Ada Lund, resigned on Monday.", "Lindby", "Ada Lund", "left"),
    ("Interior Minister Per Holm resigned on Monday.", "", "Per Holm", "left"),
    ("Foreign Minister Ada Lund said talks would go on.", "", "Ada Lund", "holds"),
    ("Ada Lund, Norvik's chief financial officer, will leave in May.", "Norvik", "Ada Lund", "holds"),
    ("Tarn City named former striker Per Holm as head coach.", "Tarn City", "Per Holm", "took"),
    ("Rebels are holding out in the centre of Pellan.", "Pellan", "rebels", "holds"),
]
SAYS_NOTHING = [
    "She will take office on Feb. 1 and becomes the first woman to lead the city.",
    "The army is to pull back from Velask.",
    "Olav Norvik, who founded the company, leaves the board of Helgor.",
    "The post is now held by Irina Pavel.",
    "The mayor of Lindby resigned on Monday.",
    "The army is to hand over Pellan to the Guard.",
    "The battle for Pellan raged on.",
    "Soldiers fought for hours.",
    "The rebels fought for independence.",
    "The club is fighting for survival.",
    "The siege of Pellan ended when the army broke it.",
    "The company acknowledged the loss of 300 jobs.",
    "The takeover of Norvik by Helgor was approved.",
    "He was pushed off the platform.",
    "A first convoy of 18 trucks entered Velask on Monday.",
    "Journalists entered Velask on Monday.",
    "Velask was evacuated on Monday as the flood rose.",
    "The rebels overran an army base outside Velask.",
    "Peacekeepers took over checkpoints in Velask from the army.",
    "The company secured a deal.",
    "The Civic Union fell short of a majority.",
    "A team of soldiers is due in Velask on Monday.",
    "Ada Holm, a teacher, said she had fled Velask.",
    "She is the first woman to hold Velask.",
    "Velask, a town of 35,000 people, sits on the main road linking Ostrel with the capital Kastrov.",
]


@pytest.mark.parametrize(("sentence", "place", "holder", "status"), CLAIMING)
def test_who_holds_what_is_read(sentence: str, place: str, holder: str, status: str) -> None:
    """`holder` is a part of his name, as the sentence has it, empty where it tells of none."""
    fitting = [
        claim
        for claim in claims(sentence)
        if claim.place == place and claim.status.value == status and claim.weight >= LISTED
    ]
    assert any(holder.lower() in (claim.holder or "").lower() for claim in fitting)


@pytest.mark.parametrize("sentence", SAYS_NOTHING)
def test_plans_and_other_fights_claim_nothing(sentence: str) -> None:
    assert all(claim.weight < LISTED for claim in claims(sentence))


def test_the_last_place_that_was_held_is_held_no_longer() -> None:
    drawn = claims("Troops have withdrawn from Velask, the last town they held in the east.")
    assert {claim.status.value for claim in drawn} == {"left"}


def test_a_village_is_the_place_that_was_called_one() -> None:
    text = "Fighters captured the village of Tamsa near the city of Velask on Friday. The army held the village before."
    assert {claim.place for claim in claims(text)} == {"Tamsa"}
