"""What a reader asks one after the other: questions that are no follow-ups, times, lists, tables, names as typed."""

from collections.abc import Iterator

import pytest

from chatbot.answer import Answer
from chatbot.answering.pipeline import Chain
from tests.support.chains import chain_over, talk

ARTICLES = [
    ("Ferry fares", "2024-05-21", (
        "Ferry operator Sandvik will not raise fares this year. Rig Olden is held by the army."
    )),
    ("A bakery shuts", "2024-05-22", (
        "The bakery on Mill Lane shut on Wednesday after forty years. Its owner is retiring."
    )),
    ("Rules for the market", "2024-05-16", (
        "The council approved rules for the market on Thursday.\n\nThe rules for traders are:\n\n"
        "- Stalls close at six.\n\n- Dogs stay outside.\n\nThe mayor welcomed them."
    )),
    ("The league", "2024-05-14", (
        "The league published its table on Tuesday.\n\nTeam: Olden Rovers; Coach: Mira Tveit; Points: 41\n\n"
        "Team: Sandvik Town; Coach: Per Holm; Points: 38"
    )),
    ("A concert", "2024-05-10", "The Qu’ara Choir sang in the Ta’if Hall on Friday. Two thousand people came."),
    ("The valley", "2024-05-02", (
        "Fighters of the Vik Liberation Army (VLA) captured Holmen on 9 March. The VLA has held Osby since April. "
        "Government forces hold Lund."
    )),
    ("A truce", "2024-05-12", "The truce was negotiated by Sorrel's envoy, Emil Tveit. It lasts for sixty days."),
    ("A reader", "2024-05-01", (
        "Designer Ida Moen said that the reader would fold in two. “It took us four years,” she added."
    )),
    ("Harbour chief jailed", "2024-05-06", (
        "Ileana Vasko, the former harbour chief, was jailed for six years on Monday. The trial was led by Judge "
        "Henrike Solano. The judge ordered her to repay 480,000 crowns."
    )),
    ("A reshuffle", "2024-03-18", (
        "Per Holm stays as finance minister. Ida Moe was named foreign minister on Friday. Ships call at Tarsk again."
    )),
    ("A convoy", "2024-03-19", "Eighteen trucks entered Holmen with aid. Tarsk, further north, got none."),
    ("A fine", "2024-03-20", "The bank was fined nine million crowns for money laundering."),
    ("The port", "2024-05-04", "Selma Krog, 47, will lead the port of Vik. She has run the fish hall since 2019."),
    ("Swimming", "2024-05-03", "The county opened a swimming pool in Vik. A ticket costs nine crowns."),
]  # fmt: skip


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with chain_over(tmp_path_factory.mktemp("conversations"), ARTICLES) as answerer:
        yield answerer


def quoted(answer: Answer) -> list[str]:
    return [citation.sentence for citation in answer.citations]


def days_of(answer: Answer) -> list[str]:
    return [citation.date.isoformat() for citation in answer.citations if citation.date]


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("Who is the mayor of Vik?", "How much does a ticket cost?", "A ticket costs nine crowns."),
        ("Latest news", "Any news about the bakery?", "The bakery on Mill Lane shut on Wednesday after forty years."),
        ("What is new in Vik?", "summary of the fares", "Ferry operator Sandvik will not raise fares this year."),
    ],
)
def test_a_question_of_its_own_is_answered_whatever_was_asked_before(
    chain: Chain, before: str, question: str, expected: str
) -> None:
    assert expected in quoted(talk(chain, before, question)[-1])


def test_a_time_is_not_handed_on_to_a_question_of_something_else(chain: Chain) -> None:
    answer = talk(chain, "Who held Holmen on 10 March?", "Who negotiated the truce?", "How long does it last?")
    assert quoted(answer[1])[0] == "The truce was negotiated by Sorrel's envoy, Emil Tveit."
    assert "It lasts for sixty days." in quoted(answer[2])


@pytest.mark.parametrize(
    "question", ["Which towns does the VLA hold?", "Which towns does the Vik Liberation Army control?"]
)
def test_the_places_of_a_side_are_found_by_each_of_its_names(chain: Chain, question: str) -> None:
    text = " ".join(quoted(chain.answer(question)))
    assert "Holmen" in text and "Osby" in text and "Lund" not in text


def test_a_name_that_ends_in_an_article_is_left_whole(chain: Chain) -> None:
    assert chain.answer("Which articles mention Mira Tveit?").text.startswith("1 article mentions Mira Tveit:")


def test_she_is_the_person_whom_the_answer_before_names(chain: Chain) -> None:
    answer = talk(chain, "Who said that the reader would fold in two?", "What else did she say?")[-1]
    assert answer.standalone_question == "What else did Ida Moen say?" and quoted(answer)


def test_an_office_is_that_of_the_place_before(chain: Chain) -> None:
    assert talk(chain, "What happened in Vik?", "How old is the mayor?")[-1].abstained


def test_what_happened_within_a_time_is_told_newest_first_in_any_conversation(chain: Chain) -> None:
    answer = talk(chain, "Who is the coach of Sandvik Town?", "What happened this week?")[-1]
    assert days_of(answer) == ["2024-05-22", "2024-05-21"]


def test_news_of_a_time_leave_other_days_out(chain: Chain) -> None:
    assert days_of(chain.answer("The headlines of last week?")) == ["2024-05-16", "2024-05-14"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Will Sandvik raise fares?", "Ferry operator Sandvik will not raise fares this year."),
        ("Who holds Rig Olden?", "Rig Olden is held by the army."),
    ],
)
def test_a_noun_that_is_also_a_verb_opens_no_order(chain: Chain, question: str, expected: str) -> None:
    assert quoted(chain.answer(question))[0] == expected


@pytest.mark.parametrize("question", ["List the rules for traders", "What are the rules for traders?"])
def test_a_list_is_quoted_with_its_items(chain: Chain, question: str) -> None:
    assert [
        sentence for sentence in quoted(chain.answer(question)) if not sentence.startswith("The council")
    ][:3] == ["The rules for traders are:", "Stalls close at six.", "Dogs stay outside."]


@pytest.mark.parametrize(
    ("question", "team"),
    [
        ("Who is the coach of Sandvik Town?", "Sandvik Town"),
        ("Who coaches Olden Rovers?", "Olden Rovers"),
        ("How many points does Olden Rovers have?", "Olden Rovers"),
    ],
)
def test_only_the_row_of_what_is_named_is_quoted(chain: Chain, question: str, team: str) -> None:
    rows = [sentence for sentence in quoted(chain.answer(question)) if sentence.startswith("Team:")]
    assert rows and all(team in row for row in rows)


@pytest.mark.parametrize("hall", ["Ta'if Hall", "Ta’if Hall", "Taif Hall"])
def test_an_apostrophe_in_a_name_may_be_typed_in_any_way(chain: Chain, hall: str) -> None:
    answer = chain.answer(f"Who sang in the {hall}?")
    assert quoted(answer)[:1] == ["The Qu’ara Choir sang in the Ta’if Hall on Friday."]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who is Emil Tveit?", "The truce was negotiated by Sorrel's envoy, Emil Tveit."),
        ("Who is Per Holm?", "Team: Sandvik Town; Coach: Per Holm; Points: 38"),
        ("What did Ida Moen say about the reader?", "Designer Ida Moen said that the reader would fold in two."),
    ],
)
def test_who_somebody_is_and_what_she_says_is_quoted(chain: Chain, question: str, expected: str) -> None:
    assert expected in quoted(chain.answer(question))


def test_a_contraction_is_no_name(chain: Chain) -> None:
    assert "Isn't" not in chain.answer("Isn't Per Holm the coach of Sandvik Town?").text


@pytest.mark.parametrize("first", ["How long was Ileana Vasko jailed for?", "Who is Ileana Vasko?"])
def test_a_question_that_names_nothing_is_about_the_story_before(chain: Chain, first: str) -> None:
    judge = talk(chain, first, "who is the judge")[-1]
    assert not judge.abstained and "Solano" in judge.citations[0].sentence


@pytest.mark.parametrize(
    ("question", "stands"), [("who is the finance minister?", "Holm"), ("Who is foreign minister?", "Ida Moe")]
)
def test_an_office_is_told_from_others_of_its_kind(chain: Chain, question: str, stands: str) -> None:
    assert stands in quoted(chain.answer(question))[0]


@pytest.mark.parametrize("question", ["Who is the interior minister?", "who is defence minister"])
def test_an_office_that_nobody_has_is_not_answered_with_another(chain: Chain, question: str) -> None:
    assert chain.answer(question).abstained


@pytest.mark.parametrize("before", ["Who controls Vessby?", "How many trucks entered Holmen?"])
def test_a_name_that_no_article_mentions_is_no_context(chain: Chain, before: str) -> None:
    answer = talk(chain, before, "who was fined?")[-1]
    assert not answer.abstained and "fined" in answer.citations[0].sentence


@pytest.mark.parametrize("question", ["What is the latest on Tarsk?", "Whats the latest from Tarsk"])
def test_the_latest_on_a_place_is_what_names_it(chain: Chain, question: str) -> None:
    sentences = quoted(chain.answer(question))
    assert sentences and all("Tarsk" in sentence for sentence in sentences)


@pytest.mark.parametrize("question", ["Timeline of Holmen", "Summarise the Holmen convoy"])
def test_what_asks_for_an_overview_is_no_part_of_a_name(chain: Chain, question: str) -> None:
    assert any("Holmen" in sentence for sentence in quoted(chain.answer(question)))


@pytest.mark.parametrize(
    ("questions", "understood"),
    [
        (("who is ileana vasko?", "how long will she be in jail?"), "How long will Ileana Vasko be in jail?"),
        (("Who was jailed for six years?", "and who judged her?"), "Who judged Ileana Vasko?"),
        (("Who led the trial of Ileana Vasko?", "What did the bakery do?", "Why?", "and in May?"),
         "What did the bakery do in May?"),
    ],
)  # fmt: skip
def test_what_leans_is_read_with_what_it_leans_on(
    chain: Chain, questions: tuple[str, ...], understood: str
) -> None:
    assert talk(chain, *questions)[-1].understood.own == understood


def test_a_name_typed_in_lower_case_is_read_as_the_articles_write_it(chain: Chain) -> None:
    answer = chain.answer("who is ileana vasko?")
    assert quoted(answer)[0].startswith("Ileana Vasko, the former harbour chief")
    assert answer.understood.own == "who is Ileana Vasko?"


def test_how_old_somebody_is_stands_beside_the_name(chain: Chain) -> None:
    answers = talk(chain, "Who is Selma Krog?", "how old is she?")
    assert quoted(answers[-1]) == ["Selma Krog, 47, will lead the port of Vik."]
