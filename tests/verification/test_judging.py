import pytest

from chatbot.answer import Judgement, Ruling, Verdict
from chatbot.llm.judge import read_judgements
from chatbot.verification.judging import judged
from chatbot.verification.verifier import Verifier
from index.collection import Collection
from index.passage import RetrievedPassage

TRUCE = "The United States mediated the truce in Manbij."
LOOSE = "Washington brokered a halt to the shooting around Manbij."


@pytest.fixture(scope="module")
def truce(samples: Collection) -> list[RetrievedPassage]:
    return [next(result for result in samples.search(TRUCE) if TRUCE in result.passage.text)]


@pytest.mark.parametrize(
    ("text", "judgement", "verdict"),
    [
        (LOOSE, Judgement(Ruling.SUPPORTED, "mediated the truce in Manbij"), Verdict.VERIFIED),
        (LOOSE, Judgement(Ruling.SUPPORTED, "brokered a ceasefire in Manbij"), Verdict.CITED),
        (LOOSE, Judgement(Ruling.CONTRADICTED, "mediated the truce", "around Manbij"), Verdict.UNFOUND),
        (LOOSE, Judgement(Ruling.CONTRADICTED, "no such words", "around Manbij"), Verdict.CITED),
        (LOOSE, Judgement(Ruling.NOT_STATED, "", "the shooting"), Verdict.UNFOUND),
        (TRUCE, Judgement(Ruling.NOT_STATED, "", "all"), Verdict.VERIFIED),
        (f"{TRUCE[:-1]} with 40 men.", Judgement(Ruling.SUPPORTED, "mediated the truce in Manbij"), Verdict.UNFOUND),
    ],
)
def test_a_judges_words_must_stand_in_a_passage(
    samples: Collection, truce: list[RetrievedPassage], text: str, judgement: Judgement, verdict: Verdict
) -> None:
    verified = judged(Verifier(samples).verify(f"{text} [1]", truce), {0: judgement}, truce)
    [statement] = verified.statements
    assert statement.verdict is verdict and bool(statement.citations) is (verdict is not Verdict.UNFOUND)
    assert {n for n in statement.citations} <= {citation.n for citation in verified.citations}


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ('[{"statement": 1, "verdict": "supported", "words": "a b", "what": ""}]', 1),
        ('Here:\n```json\n[{"statement": 2, "verdict": "not stated"}]\n```', 1),
        ('[{"statement": 3, "verdict": "supported"}]', 0),
        ('[{"statement": 1, "verdict": "perhaps"}]', 0),
        ("I cannot say.", 0),
        ("", 0),
    ],
)
def test_only_whole_entries_about_statements_are_read(written: str, count: int) -> None:
    assert len(read_judgements(written, 2)) == count
