import time

import pytest

from index.language.coreference import Discourse, Mention
from index.language.name_spans import name_span
from index.language.short_forms import short_forms
from tests.support.parsing import annotated, parsed


def resolved(text: str) -> dict[str, tuple[str, ...]]:
    """What the words of the last sentence stand for."""
    return dict(annotated(text)[-1].resolved)


@pytest.mark.parametrize(
    ("text", "word", "names"),
    [
        ("Ilsvik is a fishing town. It was rebuilt in 2019.", "it", ("Ilsvik",)),
        ("The fair was held in Ilsvik. The town is proud of that.", "town", ("Ilsvik",)),
        ("A new bridge leads to the city of Brennholm. Traders in the city are glad.", "city", ("Brennholm",)),
        ("Ferries link Ilsvik and Brennholm. Both were flooded.", "both", ("Ilsvik", "Brennholm")),
    ],
)
def test_what_stands_for_a_name_is_resolved(text: str, word: str, names: tuple[str, ...]) -> None:
    assert resolved(text).get(word) == names


@pytest.mark.parametrize(
    "text",
    [
        "Snow fell all night. The town was quiet.",
        "It rained.",
        "Both were late.",
        "In France the vote is over. The town was quiet.",
        "Mayor Petra Holm said that snow had fallen. The town was quiet.",
    ],
)
def test_what_is_not_clear_is_left_alone(text: str) -> None:
    assert resolved(text) == {}


def test_the_place_that_was_named_last_is_meant() -> None:
    text = "The fair was held in Ilsvik. Later it moved to the town of Brennholm. The town paid for it."
    assert resolved(text)["town"] == ("Brennholm",)


def test_a_place_far_above_is_out_of_reach() -> None:
    between = "Snow fell. " * 6
    assert "town" not in resolved(f"The fair was held in Ilsvik. {between}The town was quiet.")


def test_a_town_with_a_name_or_an_attribute_of_its_own_stands_for_no_other() -> None:
    assert "town" not in resolved("The fair was held in Ilsvik. The old mining town was quiet.")
    assert "towns" not in resolved("The fair was held in Ilsvik. Towns nearby were quiet.")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Visitors love Deir al-Qamar in spring.", "Deir al-Qamar"),
        ("The mayor of Port Ellen resigned.", "Port Ellen"),
        ("They met in Ilsvik on Monday.", "Ilsvik"),
    ],
)
def test_a_name_is_taken_whole(text: str, name: str) -> None:
    sentence = parsed(text)
    token = next(token for token in sentence.tokens if token.end == text.index(name) + len(name))
    start, end = name_span(sentence, token)
    assert text[start:end] == name


@pytest.mark.parametrize(
    ("text", "persons"),
    [
        ("Olden Rovers have appointed Silje Holm as coach. She is 40.", {"Silje Holm"}),
        ("The board has named Florence Okoye as chief executive. Okoye starts in May.", {"Florence Okoye"}),
        ("Maria King, the mayor, cut the ribbon.", {"Maria King"}),
        # A company is shortened to its first word, a person to the last.
        ("Orvane Tesk said it would pay. Orvane is sorry.", set()),
        ("Orvane Tesk said he would pay. Tesk is sorry.", {"Orvane Tesk"}),
        ("Orvane Foods said that it would pay.", set()),
        ("Orvane Tesk, the cheese maker, was sold. Orvane has three plants.", set()),
    ],
)
def test_who_is_a_person_is_told_by_what_is_said_of_him(text: str, persons: set[str]) -> None:
    lines = annotated(text)
    discourse = Discourse(short_forms=short_forms(line.parsed for line in lines))
    for number, line in enumerate(lines):
        discourse.read(number, line.parsed)
    assert discourse.persons == persons
    assert not persons & discourse.places


def test_days_and_months_are_no_names() -> None:
    discourse = Discourse()
    discourse.read(0, parsed("On Monday in December the fair opened in Ilsvik."))
    assert [mention.name for mention in discourse.mentions] == ["Ilsvik"]


def test_what_a_sentence_of_a_book_stands_for_costs_no_more_than_that_of_a_report() -> None:
    def seconds(sentences: int) -> float:
        discourse = Discourse([Mention(f"Ilsvik {n}", n, 0, 0, place=True, person=False) for n in range(sentences)])
        discourse.persons.update(mention.name for mention in discourse.mentions)
        began = time.thread_time()
        for _ in range(200):
            assert discourse.antecedent(sentences, 0) is None
        return time.thread_time() - began

    # It took three hundred times as long where each look went through all that was mentioned before.
    assert seconds(10_000) < 20 * min(seconds(20) for _ in range(3))
