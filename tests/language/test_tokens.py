import os
import subprocess
import sys
from pathlib import Path

import pytest

from index.language.tokens import CL100K_FILE, count_tokens, counter, is_common_word, is_more_common_with_capital


@pytest.mark.parametrize("text, tokens", [("", 0), ("Who controls Aleppo?", 5), ("<|endoftext|>", 7)])
def test_tokens_are_counted(text: str, tokens: int) -> None:
    assert count_tokens(text) == tokens


def test_the_vocabulary_is_shipped_and_the_environment_left_alone() -> None:
    code = (
        "import os, sys; sys.addaudithook(lambda e, a: sys.exit('network') if e == 'socket.getaddrinfo' else None);"
        "from index.language.tokens import count_tokens; count_tokens('a'); print(os.environ.get('TIKTOKEN_CACHE_DIR'))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "TIKTOKEN_CACHE_DIR"}
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == "None", done.stderr


@pytest.mark.parametrize("model", ["openai:gpt-5-mini", "openai:gpt-oss-20b", "ollama:llama3.2:3b", "openai:gpt-4"])
def test_a_model_whose_own_encoding_is_not_here_is_counted_with_the_shipped_one(model: str) -> None:
    assert counter(model) is count_tokens


def test_a_harmed_encoding_is_neither_used_nor_fetched_nor_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / CL100K_FILE).write_text("harmed")
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    assert counter("openai:gpt-4") is count_tokens and (tmp_path / CL100K_FILE).exists()


@pytest.mark.parametrize(
    "word", ["the", "The", "harbour", "Zzyzx", "", "it's", "al-Sham", "Łódź", "\ud83d", "<|endoftext|>", "a b"]
)
def test_a_word_is_common_where_it_is_one_token(word: str) -> None:
    assert is_common_word(word) == (count_tokens(f" {word.lower()}") == 1)


def test_names_are_more_common_with_a_capital() -> None:
    assert [word for word in ("london", "Paris", "river", "Bridge", "zzyzx") if is_more_common_with_capital(word)] == [
        "london", "Paris"
    ]
