import random
import time
from collections.abc import Iterable

import pytest

from chatbot.answer import NOT_FOUND, Answer, Note, Understood, Verdict
from chatbot.verification.sentences import SentenceStream
from chatbot.verification.verifier import Verified, Verifier
from index.collection import Collection
from index.passage import RetrievedPassage

HAMA = "The opposition took Hama."
TRUCE = "The United States mediated the truce in Manbij."
HEADING = "As of 5 December 2024, Sample Desk:"


class Desk:
    """Verifies texts whose marks [1] and [2] name the passages on Hama and on Manbij's truce."""

    def __init__(self, samples: Collection) -> None:
        taken = "The opposition took the city of Hama on Thursday, 5 December."
        self.shown = [self._passage(samples, taken), self._passage(samples, TRUCE)]
        self.verifier = Verifier(samples)

    def verify(self, text: str) -> Verified:
        verified = self.verifier.verify(text, self.shown)
        for statement in verified.statements:
            assert bool(statement.citations) is (statement.verdict is not Verdict.UNFOUND)
        return verified

    def _passage(self, samples: Collection, sentence: str) -> RetrievedPassage:
        return next(result for result in samples.search(sentence) if sentence in result.passage.text)


@pytest.fixture(scope="module")
def desk(samples: Collection) -> Desk:
    return Desk(samples)


def text_of(verified: Verified) -> str:
    """The text of an answer that is made of it."""
    return Answer("?", Understood("?"), verified.blocks, "x").text


def verdicts(verified: Verified) -> list[str]:
    return [statement.verdict.value for statement in verified.statements]


HEADS = "| Town | Held by | 5 December 2024 |"


@pytest.mark.parametrize("rule", ["|---|---|---|", "| :--- | --- | ---: |"])
def test_the_heads_of_a_table_state_nothing(desk: Desk, rule: str) -> None:
    table = f"{HEADS}\n{rule}\n| Hama | the opposition | The opposition took Hama [1] |\n"
    verification = desk.verifier.start(desk.shown)
    text = "".join(verification.feed(piece) for piece in table) + verification.finish()
    for verified in (verification.verified, desk.verify(table)):
        assert verified.blocks[0] == Note(HEADS, verified.blocks[0].space) and len(verified.statements) == 1
    assert text.startswith(f"{HEADS}\n{rule}\n| Hama |") and f"{HEADS} {NOT_FOUND}" not in text


def test_what_heads_claim_is_looked_up(desk: Desk) -> None:
    for heads in ("| Town | The army took Manbij on Friday |", "| Sweden invaded Norway |"):
        [claimed, *_] = desk.verify(f"{heads}\n|---|---|\n| Hama | {HAMA} | [1]").statements
        assert (claimed.text, claimed.verdict) == (heads, Verdict.UNFOUND)
    [row] = desk.verify("| Town | Lost 12 men in Lviv |").statements
    assert row.verdict is Verdict.UNFOUND


def test_an_answer_is_verified_by_hand(desk: Desk) -> None:
    verified = desk.verify(f"{HAMA} [1] {TRUCE} [1][99] It cost 12 men. [2]")
    assert text_of(verified) == f"{HAMA} [1] {TRUCE} [2] It cost 12 men. {NOT_FOUND}"
    assert verdicts(verified) == ["verified", "moved", "unfound"]
    assert [statement.citations for statement in verified.statements] == [(1,), (2,), ()]
    assert verified.statements[2].missing == ("the number 12 men",) and verified.removed == 3
    assert [cited.sentence for cited in verified.citations] == [
        "The opposition took the city of Hama on Thursday, 5 December.", TRUCE,
    ]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (f"{HAMA}[1] {TRUCE}[2]", f"{HAMA} [1] {TRUCE} [2]"),
        (f"{HAMA[:-1]}[1]. {TRUCE[:-1]} [2].", f"{HAMA} [1] {TRUCE} [2]"),
        ("The opposition [1] took Hama [1].", f"{HAMA} [1]"),
        (f"[1] {HAMA}\n[2]{TRUCE}", f"{HAMA} [1]\n{TRUCE} [2]"),
        (f"{HAMA}\n[1]\n{TRUCE}\n[2]", f"{HAMA} [1]\n{TRUCE} [2]"),
        (f"- {HAMA[:-1]} [1]\n- {TRUCE} [2]", f"- {HAMA[:-1]} [1]\n- {TRUCE} [2]"),
        (f"1. {HAMA} [1]\n2) {TRUCE} [2]", f"1. {HAMA} [1]\n2) {TRUCE} [2]"),
        (f"{HEADING}\n{HAMA} [1]", f"{HEADING}\n{HAMA} [1]"),
        (f"**{HEADING}** {HAMA} 【1】", f"{HEADING} {HAMA} [1]"),
        (f"Yes. {HAMA} [1]", f"Yes. {HAMA} [1]"),
        (f"Yes.\n{HAMA} [1]", f"Yes.\n{HAMA} [1]"),
        (f"## Hama\n{HAMA} [1]", f"## Hama\n{HAMA} [1]"),
        (f"{HAMA} [1]\n\nSources:\n[1] Hama changes hands\n[2] Truce", f"{HAMA} [1]"),
        (f"{HAMA} [1]\n**Sources:** [1], [2]", f"{HAMA} [1]"),
        (f"{HAMA} {NOT_FOUND} [1]", f"{HAMA} [1]"),
        ("Although the articles do not say who led it, the opposition took Hama. [1]",
         "Although the articles do not say who led it, the opposition took Hama. [1]"),
    ],
)
def test_a_faithful_text_keeps_its_marks_in_any_form(desk: Desk, text: str, written: str) -> None:
    verified = desk.verify(text)
    assert text_of(verified) == written and verified.removed == 0
    assert set(verdicts(verified)) == {"verified"}


@pytest.mark.parametrize("text", ["", "\n\n", "[1]", "[1][2] [99]", "…", "Yes. [1]", "Would you like to know more?"])
def test_a_text_that_states_nothing_has_no_statements(desk: Desk, text: str) -> None:
    verified = desk.verify(text)
    assert verified.statements == () and verified.citations == () and NOT_FOUND not in text_of(verified)


@pytest.mark.parametrize(
    "statement",
    [
        "The articles do not say who commanded the army.",
        "However, the passages don't mention any losses.",
        f"{HEADING} the articles do not say.",
        "It is not stated in the articles who led it.",
    ],
)
def test_that_the_articles_do_not_say_is_no_statement(desk: Desk, statement: str) -> None:
    verified = desk.verify(f"{statement} [1] {HAMA} [1]")
    assert text_of(verified) == f"{statement} {HAMA} [1]"
    assert verdicts(verified) == ["verified"] and verified.removed == 1


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("The articles do not say who led it, but 500 men were killed.", "the number 500"),
        ("In 2015 the opposition took Hama:", "the date 2015"),
        ("“We will not rest. We go on,” he said.", "the quotation We will not rest. We go on"),
        ("As of 6 December 2024, Other Desk: The opposition took Hama.", "the date 6 December 2024"),
        ("The opposition took Tartus.", "the name Tartus"),
        ("In 2016 it fell.", "the date 2016"),
    ],
)
def test_what_is_not_found_is_named(desk: Desk, text: str, missing: str) -> None:
    [statement] = desk.verify(f"{text} [1]").statements
    assert statement.verdict is Verdict.UNFOUND and missing in ", ".join(statement.missing)


@pytest.mark.parametrize("mark", ["", " [2]", " [99]", " [2][99]"])
def test_a_statement_is_looked_up_in_passages_it_does_not_cite(desk: Desk, mark: str) -> None:
    verified = desk.verify(HAMA + mark)
    assert text_of(verified) == f"{HAMA} [1]" and verdicts(verified) == ["moved"]
    assert "Hama" in verified.citations[0].sentence and verified.removed == mark.count("[")


@pytest.mark.parametrize(("following", "verdict"), [
    ("It did so on Thursday. [1]", "verified"),
    ("This happened on 5 December. [1]", "verified"),
    ("This happened on 5 December.", "moved"),
    ("They took the city of Hama on Thursday. [1]", "verified"),
    ("This happened on 4 December. [1]", "unfound"),
    ("It did so with 300 men. [1]", "unfound"),
    ("It did so with the help of Russia. [1]", "unfound"),
    ("It was a rainy day. [1]", "cited"),
    ("It did not do so on Thursday. [1]", "cited"),
])
def test_a_sentence_that_leans_on_the_one_before_is_read_with_it(desk: Desk, following: str, verdict: str) -> None:
    assert verdicts(desk.verify(f"{HAMA} [1] {following}")) == ["verified", verdict]
    unproven = verdicts(desk.verify(f"Cats sleep all day. [1] {following}"))
    assert unproven[0] == "cited" and unproven[1] in ("unfound", "cited") or following.startswith("They took")


def test_a_year_in_brackets_is_text(desk: Desk) -> None:
    verified = desk.verify("In [2016] the opposition took Hama. [1]")
    assert text_of(verified) == f"In [2016] the opposition took Hama. {NOT_FOUND}" and verified.removed == 1


def test_two_passages_may_bear_a_statement_out_together(desk: Desk) -> None:
    both = "The United States mediated the truce in Manbij, and the opposition took Hama on 5 December."
    verified = desk.verify(f"{both} [1][2]")
    assert text_of(verified) == f"{both} [1][2]" and verdicts(verified) == ["verified"]
    assert len({cited.article_id for cited in verified.citations}) == 2


def test_overlapping_passages_share_a_citation(desk: Desk) -> None:
    verified = desk.verifier.verify(f"{HAMA} [1][2]", [desk.shown[0]] * 2)
    assert text_of(verified) == f"{HAMA} [1]" and len(verified.citations) == 1 and verified.removed == 0


def test_without_passages_nothing_is_found(samples: Collection) -> None:
    verified = Verifier(samples).verify(f"{HAMA} [1]", [])
    assert text_of(verified) == f"{HAMA} {NOT_FOUND}" and verified.statements[0].missing == ()


@pytest.mark.parametrize("text", ["دمشق سقطت. [1]", "大马士革陷落了。[1]", "Дамаск пал. [2]"])
def test_other_scripts_are_told_not_to_be_found(desk: Desk, text: str) -> None:
    assert verdicts(desk.verify(text)) == ["unfound"]


def test_a_long_text_is_verified_to_its_end(desk: Desk) -> None:
    verified = desk.verify(f"{HAMA} [1] " * 60)
    assert verdicts(verified) == ["verified"] * 60 and len(verified.citations) == 1


def streamed(desk: Desk, pieces: Iterable[str]) -> tuple[list[str], Verified]:
    """What is shown after each piece and at the end, and what comes of the text."""
    verification = desk.verifier.start(desk.shown)
    shown = [verification.feed(piece) for piece in pieces]
    return [*shown, verification.finish()], verification.verified


STREAMED = (
    f"{HAMA} [1] {TRUCE} [1][99] It cost 12 men. [2] In [2016] it was quiet.",
    f"**{HEADING}** {HAMA} 【1】 Yes. {TRUCE}[2](https://evil.example/?a) The articles do not say why.",
    f"- {HAMA[:-1]} [1]\n- {TRUCE} [source 2]\n\nSources:\n[1] Hama\n[2] Truce",
    f"On 5.12. at 5.30 p.m. Mr. Aydin said: “We will not rest. We go on.” [1] {HAMA} {NOT_FOUND} [1] Then [",
)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("text", STREAMED)
def test_what_is_shown_of_a_stream_is_never_taken_back_and_its_numbers_never_change(
    desk: Desk, text: str, seed: int
) -> None:
    chance = random.Random(seed)
    cuts = sorted(chance.sample(range(len(text)), 25)) if seed else range(1, len(text))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    shown, verified = streamed(desk, pieces)
    whole = desk.verify(text)
    assert "".join(shown) == text_of(verified) == text_of(whole)
    assert (verified.citations, verified.removed) == (whole.citations, whole.removed)


def test_words_are_shown_as_they_come_and_marks_once_the_next_sentence_has_begun(desk: Desk) -> None:
    pieces = ["The opposition", " took", " Hama", ".", " [2", "] The", " United States", " mediated the truce in"]
    shown, _ = streamed(desk, pieces)
    assert shown[:6] == ["The opposition", " took", " Hama", "", "", ""]
    assert shown[6:8] == [". [1] The United States", " mediated the truce in"]


def test_a_quotation_that_never_ends_does_not_hold_the_stream(desk: Desk) -> None:
    shown, _ = streamed(desk, ["He said: “No. "] + [f"They lost battle {n} there. " for n in range(60)])
    assert len("".join(shown[:-1])) > 1000


@pytest.mark.parametrize("piece", ["word ", " \n", "wordwordword", "“No. ", "[a "])
def test_a_sentence_that_does_not_end_takes_no_time_and_loses_nothing(piece: str) -> None:
    stream, began = SentenceStream(), time.monotonic()
    sentences = [sentence for _ in range(800) for sentence in stream.feed(piece)] + stream.finish()
    assert time.monotonic() - began < 10
    assert "".join("".join(sentence.text.split()) for sentence in sentences) == "".join((piece * 800).split())


def test_what_has_been_shown_is_not_looked_through_again_for_each_piece(desk: Desk) -> None:
    pieces, began = ["Why is it so? "] * 4000, time.monotonic()
    shown, verified = streamed(desk, pieces)
    assert time.monotonic() - began < 10
    assert "".join(shown) == text_of(verified) == "".join(pieces).strip()


def test_it_is_known_once_a_statement_is_proven(desk: Desk) -> None:
    verification = desk.verifier.start(desk.shown)
    known = []
    for piece in ("It cost 12 men. [2] ", f"{HAMA} [1] ", "The end of it "):
        verification.feed(piece)
        known.append(verification.has_proven)
    assert known == [False, False, True]


def test_a_list_that_is_cut_where_no_sentence_seems_to_end_loses_nothing(desk: Desk) -> None:
    text = "The parties agreed 1) to leave Hama 2) to stay in Manbij 3) to talk again on Monday."
    shown, verified = streamed(desk, text)
    assert "".join(shown) == text_of(verified)
    assert "".join(text_of(verified).replace(NOT_FOUND, "").split()) == "".join(text.split())
