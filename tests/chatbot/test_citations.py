import datetime
import random

import pytest

from chatbot.citations import LONGEST_MARK_CHARACTERS, MarkFilter, cite, normalise, support_by_words
from index.article import Article
from index.language.sentences import sentence_spans
from index.passage import Passage, RetrievedPassage

HOMS = "Homs fell overnight.\n\nThe army left Homs on 7 December. The city lies on the M5 motorway."
MANBIJ = "Sources differ. Turkey says that Manbij is in its hands. The SDF says that it still holds Manbij."


def found(name: str, text: str, first: int = 0) -> RetrievedPassage:
    """An article whose one passage begins at offset `first` of its text."""
    article = Article(name, text, f"On {name}", source="Desk", date=datetime.date(2024, 12, 8), url=f"http://x/{name}")
    spans = tuple(span for span in sentence_spans(text) if span[0] >= first)
    start, end = spans[0][0], spans[-1][1]
    return RetrievedPassage(Passage(name, 3, start, end, text[start:end], spans), article, 1.0, 0.5)


PASSAGES = [found("homs", HOMS, first=22), found("manbij", MANBIJ)]


def test_a_worked_example() -> None:
    text = "Turkey says it has Manbij [2], but the SDF says it holds Manbij. [2] The army left Homs [1][7]."
    cited = cite(text, PASSAGES)
    assert cited.text == "Turkey says it has Manbij [1], but the SDF says it holds Manbij. [2] The army left Homs [3]."
    assert cited.removed == 1
    turkey, sdf, homs = cited.citations
    assert (turkey.n, turkey.sentence) == (1, "Turkey says that Manbij is in its hands.")
    assert (sdf.n, sdf.sentence) == (2, "The SDF says that it still holds Manbij.")
    assert turkey.passage == sdf.passage == MANBIJ
    assert (homs.n, homs.article_id, homs.title, homs.source, homs.url) == (3, "homs", "On homs", "Desk", "http://x/homs")
    assert homs.date == datetime.date(2024, 12, 8)
    assert HOMS[homs.start : homs.end] == homs.sentence == "The army left Homs on 7 December."


@pytest.mark.parametrize(
    ("form", "marks"),
    [
        ("[1]", "[1]"),
        ("[1, 2]", "[1][2]"),
        ("[1,2]", "[1][2]"),
        ("[1; 2]", "[1][2]"),
        ("[1 2]", "[1][2]"),
        ("[1 and 2]", "[1][2]"),
        ("[1, 2, and 4]", "[1][2][4]"),
        ("[1-3]", "[1][2][3]"),
        ("[1–3]", "[1][2][3]"),
        ("[1 to 3, 5]", "[1][2][3][5]"),
        ("【1】", "[1]"),
        ("［1］", "[1]"),
        ("【1†source】", "[1]"),
        ("【1:0†L1-L5】", "[1]"),
        ("[^1]", "[1]"),
        ("[^1^]", "[1]"),
        ("[#1]", "[1]"),
        ("[source 1]", "[1]"),
        ("[Source: 1]", "[1]"),
        ("[Passages 1 and 2]", "[1][2]"),
        ("[passage 1, passage 2]", "[1][2]"),
        ("[ 1 ]", "[1]"),
        ("[[1]]", "[1]"),
        ("[1][2]", "[1][2]"),
    ],
)
def test_every_form_of_mark_becomes_one(form: str, marks: str) -> None:
    assert normalise(f"Text {form}.") == f"Text {marks}."


@pytest.mark.parametrize("text", ["in [2016]", "[2016-2019]", "[12:30]", "[the army]", "[sic]", "[]", "a[i]", "(1)"])
def test_other_brackets_stay_text(text: str) -> None:
    assert normalise(text) == cite(text, PASSAGES).text == text


@pytest.mark.parametrize(
    ("text", "shown", "removed"),
    [
        ("It fell [7].", "It fell.", 1),
        ("It fell. [7] It rose. [1]", "It fell. It rose. [1]", 1),
        ("It fell [7][1].", "It fell [1].", 1),
        ("It fell [1, 7, 9].", "It fell [1].", 2),
        ("It fell [2-5].", "It fell [1].", 3),
        ("It fell [7]\n\n[8] It rose.", "It fell\n\nIt rose.", 2),
        ("It fell [0] [-1] [99999].", "It fell [-1].", 2),
        ("[7]", "", 1),
    ],
)
def test_a_mark_that_names_no_passage_is_removed_and_counted(text: str, shown: str, removed: int) -> None:
    cited = cite(text, PASSAGES)
    assert (cited.text, cited.removed) == (shown, removed)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("The SDF holds Manbij [2]. The army left Homs [1].", "The SDF holds Manbij [1]. The army left Homs [2]."),
        ("The army left Homs [1]. The army left Homs [1].", "The army left Homs [1]. The army left Homs [1]."),
        ("The army left Homs [1][1] [1].", "The army left Homs [1]."),
        ("The army left Homs. [1]\n\nHoms is on the M5. [1]", "The army left Homs. [1]\n\nHoms is on the M5. [2]"),
        ("The army left Homs [1](https://evil.example/?a=b).", "The army left Homs [1]."),
        ("The army left Homs [1] (see the map).", "The army left Homs [1] (see the map)."),
        ("The army left Homs [1", "The army left Homs"),
        ("The army left [Homs", "The army left [Homs"),
    ],
)
def test_marks_are_numbered_in_the_order_of_their_first_appearance(text: str, shown: str) -> None:
    assert cite(text, PASSAGES).text == shown


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("One thing happened. Another thing followed. [1]", ["Another thing followed."]),
        ("One thing happened [1]. Another thing followed [2].", ["One thing happened", "Another thing followed"]),
        ("One thing happened [1] and another followed [2].", ["One thing happened", "and another followed"]),
        ("One thing happened in Homs [1], too [2].", ["One thing happened in Homs", "One thing happened in Homs, too"]),
        ("Mr. al-Assad left at 5.30 p.m. on Sunday. [1, 2]", ["Mr. al-Assad left at 5.30 p.m. on Sunday."] * 2),
        ("As of 8 December 2024, Desk: the army left. [1]", ["the army left."]),
        ("[1] One thing happened.", [""]),
    ],
)
def test_a_mark_proves_the_statement_before_it(text: str, statements: list[str]) -> None:
    asked = []

    def support(statement: str, passage: Passage) -> int:
        asked.append(statement)
        return 0

    cite(text, PASSAGES, support)
    assert asked == statements


@pytest.mark.parametrize(
    ("statement", "sentence"), [("The SDF holds it", 2), ("Turkey's hands", 1), ("nothing of it", 0), ("", 0)]
)
def test_words_choose_the_supporting_sentence(statement: str, sentence: int) -> None:
    assert support_by_words(statement, PASSAGES[1].passage) == sentence


def test_plain_text_passes_at_once_and_a_mark_when_it_is_whole() -> None:
    marks = MarkFilter(PASSAGES)
    pieces = ["The army", " left [", "the city of] Homs", " [", "7", "]", "[1", "]", ". It", " is [9"]
    shown = ["The army", " left", " [the city of] Homs", "", "", "", "", "", " [1]. It", " is"]
    assert [marks.feed(piece) for piece in pieces] == shown
    assert marks.finish() == "" and marks.removed == 1


@pytest.mark.parametrize("seed", range(20))
def test_a_stream_ends_as_the_whole_text_however_it_is_cut_and_never_shows_a_false_mark(seed: int) -> None:
    chance = random.Random(seed)
    words = ["The army left Homs", "Manbij", "[1]", "[2]", "[7]", " [1, 9]", "【2】", "[^1]", "[source 2]", "[[1]]"]
    words += [". ", " ", "\n\n", "[", "]", "(", ")", "[2016]", "[1](http://e.example)", "[1-3] ", "As of 8 May, Desk: "]
    text = "".join(chance.choice(words) for _ in range(60))
    cuts = sorted(chance.sample(range(len(text)), 25))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    marks = MarkFilter(PASSAGES)
    shown = "".join(marks.stream(pieces))
    whole = cite(text, PASSAGES)
    assert (shown, marks.citations, marks.removed) == (whole.text, whole.citations, whole.removed)
    assert "[7]" not in shown and "9" not in shown


@pytest.mark.parametrize("count", [20, 26, 27, 28, 60])
def test_a_list_too_long_for_a_mark_is_text_in_a_stream_and_in_the_whole(count: int) -> None:
    text = f"It fell [{'1, ' * count}1]."
    assert "".join(MarkFilter(PASSAGES).stream(text)) == cite(text, PASSAGES).text
    assert (cite(text, PASSAGES).text == "It fell [1].") == (count * 3 + 3 <= LONGEST_MARK_CHARACTERS)


def test_a_bracket_that_never_closes_does_not_hold_the_stream() -> None:
    marks = MarkFilter(PASSAGES)
    assert len("".join(marks.feed("[" + "word " * 3) for _ in range(100))) > 1000
