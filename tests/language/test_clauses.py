import operator

import pytest

from index.language.clauses import Modality, Tense, clauses_of
from index.language.parser import Sentence, Token
from tests.support.parsing import clause, parsed, roles
from tests.support.reports import parser


@pytest.mark.parametrize(
    ("text", "predicate", "agent", "patient"),
    [
        ("A Danish foundation bought the museum.", "buy", "A Danish foundation", "the museum"),
        ("The museum was bought by a Danish foundation.", "buy", "a Danish foundation", "The museum"),
        ("The museum, which was bought by a Danish foundation, is shut.", "buy", "a Danish foundation", "The museum"),
        ("The violin that Petra repaired belongs to a school.", "repair", "Petra", "The violin"),
        ("The farmers managed to save the harvest.", "save", "The farmers", "the harvest"),
    ],
)
def test_voice_and_relative_clauses_are_undone(text: str, predicate: str, agent: str, patient: str) -> None:
    results = roles(text, predicate)
    assert agent in results["agent"] and patient in results["patient"]


def test_coordinated_subjects_and_verbs_each_have_their_arguments() -> None:
    text = "Anton and Petra sold the bakery and moved to Lyon."
    assert roles(text, "sell") == {"agent": ["Anton", "Petra"], "patient": ["the bakery"]}
    assert roles(text, "move") == {"agent": ["Anton", "Petra"], "to": ["Lyon"]}


def test_names_in_apposition_are_arguments_too() -> None:
    assert "Elena Novak" in roles("The committee praised the architect, Elena Novak.", "praise")["patient"]
    assert roles("It serves three towns: Ulm, Graz and Brno.", "serve")["patient"][1:] == ["Ulm", "Graz", "Brno"]


@pytest.mark.parametrize(
    ("text", "predicate"),
    [
        ("The foundation did not sell the library.", "sell"),
        ("Nobody repaired the organ.", "repair"),
        ("The mayor refused to sign the contract.", "sign"),
        ("The clinic never opened.", "open"),
        ("Neither bakery sold bread.", "sell"),
    ],
)
def test_what_is_negated_is_known(text: str, predicate: str) -> None:
    assert clause(text, predicate).negated


@pytest.mark.parametrize(
    ("text", "predicate"),
    [
        ("The foundation sold the library.", "sell"),
        ("The mayor did not refuse to sign the contract.", "sign"),
        ("The clinic opened without a doctor.", "open"),
    ],
)
def test_what_is_not_negated_is_known(text: str, predicate: str) -> None:
    assert not clause(text, predicate).negated


def test_what_is_no_longer_so_has_ended() -> None:
    assert clause("The bank no longer owns the hotel.", "own").ended
    assert not clause("The bank owns the hotel.", "own").ended


@pytest.mark.parametrize(
    ("text", "predicate", "modality"),
    [
        ("The council closed the swimming pool.", "close", Modality.FACT),
        ("The council plans to close the swimming pool.", "close", Modality.OPEN),
        ("The council may close the swimming pool.", "close", Modality.OPEN),
        ("The council wants to sell the pool.", "sell", Modality.OPEN),
        ("The council began to drain the pool.", "drain", Modality.FACT),
        ("If the river rises, trains will stop.", "rise", Modality.CONDITION),
        ("Unless the river falls, trains will stop.", "fall", Modality.CONDITION),
        ("Had the pump failed, the cellar would have flooded.", "fail", Modality.CONDITION),
        ("Has the bank sold the hotel?", "sell", Modality.QUESTION),
        ("“Did the bank sell the hotel?”", "sell", Modality.QUESTION),
    ],
)
def test_facts_are_told_from_plans_conditions_and_questions(text: str, predicate: str, modality: Modality) -> None:
    assert clause(text, predicate).modality is modality


@pytest.mark.parametrize(
    ("text", "predicate", "tense"),
    [
        ("The choir sings in Graz.", "sing", Tense.PRESENT),
        ("The choir is singing in Graz.", "sing", Tense.PRESENT),
        ("The choir sang in Graz.", "sing", Tense.PAST),
        ("The choir has sung in Graz.", "sing", Tense.PERFECT),
        ("The choir had sung in Graz.", "sing", Tense.BEFORE),
        ("The choir will sing in Graz.", "sing", Tense.FUTURE),
    ],
)
def test_the_tense_is_that_of_the_auxiliaries(text: str, predicate: str, tense: Tense) -> None:
    assert clause(text, predicate).tense is tense


@pytest.mark.parametrize(
    ("text", "predicate", "speaker", "denied"),
    [
        ("Inspectors said the bakery had sold spoiled bread.", "sell", "Inspectors", False),
        ("The bakery had sold spoiled bread, inspectors said.", "sell", "inspectors", False),
        ("According to the surveyor, cracks opened in the tower.", "open", "the surveyor", False),
        ("The ministry denied that the dam was leaking.", "leak", "The ministry", True),
        ("The ministry did not deny that the dam was leaking.", "leak", "The ministry", False),
        ("The dam was leaking.", "leak", None, False),
    ],
)
def test_who_says_so_is_known(text: str, predicate: str, speaker: str | None, denied: bool) -> None:
    read = clause(text, predicate)
    assert (read.speaker, read.denied) == (speaker, denied)


def test_what_nobody_says_outright_is_left_open() -> None:
    read = clause("The engineer did not say that the dam was leaking.", "leak")
    assert read.modality is Modality.OPEN


def test_a_particle_belongs_to_the_predicate() -> None:
    assert roles("The company gave up the licence.", "give_up")["patient"] == ["the licence"]


def test_spans_count_in_the_sentence() -> None:
    text = "OSTERBY, May 3 (Agency) - The choir praised the organ of Graz cathedral."
    read = clause(text, "praise")
    assert text[read.start : read.end] == "praised"
    assert [text[a.start : a.end] for a in read.arguments] == [a.text for a in read.arguments]


@pytest.mark.parametrize("text", ["", "Weather", "A cold morning in Graz"])
def test_a_heading_has_no_clauses(text: str) -> None:
    assert clauses_of(parsed(text)) == []


def test_the_clauses_of_a_sentence_are_worked_out_once_and_are_each_callers_own() -> None:
    [sentence] = parser().parse(["Anton and Petra sold the bakery and moved to Lyon."])
    first = clauses_of(sentence)
    again = clauses_of(sentence)
    assert [read.predicate for read in first] == ["sell", "move"] and all(map(operator.is_, first, again))
    first.clear()
    assert clauses_of(sentence) == again


def test_a_clause_may_hang_on_the_last_word() -> None:
    """As the parser has it now and then: no word stands behind that noun."""
    words = [("it", "PRP", "nsubj", 1), ("fell", "VBD", "relcl", 2), ("report", "NN", "ROOT", 2)]
    tokens = [Token(n, text, text, tag, dep, head, 7 * n, 7 * n + 6) for n, (text, tag, dep, head) in enumerate(words)]
    [read] = clauses_of(Sentence("it     fell   report", tokens))
    assert (read.predicate, read.speaker) == ("fell", None)
