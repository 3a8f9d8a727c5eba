import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from index.language.tokens import VOCABULARY, _encoding
from index.language.words import stem, stems, words


@pytest.mark.parametrize("text, expected", [
    ("The U.S. army’s men", ["The", "US", "army", "men"]),
    ("Maarat al-Numan", ["Maarat", "al", "Numan"]),
    ("3.5 million", ["3.5", "million"]),
    ("don't “quote”", ["don't", "quote"]),
    ("a_b", ["a", "b"]),
    ("…?!", []),
])
def test_words_are_cut_as_they_stand(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_words_that_say_nothing_have_no_stem_in_the_list() -> None:
    assert stems("Who controls the city of Hama?") == ["control", "citi", "hama"]


@pytest.mark.parametrize("form, other", [
    ("controlled", "Controls"), ("Café", "cafe"), ("Łódź", "lodz"), ("Đoković", "Djokovic"),
    ("Straße", "Strasse"), ("rebels", "rebel"),
])
def test_forms_of_a_word_share_a_stem(form: str, other: str) -> None:
    assert stem(form) == stem(other)


def test_threads_get_the_same_stems_as_one() -> None:
    vocabulary = [
        word for token in _encoding("o200k_base", VOCABULARY).token_byte_values()[:40_000]
        if (word := token.decode(errors="ignore").strip()).isalpha()
    ]
    expected = [stem.__wrapped__(word) for word in vocabulary]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            runs = [threads.submit(lambda: [stem.__wrapped__(word) for word in vocabulary]) for _ in range(8)]
            assert all(run.result() == expected for run in runs)
    finally:
        sys.setswitchinterval(interval)
