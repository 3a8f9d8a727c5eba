from pathlib import Path

import pytest

from index.errors import ModelError
from index.language.parser import LONGEST_SENTENCE_CHARACTERS, Parser, dateline_end
from tests.support.parsing import parsed
from tests.support.reports import parser


@pytest.mark.parametrize(
    "text",
    [
        "The museum at Ilsvik bought two paintings by Petra Holm.",
        "Zhovtanka's mayor overtook Brzezina - narrowly - in the poll.",
        "  Two   spaces,\ttabs and a\nline break in Quorrabin. ",
        "“Quoted,” said Nkemelu; caf\u00e9s in \u0141\u00f3d\u017a stayed shut 🙂 today.",
        "OSTERBY, May 3 (Agency) - The choir sang in Osterby.",
    ],
)
def test_each_token_stands_where_it_says(text: str) -> None:
    tokens = parsed(text).tokens
    assert tokens
    assert [text[token.start : token.end] for token in tokens] == [token.text for token in tokens]
    assert all(token.end <= other.start for token, other in zip(tokens, tokens[1:], strict=False))
    assert all(0 <= token.head < len(tokens) for token in tokens)


def test_names_that_nobody_knows_are_read_as_names() -> None:
    sentence = parsed("Quorrabin hired Zhovtanka on Friday.")
    subject, verb, patient = sentence.tokens[:3]
    assert (subject.dep, verb.lemma, patient.dep) == ("nsubj", "hire", "dobj")
    assert subject.is_name and patient.is_name


@pytest.mark.parametrize("name", ["Ursela von der Leyen", "Ahmed bin Rashed", "Luiz de la Crus"])
def test_small_words_inside_a_name_belong_to_it(name: str) -> None:
    [sentence] = parser().parse([f"On Monday {name} was elected mayor."])
    assert name in [token.text for token in sentence.tokens if token.is_name]


def test_a_verb_with_re_before_it_is_one_verb() -> None:
    [sentence] = parser().parse(["Ada Lund was re-elected as president."])
    assert [token.text for token in sentence.tokens if token.is_verb] == ["was", "elected"]
    [subject] = sentence.of(next(token for token in sentence.tokens if token.text == "elected"), "nsubjpass")
    assert subject.text == "Ada Lund"


def test_who_speaks_behind_a_name_is_the_subject() -> None:
    sentence = parsed("The flag is back on Snake Island, a spokeswoman for the southern command says.")
    [subject] = sentence.of(next(token for token in sentence.tokens if token.text == "says"), "nsubj")
    assert subject.text == "spokeswoman"


def test_an_irregular_verb_keeps_its_prefix() -> None:
    assert parsed("The editor overslept.").tokens[2].lemma == "oversleep"


@pytest.mark.parametrize(
    ("text", "dateline"),
    [
        ("OSTERBY, May 3 (Agency) - The choir sang.", "OSTERBY, May 3 (Agency) - "),
        ("PORT ELLEN – Ferries were late.", "PORT ELLEN – "),
        ("The NATO – an alliance – met.", ""),
        ("Osterby - a town - is small.", ""),
        ("", ""),
    ],
)
def test_a_dateline_is_known(text: str, dateline: str) -> None:
    assert text[: dateline_end(text)] == dateline


def test_a_dateline_has_no_tokens() -> None:
    assert parsed("OSTERBY, May 3 (Agency) - Singers met.").tokens[0].text == "Singers"


def test_of_a_sentence_without_end_the_beginning_is_read() -> None:
    text = "word " * 2_000
    assert parsed(text).tokens[-1].end <= LONGEST_SENTENCE_CHARACTERS
    assert parsed(text).text == text


@pytest.mark.parametrize("text", ["", " ", "\n\t", "…", "\u200b"])
def test_what_holds_no_words_is_read_all_the_same(text: str) -> None:
    assert parsed(text).text == text


def test_subtrees_and_conjuncts_are_in_order() -> None:
    sentence = parsed("Apples, pears and plums grew in the old orchard.")
    [apples] = [token for token in sentence.tokens if token.text == "Apples"]
    assert [token.text for token in sentence.conjuncts(apples)] == ["Apples", "pears", "plums"]
    root = next(token for token in sentence.tokens if token.dep == "ROOT")
    assert sentence.subtree(root) == list(sentence.tokens)


def test_texts_are_parsed_in_the_order_given() -> None:
    texts = ["Snow fell.", "Trains stopped.", "Children cheered."]
    assert [sentence.text for sentence in parser().parse(texts)] == texts


def test_a_pipeline_that_is_missing_is_named_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="pip install -r requirements.txt"):
        Parser(str(tmp_path / "none"))


def test_a_parser_that_is_closed_takes_no_more() -> None:
    closing = Parser()
    closing.close()
    with pytest.raises(ModelError, match="is being stopped"):
        closing.parse(["Snow fell."])
