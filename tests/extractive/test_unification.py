"""Whether a clause that says the same of another name is known as such."""

import pytest

from chatbot.extractive.unification import Fit, best_fit
from chatbot.question.query import query_of
from index.language.clauses import clauses_of
from tests.support.reports import parser


def fit_of(question: str, sentence: str, aliases: dict[str, frozenset[str]] | None = None) -> Fit:
    asked, stated = parser().parse([question, sentence])
    return best_fit(query_of(asked), stated, clauses_of(stated), {}, aliases or {})


@pytest.mark.parametrize(
    ("question", "same", "other"),
    [
        ("How did the crew leave Bergen?", "The crew left Bergen by the coast road.", "The crew left Oslo at night."),
        ("How did the crew leave Bergen?", "The crew withdrew from Bergen.", "The crew withdrew from Oslo."),
        ("Who owns Granwick?", "The Lorne family owns Granwick.", "The Lorne family owns Tessaly."),
        ("When did Arvo buy Belling?", "Arvo bought Belling in May.", "Arvo bought Costrel in May."),
        ("Who is the mayor of Lodz?", "Jan Nowak is the mayor of Lodz.", "Jan Nowak is the mayor of Poznan."),
        ("What did the EU decide?", "The European Union decided to wait.", "The African Union decided to wait."),
    ],
)
def test_another_name_in_the_role_of_the_one_asked_about_counts(question: str, same: str, other: str) -> None:
    assert fit_of(question, same).other_name == 0.0
    assert fit_of(question, other).other_name > 0.0


def test_an_alias_is_no_other_name() -> None:
    question, sentence = "Who led the Rovers?", "Mira Holt led Ashford."
    assert fit_of(question, sentence).other_name > 0.0
    assert fit_of(question, sentence, {"ashford": frozenset({"rover"})}).other_name == 0.0


def test_what_is_no_name_fills_no_role_of_a_name() -> None:
    assert fit_of("How did the crew leave Bergen?", "The crew left the harbour.").other_name == 0.0


def test_a_name_that_stands_in_another_role_is_not_missing() -> None:
    assert fit_of("Who left Bergen?", "The crew left Oslo for Bergen.").other_name == 0.0


def test_what_causes_the_other_is_alike() -> None:
    assert fit_of("How many miners died?", "Nine miners were killed.").predicate > 0.6
    assert fit_of("How many miners died?", "Nine miners were hired.").predicate < 0.5
