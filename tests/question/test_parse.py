import datetime

import pytest

from chatbot.answer import Understood
from chatbot.errors import QuestionError
from chatbot.question.names import find_names
from chatbot.question.parse import LONGEST_QUESTION_CHARACTERS, Era, QuestionKind, read

ALEPPO = "Who controls Aleppo?"
Day = datetime.date
NEWEST = Day(2024, 12, 31)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        (ALEPPO, QuestionKind.PERSON),
        ("Which group holds Homs?", QuestionKind.PERSON),
        ("whose planes bombed Aleppo?", QuestionKind.PERSON),
        ("When did Hama fall?", QuestionKind.TIME),
        ("What year was the truce?", QuestionKind.TIME),
        ("Where was the motorway cut?", QuestionKind.PLACE),
        ("In which city was he seen?", QuestionKind.PLACE),
        ("How many people fled?", QuestionKind.NUMBER),
        ("What was the death toll?", QuestionKind.NUMBER),
        ("Why did the army leave?", QuestionKind.REASON),
        ("How did the army leave?", QuestionKind.MANNER),
        ("What did the army say?", QuestionKind.THING),
        ("Is Damascus under government control?", QuestionKind.YES_NO),
        ("Who backed the army when it won?", QuestionKind.PERSON),
    ],
)
def test_the_kind_of_answer_is_that_of_the_first_question_word(question: str, kind: QuestionKind) -> None:
    assert read(question).kind is kind


@pytest.mark.parametrize(
    ("question", "own"),
    [
        ("What is the name of Orvane's chief executive?", "Who is Orvane's chief executive?"),
        ("What was the name of the mayor of Lindby?", "Who was the mayor of Lindby?"),
        ("What is the name of the bridge?", "What is the name of the bridge?"),
    ],
)
def test_who_has_an_office_is_asked_for_by_his_name(question: str, own: str) -> None:
    assert read(question).own == own


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (ALEPPO, ["Aleppo"]),
        ("Who took Tell Rifaat, and from whom?", ["Tell Rifaat"]),
        ("Who was in Deir ez-Zor?", ["Deir ez-Zor"]),
        ("Where did Bashar al-Assad go?", ["Bashar al-Assad"]),
        ("What did Turkey’s sources say of the SNA?", ["Turkey", "SNA"]),
        ("Was Hama held on Sunday, 1 December?", ["Hama"]),
        ("Tell me who left.", []),
        ("who controls aleppo", []),
        ("Does Łódź border on Ñuñoa?", ["Łódź", "Ñuñoa"]),
    ],
)
def test_names_are_found_without_question_words_and_dates(text: str, names: list[str]) -> None:
    assert find_names(text) == names


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("Who held Hama on 1 December?", Day(2024, 12, 1), Day(2024, 12, 1)),
        ("Who held Hama on December 1st?", Day(2024, 12, 1), Day(2024, 12, 1)),
        ("Who held Hama on 1 December 2023?", Day(2023, 12, 1), Day(2023, 12, 1)),
        ("Who held Hama in 2016?", Day(2016, 1, 1), Day(2016, 12, 31)),
        ("Who held Hama in December 2016?", Day(2016, 12, 1), Day(2016, 12, 31)),
        ("Who held Hama before 2016?", None, Day(2015, 12, 31)),
        ("Who held Hama before 3 December?", None, Day(2024, 12, 2)),
        ("Who held Hama until 3 December?", None, Day(2024, 12, 3)),
        ("Who held Hama as of 3 December?", None, Day(2024, 12, 3)),
        ("Who has held Hama since 3 December?", Day(2024, 12, 3), None),
        ("Who held Hama between 3 December and 5 December?", Day(2024, 12, 3), Day(2024, 12, 5)),
        ("Who held Hama between 3 and 5 December?", Day(2024, 12, 3), Day(2024, 12, 5)),
        ("Who held Hama from 3 to 5 December?", Day(2024, 12, 3), Day(2024, 12, 5)),
        (ALEPPO, None, None),
    ],
)
def test_a_date_gives_the_days_that_are_asked_about(question: str, since: Day | None, until: Day | None) -> None:
    reading = read(question, newest=NEWEST)
    assert (reading.since, reading.until) == (since, until)


@pytest.mark.parametrize(
    ("question", "era"),
    [
        (ALEPPO, Era.NOW),
        ("Who controlled Aleppo before the offensive?", Era.BEFORE),
        ("Who used to control Aleppo?", Era.BEFORE),
        ("Who controlled Aleppo before 2016?", Era.NOW),
    ],
)
def test_what_was_before_is_told_from_a_date(question: str, era: Era) -> None:
    assert read(question, newest=NEWEST).era is era


@pytest.mark.parametrize(
    ("question", "control"),
    [
        (ALEPPO, True),
        ("who is in charge of Aleppo?", True),
        ("Whose hands is Hama in?", True),
        ("Is Damascus under government control?", True),
        ("Where did Assad go?", False),
        ("What did the army say?", False),
        ("When did Hama fall?", False),
    ],
)
def test_questions_of_who_holds_a_place_are_known(question: str, control: bool) -> None:
    assert read(question).control is control


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        (ALEPPO, "And Homs?", "Who controls Homs?"),
        (ALEPPO, "What about Tell Rifaat?", "Who controls Tell Rifaat?"),
        (ALEPPO, "and in Deir ez-Zor?", "Who controls Deir ez-Zor?"),
        (ALEPPO, "Homs?", "Who controls Homs?"),
        ("who controls Aleppo", "how about Damascus", "who controls Damascus?"),
        ("Who took Hama?", "When?", "When? (Who took Hama?)"),
        ("Who took Hama?", "Why?", "Why? (Who took Hama?)"),
        ("What did they say of Aleppo?", "Who told them that?", "Who told them that? (What did they say of Aleppo?)"),
        (ALEPPO, "And before that?", "Who controls Aleppo before?"),
        ("Who controlled Hama on 1 December?", "and on 5 December?", "Who controlled Hama on 5 December?"),
        (ALEPPO, "in 2016?", "Who controls Aleppo in 2016?"),
        ("Who is Bashar al-Assad?", "Where did he go?", "Where did Bashar al-Assad go?"),
        # Neither a team nor whom somebody plays for is "he".
        ("Who beat Olden Rovers?", "How old is he?", "How old is he? (Who beat Olden Rovers?)"),
        ("Who scored for Olden?", "How old is he?", "How old is he? (Who scored for Olden?)"),
    ],
)
def test_a_follow_up_is_read_with_the_question_before(before: str, question: str, standalone: str) -> None:
    assert read(question, [Understood(before)], newest=NEWEST).standalone == standalone


def test_follow_ups_are_chained_through_what_they_mean() -> None:
    history = [Understood(ALEPPO)]
    for question in ("And Homs?", "When?", "Who told them that?"):
        history.append(read(question, history).understood)
    last = read("Who told them that?", history)
    assert last.names == ("Homs",) and last.context == "Who controls Homs?"


def test_brackets_that_a_reader_typed_are_no_context() -> None:
    typed = read("Who took the bridge (the old one at Tolmin)?")
    assert read("When?", [typed.understood]).standalone == "When? (Who took the bridge (the old one at Tolmin)?)"
    assert read("And Homs?", [Understood("Who holds Hama (city)")]).standalone == "Who holds Homs (city)?"


@pytest.mark.parametrize(
    "question",
    [
        "Where was the M5 motorway cut?",
        "Who mediated the truce in Manbij?",
        "How many people were killed?",
        "Is there a ceasefire in Idlib?",
        "What did the army say about Hama?",
    ],
)
def test_a_new_topic_is_not_polluted_by_the_old_one(question: str) -> None:
    reading = read(question, [Understood(ALEPPO), Understood("Who held Kherson on 1 December?")], newest=NEWEST)
    assert (reading.standalone, reading.context) == (question, "")
    assert not {"Aleppo", "Kherson"} & set(reading.names) and reading.until is None


def test_the_first_question_of_a_conversation_has_no_context() -> None:
    assert read("And Homs?").standalone == "And Homs?" and read("And Homs?").names == ("Homs",)


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "???", "\x00\x1b\x07", "…"])
def test_an_empty_question_is_refused(question: str) -> None:
    with pytest.raises(QuestionError, match="The question is empty. Type one, such as"):
        read(question)


def test_a_question_that_is_too_long_is_refused_with_both_lengths() -> None:
    with pytest.raises(QuestionError, match="has 100,000 characters, at most 2,000 are read"):
        read("a" * 100_000)
    assert read("a" * LONGEST_QUESTION_CHARACTERS).question == "a" * LONGEST_QUESTION_CHARACTERS


def test_control_characters_are_taken_for_spaces() -> None:
    assert read("\x00Who\x1b controls\r\nAleppo\u202e?").question == "Who controls Aleppo ?"


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("I'd like to know when Homs fell.", "when Homs fell."),
        ("Could you please tell me who controls Hama?", "who controls Hama?"),
        ("Hi, do you know what Ada Lund said?", "what Ada Lund said?"),
        ("I was wondering why the mayor resigned", "why the mayor resigned"),
        ("Do you know Ada Lund?", "Do you know Ada Lund?"),
        ("Who wanted to know when Homs fell?", "Who wanted to know when Homs fell?"),
    ],
)
def test_what_frames_a_question_falls_away(text: str, own: str) -> None:
    assert read(text, newest=NEWEST).own == own


@pytest.mark.parametrize(
    ("question", "month"),
    [("and in january?", (2023, 1)), ("and in June?", (2023, 6)), ("and in november?", (2022, 11)),
     ("and in June 2022?", (2022, 6))],
)  # fmt: skip
def test_a_month_without_a_year_is_near_the_day_that_the_answer_before_tells_of(
    question: str, month: tuple[int, int]
) -> None:
    before = [Understood("What was inflation in March?")]
    newest, about = datetime.date(2024, 1, 16), datetime.date(2023, 4, 6)
    reading = read(question, before, newest=newest, about=about)
    assert reading.since == datetime.date(*month, 1)
    assert "March" not in reading.standalone


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Who leads the WHO team?", ["WHO"]), ("Did the US agree?", ["US"]), ("WHO CONTROLS it?", ["CONTROLS"]),
        ("Who is it?", []),
    ],
)  # fmt: skip
def test_an_acronym_is_a_name_though_a_common_word_is_spelt_so(question: str, names: list[str]) -> None:
    assert find_names(question) == names


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Could you tell me where I'd find the food bank in Lindby?", ["Lindby"]),
        ("Can't the UN help?", ["UN"]),
        ("We've heard Lindby fell, isn't that so?", ["Lindby"]),
        ("Who runs O'Brien's shop?", ["O'Brien"]),
    ],
)
def test_a_contraction_is_no_name(question: str, names: list[str]) -> None:
    assert find_names(question) == names
