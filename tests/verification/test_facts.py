import datetime

import pytest

from chatbot.verification.facts import Fact, FactKind, Ground, facts_of, written_out

FRIDAY = datetime.date(2024, 12, 6)
ALIASES = {"sdf": frozenset({"syria", "democrat", "forc"}), "syria": frozenset({"sdf"})}


def unheld(statement: str, text: str, *, day: datetime.date | None = None, label: str = "") -> list[str]:
    """What of `statement` the text does not hold."""
    ground = Ground(text, label, day, aliases=ALIASES)
    return [fact.message for fact in facts_of(statement) if not ground.holds(fact)]


def test_the_facts_of_a_statement_by_hand() -> None:
    text = "On 6 and 7 December 2024 the HTS-led opposition lost 1,200 men, “a heavy price”, Sample Desk said Monday."
    assert [fact.message for fact in facts_of(text)] == [
        "the quotation a heavy price",
        "the date 7 December 2024",
        "the date 6 December",
        "the date Monday",
        "the number 1,200",
        "the name HTS-led",
        "the name Sample Desk",
    ]


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("3,000 people fled.", "Three thousand people fled."),
        ("3\u00a0000 people fled.", "3,000 people fled."),
        ("Three thousand people fled.", "Some 3,000 people fled."),
        ("3.5 million people fled.", "3,500,000 people fled."),
        ("It cost $3.5m.", "It cost 3.5 million dollars."),
        ("1.5 billion", "1,500 million"),
        ("35% voted.", "Thirty-five percent voted."),
        ("Two hundred and fifty men", "250 men"),
        ("6 or 7 men", "six and seven men"),
        ("Both towns fell.", "They fell."),
        ("Two towns fell.", "Both towns fell."),
        ("1 man died.", "One man died."),
        ("the 3rd town", "the third town"),
        ("12 men", "a dozen men"),
        ("It fell in 2016.", "In December 2016 it fell."),
        ("over 1,000 men", "1,050 men"),
    ],
)
def test_a_number_stands_by_its_value(statement: str, text: str) -> None:
    assert unheld(statement, text) == []


@pytest.mark.parametrize(
    ("statement", "text", "missing"),
    [
        ("3,000 people", "30,000 people, and 300 more", "the number 3,000"),
        ("3.5 million people", "3.5 billion people", "the number 3.5 million"),
        ("13 men", "six and seven men", "the number 13"),
        ("Two towns fell.", "Three towns fell.", "the number Two"),
        ("It fell in 2015.", "In December 2016 it fell.", "the date 2015"),
        ("1,000 men", "1,050 men", "the number 1,000"),
    ],
)
def test_another_number_is_told(statement: str, text: str, missing: str) -> None:
    assert unheld(statement, text) == [missing]


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("It fell on 6 December 2024.", "It fell on Friday."),
        ("It fell on Friday.", "It fell on 6 December."),
        ("It fell on 5 December.", "It fell yesterday."),
        ("It fell on Thursday, 5 Dec.", "It fell on 5 December."),
        ("It fell on 6 and 7 December.", "It fell between Friday, 6 December, and Saturday, 7 December."),
        ("It fell on December 6-7.", "It fell between 6 December and 7 December."),
        ("It fell on 6 December.", "It fell between 6 and 9 December."),
        ("It fell in November.", "It fell on 27 November."),
        ("It fell in November 2024.", "It fell on 27 November."),
        ("It fell in 2024.", "It fell on Friday."),
    ],
)
def test_a_date_stands_by_its_day(statement: str, text: str) -> None:
    assert unheld(statement, text, day=FRIDAY) == []


@pytest.mark.parametrize(
    ("statement", "text", "missing"),
    [
        ("It fell on 5 December.", "It fell on 15 December.", "the date 5 December"),
        ("It fell on 6 December 2023.", "It fell on 6 December.", "the date 6 December 2023"),
        ("It fell on Thursday.", "It fell on 6 December.", "the date Thursday"),
        ("It fell in October.", "It fell on 27 November.", "the date October"),
        ("It fell in 2024.", "It fell long ago.", "the date 2024"),
    ],
)
@pytest.mark.parametrize("day", [FRIDAY, None])
def test_another_date_is_told(statement: str, text: str, missing: str, day: datetime.date | None) -> None:
    assert unheld(statement, text, day=day) == [missing]


@pytest.mark.parametrize(
    ("date", "is_of"),
    [("6 December", True), ("December 2024", True), ("December", True), ("2024", True), ("Friday", True),
     ("5 December", False), ("November", False), ("Monday", False), ("2023", False)],
)
def test_a_date_is_of_the_publication_day(date: str, is_of: bool) -> None:
    assert Ground("It fell.", day=FRIDAY).is_of(Fact(FactKind.DATE, date)) is is_of
    assert not Ground("It fell.").is_of(Fact(FactKind.DATE, date))


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("Aleppo’s districts fell.", "the districts of Aleppo"),
        ("The HTS-led coalition won.", "the coalition led by HTS"),
        ("They entered Deir Ezzor.", "They entered Deir ez-Zor."),
        ("President Erdoğan spoke.", "Mr Erdogan spoke."),
        ("Prime Minister Starmer spoke.", "Keir Starmer spoke."),
        ("The NHRA spoke.", "The National Hot Rod Association spoke."),
        ("The SDF left.", "The Syrian Democratic Forces left."),
        ("The Syrian Democratic Forces left.", "The SDF left."),
        ("Turkish troops left.", "Turkey's troops left."),
        ("Israelis left.", "The army of Israel left."),
        ("The US left.", "The United States left."),
        ("Rebels left.", "The insurgents left."),
        ("Москва пала.", "Пала Москва."),
    ],
)
def test_a_name_stands_by_its_words(statement: str, text: str) -> None:
    assert unheld(statement, text) == []


@pytest.mark.parametrize(
    ("statement", "missing"),
    [
        ("They left Homs.", "the name Homs"),
        ("Russia left Aleppo.", "the name Russia"),
        ("Google left Aleppo.", "the name Google"),
        ("The US left Aleppo.", "the name US"),
        ("The Free Syrian Army left Aleppo.", "the name Free Syrian Army"),
    ],
)
def test_another_name_is_told_wherever_it_stands(statement: str, missing: str) -> None:
    assert unheld(statement, "The Syrian Army left Aleppo.") == [missing]


@pytest.mark.parametrize(
    "opening", ["Fighting", "However, it", "Residents", "None of them", "Furthermore, it", "According to it, it"]
)
def test_the_capital_at_the_head_of_a_sentence_makes_no_name(opening: str) -> None:
    assert facts_of(f"{opening} went on.") == []


def test_the_label_of_an_article_holds_names_and_titles() -> None:
    text = "In “Hama changes hands” Sample Desk named Hama."
    assert unheld(text, "It fell.", label="Hama changes hands Sample Desk") == []
    assert len(unheld(text, "It fell.")) == 3


def test_days_that_share_a_month_are_written_out() -> None:
    assert written_out("On 6 and 7 December") == "On 6 December and 7 December"
    assert written_out("On December 6-7") == "On December 6-December 7"


@pytest.mark.parametrize("text", ["", " ", "…", "1,0000 12.5.3", "3 thousandths", "🙂🙂", "٣٠ रु", "31 June", "9" * 400])
def test_odd_texts_have_facts_that_they_hold(text: str) -> None:
    assert unheld(text, text) == []
