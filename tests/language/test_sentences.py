import time

import pytest

from index.language.sentences import sentence_spans


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize("sentences", [
    ["Mr. al-Assad met Gen. H. R. Stone in the U.S. on Jan. 5.", "He left at 3 p.m. on Friday."],
    ["J. K. Holm wrote it.", "The U.S. Army paid $3.5 million for No. 5 in St. Petersburg.", "Dr. Lie agreed."],
    ["“We are in favor of it,” he said.", "“It will hold.”", "She left."],
    ["He asked, “Who is there?” and went on.", '"Stop!" she cried.', "They ran."],
    ["The army would “expel them … over the entire city.”", "The rest fled."],
    ["About 3.5 percent of 1.2 million people left...", "Then they returned."],
    ["Lt. Gen. Ahmed and Sen. Lee of the U.N. spoke.", "The E.U. did not."],
    ["The president said: \"We will win. We will fight on.\"", "He then left."],
    ["Homs fell on Dec. 8, 2024.", "It was 5 a.m.", "The so-called S.D.F. withdrew."],
    ["他们占领了城市。", "军队撤退了！"],
    ["هل سقطت المدينة؟", "نعم سقطت."],
])
def test_sentences_end_where_they_end(sentences: list[str]) -> None:
    assert split(" ".join(sentences)) == sentences


def test_a_line_break_ends_a_sentence() -> None:
    assert split("Ferries stop\n\nThe council met\nIt rained.") == ["Ferries stop", "The council met", "It rained."]


def test_a_credit_in_brackets_belongs_to_its_caption() -> None:
    caption = "A ferry in Norvik. (Anna Berg / Coast)"
    assert split(caption) == [caption]
    assert split(f"{caption} {caption} It sank.") == [caption, caption, "It sank."]


@pytest.mark.parametrize("text", [
    "a" * 50_000, "1." * 9000, "(" * 9000, "“a”" * 5000, "e.g. " * 1000, "A. B. " * 5000, "¿?!… \t" * 500, "😀" * 9000,
    " \n\t \n", "", "∯ȸ A. ∯ B.", "x" * 15_000 + ". Y",
])
def test_every_character_but_white_space_is_in_one_sentence(text: str) -> None:
    began = time.monotonic()
    spans = sentence_spans(text)
    gaps = zip([0, *(end for _, end in spans)], [*(start for start, _ in spans), len(text)], strict=True)
    assert not "".join(text[start:end] for start, end in gaps).strip()
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("end", [" ", "\n"])
def test_a_long_text_can_be_left_while_it_is_split(end: str) -> None:
    text = f"The ferry came late, and people waited on the pier.{end}" * 4_000
    calls = 0

    def pause() -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        sentence_spans(text, pause)
    assert sentence_spans(text[:20_000], lambda: None) == sentence_spans(text[:20_000])
