from collections.abc import Callable

import pytest

from chatbot.verification.contradictions import contradictions
from chatbot.verification.read_sentence import ReadSentence
from index.collection import Collection
from index.language.sentences import sentence_spans

Read = Callable[[str], list[ReadSentence]]


@pytest.fixture(scope="module")
def read(samples: Collection) -> Read:
    return lambda text: list(map(ReadSentence, samples.read([text[a:b] for a, b in sentence_spans(text)], None)[0]))


def kinds(read: Read, statement: str, *evidence: str) -> list[str]:
    """How the statement, one sentence, differs from the sentences of the evidence."""
    [own] = read(statement)
    sentences = [sentence for text in evidence for sentence in read(text)]
    return [contradiction.how.value for contradiction in contradictions(own, sentences)]


@pytest.mark.parametrize(
    ("statement", "evidence", "how"),
    [
        ("The bakery on Mill Lane was not closed by the inspectors.",
         "The inspectors closed the bakery on Mill Lane.", "whether it is so or not"),
        ("The foundation no longer owns the ferry company.",
         "The foundation still owns the ferry company, its lawyer said.", "whether it is so or not"),
        ("The trustees rejected the merger with Barlow.",
         "The trustees approved the merger with Barlow in a long session.", "what was done"),
        ("Torvald Nilsen denied the claims about the harbour.",
         "Torvald Nilsen admitted the claims about the harbour.", "what was done"),
        ("Barlow bought the Odeon cinema.", "Lindgren bought the Odeon cinema in May.", "who did it"),
        ("Ada Lindgren said that the ferry to Elvaskar had been sold in May.",
         "Torvald Nilsen said that the ferry to Elvaskar had been sold in May.", "who said it"),
        ("The council has already sold the ferry to Barlow.",
         "The council is expected to sell the ferry to Barlow in May.", "whether it has happened"),
        ("The council sold the ferry to Lind.", "The council may sell the ferry to Lind.", "whether it has happened"),
        ("The council sold the ferry to Lind.", "The council will sell the ferry to Lind.", "whether it has happened"),
        ("The rebels left Aleppo.", "The Syrian Army left Aleppo.", "who did it"),
        ("Winther beat Mirzoyan in 61 moves.", "Anush Mirzoyan took the lead by beating Lars Winther in 61 moves.",
         "who did it"),
        ("Ada Lindgren said that the cinema was sold.", "Ada Lindgren tested the car, and the cinema was sold.",
         "who said it"),
        ("The engine is still fitted with steel caps.", "The engine was fitted with steel caps in the old works.",
         "whether it is still so"),
        ("Diplomats said that weapons had been found in a warehouse.",
         "The palace said that weapons had been found in a warehouse. Diplomats saw no troops.", "who said it"),
        ("Ada Lindgren, the chief engineer, never tested the car in March on the old airfield.",
         "Ada Lindgren, the chief engineer, tested the car in March on the old airfield.", "whether it is so or not"),
        ("Barlow Rovers lost the final.", "Barlow Rovers won the final after extra time.", "what was done"),
    ],
)
def test_what_the_evidence_says_otherwise_is_found(read: Read, statement: str, evidence: str, how: str) -> None:
    assert how in kinds(read, statement, evidence)


@pytest.mark.parametrize(
    ("statement", "evidence"),
    [
        ("The inspectors shut the bakery on Mill Lane.", "The inspectors closed the bakery on Mill Lane."),
        ("The cinema is still owned by Lindgren.", "The cinema is owned by Lindgren."),
        ("The ferry is still held by Barlow.", "Barlow took the ferry in May."),
        ("The bakery is still closed.", "The bakery was closed in May and is still closed."),
        ("Lindgren did not comment.", "Lindgren did not comment; it has denied closing the bakery."),
        ("Winther was beaten by Mirzoyan.", "Anush Mirzoyan took the lead by beating Lars Winther in 61 moves."),
        ("The guns had to be surrendered by mid-February.", "The council was to hand over its guns by 15 February."),
        ("The water is safe to drink from Thursday.", "Residents may drink the water again from Thursday."),
        ("Ada Lindgren said that the cinema was sold.", "“It was sold,” Ada Lindgren said of the cinema."),
        ("Officials said that weapons had been found.", "The palace said that weapons had been found in a warehouse."),
        ("Ada Lindgren said that the cinema was sold.", "Ada Lindgren came. The cinema was sold, she said."),
        ("The car, tested in March by Ada Lindgren on the old airfield, has not been driven elsewhere.",
         "Ada Lindgren tested the car in March on the old airfield."),
        ("The bakery was closed by the inspectors.", "The inspectors closed the bakery on Mill Lane."),
        ("Lindgren lost the Odeon cinema to Barlow.", "Barlow bought the Odeon cinema from Lindgren."),
        ("The ferry has not been sold.", "The ferry is still for sale; no buyer was found."),
        ("Mayor Nilsen said that the ferry to Elvaskar had been sold.",
         "Torvald Nilsen said that the ferry to Elvaskar had been sold in May."),
        ("The ferry to Elvaskar had been sold.", "Torvald Nilsen said that the ferry to Elvaskar had been sold."),
        ("The council may sell the ferry to Barlow.", "The council is expected to sell the ferry to Barlow."),
        ("The council sold the ferry to Barlow.", "The council, which had said it might, sold the ferry to Barlow."),
        ("Cats sleep all day.", "The inspectors closed the bakery on Mill Lane."),
        ("Nilsen disputes that the harbour is closed.", "Nilsen denies that the harbour is closed."),
    ],
)
def test_other_words_and_other_sides_are_no_contradiction(read: Read, statement: str, evidence: str) -> None:
    assert kinds(read, statement, evidence) == []


def test_one_sentence_that_says_so_is_enough(read: Read) -> None:
    evidence = ("The council did not close the bath in 2020.", "The council closed the bath in 2023.")
    assert kinds(read, "The council closed the bath.", *evidence) == []


def test_that_a_source_reports_it_is_no_deed(read: Read) -> None:
    [statement] = read("Harbour Gazette reports that Ada Lund leads the union again.")
    evidence = read("Ada Lund leads the union again.")
    assert list(contradictions(statement, evidence, frozenset({"harbour", "gazett"}))) == []
