import datetime

import pytest

from chatbot.verification.claim_support import Support, Supporter
from chatbot.verification.stated import read_stated
from index.collection import Collection
from index.passage import RetrievedPassage

TRUCE = "The United States mediated the truce in Manbij."


@pytest.fixture(scope="module")
def truce(samples: Collection) -> RetrievedPassage:
    """The passage of 11 December 2024 that holds TRUCE."""
    return next(result for result in samples.search(TRUCE) if TRUCE in result.passage.text)


@pytest.fixture(scope="module")
def supporter(samples: Collection) -> Supporter:
    return Supporter(samples)


def supporting(passage: RetrievedPassage, support: Support) -> str:
    start, end = passage.passage.sentences[support.sentence[1]]
    return passage.article.text[start:end]


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (TRUCE, TRUCE),
        ("A truce in Manbij was mediated by the United States.", TRUCE),
        ("The SDF said that their fighters would leave Manbij.", "The SDF say that their fighters will leave Manbij."),
        ("The Turkish-backed SNA holds Manbij.",
         "The Syrian National Army (SNA), which is backed by Turkey, holds Manbij."),
    ],
)
def test_a_faithful_statement_is_borne_out_by_its_sentence(
    supporter: Supporter, truce: RetrievedPassage, statement: str, sentence: str
) -> None:
    support = supporter.weigh(read_stated(statement), [truce])
    assert support.proves and support.lacking == () and supporting(truce, support) == sentence


@pytest.mark.parametrize(
    ("statement", "lacking"),
    [
        ("Russia mediated the truce in Manbij.", "the name Russia"),
        ("The United States mediated the truce in Homs.", "the name Homs"),
        ("The United States mediated two truces in Manbij.", "the number two truces"),
        ("The United States mediated the truce in Manbij on 10 December.", "the date 10 December"),
        ("The United States mediated the “longest truce” in Manbij.", "the quotation longest truce"),
    ],
)
def test_what_a_passage_lacks_is_named(
    supporter: Supporter, truce: RetrievedPassage, statement: str, lacking: str
) -> None:
    support = supporter.weigh(read_stated(statement), [truce])
    assert lacking in ", ".join(support.lacking) and not support.holds and not support.proves_uncited


def test_what_resembles_nothing_is_neither_proven_nor_wrong(supporter: Supporter, truce: RetrievedPassage) -> None:
    support = supporter.weigh(read_stated("Cats sleep."), [truce])
    assert support.holds and not support.proves and support.lacking == ()


@pytest.mark.parametrize(
    ("statement", "lacking"),
    [
        ("The United States did not mediate the truce in Manbij.", "whether it is so or not"),
        ("The SDF said that their fighters would never leave Manbij.", "whether it is so or not"),
        ("The SDF said that their fighters would stay in Manbij.", "what was done"),
        ("On Wednesday the SDF took Deir ez-Zor from the opposition.", "who "),
        ("On Wednesday the SDF lost Deir ez-Zor to the opposition.", ""),
    ],
)
def test_what_the_passage_says_otherwise_is_told(
    supporter: Supporter, samples: Collection, statement: str, lacking: str
) -> None:
    retrieved = samples.search("truce in Manbij, Deir ez-Zor")
    passage = next(candidate for candidate in retrieved if "from the SDF" in candidate.passage.text)
    support = supporter.weigh(read_stated(statement), [passage])
    assert lacking in ", ".join(support.lacking) and bool(lacking) is not support.holds


@pytest.mark.parametrize(
    ("heading", "lacking"),
    [
        ("As of 11 December 2024, Sample Desk: ", []),
        ("Earlier, on 11 December: ", []),
        ("As of 10 December 2024, Sample Desk: ", ["the date 10 December 2024"]),
        ("As of 11 December 2024, Daily Courier: ", ["the name Daily Courier"]),
    ],
)
def test_a_heading_gives_the_day_and_source_of_the_passage(
    supporter: Supporter, truce: RetrievedPassage, heading: str, lacking: list[str]
) -> None:
    assert truce.article.date == datetime.date(2024, 12, 11)
    assert supporter.weigh(read_stated(heading + TRUCE), [truce]).lacking == tuple(lacking)


@pytest.mark.parametrize(
    ("statement", "lacking"),
    [
        ("The truce in Manbij, according to Sample Desk, was mediated by the United States.", []),
        ("As of 11 December 2024, Sample Desk reports that the Syrian National Army holds Manbij.", []),
        ("As of 10 December 2024, Sample Desk reports that the Syrian National Army holds Manbij.",
         ["the date 10 December 2024", "the name Sample Desk"]),
        ("Reuters reported that the United States mediated the truce in Manbij.", ["the name Reuters"]),
    ],
)
def test_the_articles_own_source_is_no_part_of_what_is_said(
    supporter: Supporter, truce: RetrievedPassage, statement: str, lacking: list[str]
) -> None:
    result = supporter.weigh(read_stated(statement), [truce])
    assert list(result.missing[:1]) == lacking[:1] and (lacking or result.score > 0.9)


def test_the_publication_day_is_held_where_the_sentence_names_none(
    supporter: Supporter, truce: RetrievedPassage
) -> None:
    assert supporter.weigh(read_stated(f"{TRUCE[:-1]} on 11 December."), [truce]).missing == ()


def test_every_sentence_bears_itself_out(supporter: Supporter, samples: Collection) -> None:
    for result in samples.search("Who holds Homs and Daraa?")[:3]:
        for start, end in result.passage.sentences:
            sentence = result.article.text[start:end]
            assert supporter.weigh(read_stated(sentence), [result]).proves_uncited, sentence


def test_passages_are_weighed_together(supporter: Supporter, truce: RetrievedPassage, samples: Collection) -> None:
    hama = next(result for result in samples.search("Hama fell") if "took the city of Hama" in result.passage.text)
    both = read_stated("The United States mediated the truce in Manbij, and the opposition took Hama on 5 December.")
    assert not supporter.weigh(both, [truce]).holds and not supporter.weigh(both, [hama]).holds
    assert supporter.weigh(both, [truce, hama]).holds


@pytest.mark.parametrize(
    ("score", "missing", "proves", "uncited"),
    [(0.9, (), True, True), (0.3, (), True, False), (0.1, (), False, False), (0.9, ("the number 12",), False, False)],
)
def test_more_is_asked_of_a_passage_that_was_not_cited(
    score: float, missing: tuple[str, ...], proves: bool, uncited: bool
) -> None:
    support = Support(score, (0, 0), missing)
    assert (support.proves, support.proves_uncited) == (proves, uncited)


@pytest.mark.parametrize("statement", ["🙂", "؟", "a", "دمشق"])
def test_signs_that_the_model_does_not_read_prove_nothing(
    supporter: Supporter, truce: RetrievedPassage, statement: str
) -> None:
    assert not supporter.weigh(read_stated(statement), [truce]).proves
