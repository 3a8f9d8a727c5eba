from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.errors import QuestionError
from chatbot.question.entity_linking import alias_concepts, settle, truecased
from index.language.lexicon import concept
from index.search.vocabulary import Vocabulary
from index.storage.ledger import Ledger
from tests.support.corpus import entries_of, put
from tests.support.reports import day, reading, report

TEXT = (
    "Hezbollah withdrew from Hama. The Turkish foreign minister met Bashar al-Assad in Damascus. "
    "Fighters of Hayat Tahrir al-Sham (HTS) left Tell Rifaat for the west of Maarat al-Numan."
)


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vocabulary]:
    opened = Ledger(tmp_path_factory.mktemp("naming") / "ledger.sqlite")
    put(opened, report(TEXT, day(1)))
    yield Vocabulary(opened)
    opened.close()


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Who controls Hama?", ("Hama",)),
        ("Who controls Tell Rifaat?", ("Tell Rifaat",)),
        ("Where did President Assad go?", ("President Assad",)),
        ("What did Turkey say?", ("Turkey",)),
        ("who controls hama", ("hama",)),
        ("who controls tell rifaat?", ("rifaat",)),
    ],
)
def test_names_of_the_articles_are_known(vocabulary: Vocabulary, question: str, names: tuple[str, ...]) -> None:
    named = settle(reading(question), vocabulary)
    assert (named.reading.names, named.unknown, named.notes) == (names, (), ())


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("Who controls Kherson?", ("Kherson",)),
        ("Who controls Hama and Kherson?", ("Kherson",)),
        ("Who controls Tell Abyad?", ("Tell Abyad",)),
        ("Who controls Novi Sad?", ("Novi Sad",)),
        ("What did Volodymyr Zelensky say?", ("Volodymyr Zelensky",)),
        ("who controls kherson", ("kherson",)),
        ("What happened in Beirut?", ("Beirut",)),
        ("What did Lebanon say?", ("Lebanon",)),
    ],
)
def test_names_that_no_article_holds_are_told(vocabulary: Vocabulary, question: str, unknown: tuple[str, ...]) -> None:
    assert settle(reading(question), vocabulary).unknown == unknown


def test_of_names_typed_in_lower_case_the_known_get_capitals_and_the_others_are_told(vocabulary: Vocabulary) -> None:
    typed = "who controls kherson and hama?"
    written = truecased(typed, vocabulary)
    assert written == "who controls kherson and Hama?"
    named = settle(replace(reading(written), question=typed), vocabulary)
    assert named.unknown == ("kherson",) and "Hama" in named.reading.names


@pytest.mark.parametrize(
    ("question", "understood"),
    [
        ("Did Hizbullah leave?", "Did Hezbollah leave?"),
        ("Who controls Dimascus?", "Who controls Damascus?"),
        ("Who controls Maarat al-Nouman?", "Who controls Maarat al Numan?"),
        ("What did Ankara say?", "What did Turkey say?"),
    ],
)
def test_another_spelling_and_a_capital_are_read_and_noted(
    vocabulary: Vocabulary, question: str, understood: str
) -> None:
    named = settle(reading(question), vocabulary)
    assert named.reading.own == understood and named.unknown == ()
    assert len(named.notes) == 1 and named.notes[0].startswith("Read “")


@pytest.mark.parametrize("question", ["What happened in Ankara?", "Who was seen near Ankara?"])
def test_a_capital_that_is_a_place_is_no_government(vocabulary: Vocabulary, question: str) -> None:
    named = settle(reading(question), vocabulary)
    assert named.unknown == ("Ankara",) and named.notes == ()


@pytest.mark.parametrize("question", ["who left?", "what happened in the city", "who is in control of the town now"])
def test_common_words_in_lower_case_are_no_names(vocabulary: Vocabulary, question: str) -> None:
    assert settle(reading(question), vocabulary).unknown == ()


def test_the_spelling_of_the_question_before_is_carried_over(vocabulary: Vocabulary) -> None:
    named = settle(reading("When?", "Did Hizbullah leave?"), vocabulary)
    assert named.reading.standalone == "When? (Did Hezbollah leave?)"


def test_a_short_name_stands_for_the_long_one_and_back(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    article = report(TEXT, day(1))
    ledger.put(article, "hash", entries_of(article), {("HTS", "Hayat Tahrir al-Sham")})
    aliases = alias_concepts(Vocabulary(ledger))
    assert {"hayat", "tahrir", "sham"} <= aliases[concept("HTS")]
    assert aliases["hayat"] == {concept("HTS")}
    ledger.close()


@pytest.mark.parametrize(
    "question", ["Who are " + ", ".join(f"Xq{a}{b}zor" for a in "abcdef" for b in "abcdef") + "?", " ".join(
        f"xq{a}{b}zor" for a in "abcdef" for b in "abcdef")]
)
def test_more_names_than_are_looked_up_are_refused_with_their_number(question: str, vocabulary: Vocabulary) -> None:
    with pytest.raises(QuestionError, match="holds 36 names, at most 20"):
        settle(reading(question), vocabulary, most_names=20)


def test_initials_of_a_union_are_written_out_where_the_articles_do_so(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    put(ledger, report("The European Union has bought 12 million doses.", day(1)))
    named = settle(reading("What has the EU bought?"), Vocabulary(ledger))
    assert named.reading.names == ("European Union",) and named.unknown == ()
    assert named.notes == ("Read “EU” as “European Union”.",)
    assert settle(reading("What has the UN bought?"), Vocabulary(ledger)).unknown == ("UN",)
    ledger.close()
