"""Counts tokens with tiktoken from the vocabulary that ships in `index/language/vocabulary`; nothing is fetched."""

import base64
import hashlib
import os
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from threading import Lock

import tiktoken

ENCODING = "o200k_base"
MUCH_RARER = 2.5
VOCABULARY = Path(__file__).parent / "vocabulary"
ENCODING_FILE = hashlib.sha1(b"https://openaipublic.blob.core.windows.net/encodings/o200k_base.tiktoken").hexdigest()
CL100K_FILE = hashlib.sha1(b"https://openaipublic.blob.core.windows.net/encodings/cl100k_base.tiktoken").hexdigest()
CL100K_SHA256 = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"


def count_tokens(text: str) -> int:
    """Number of `o200k_base` tokens of `text`; special-token text in it counts as ordinary text."""
    return _count(_encoding(ENCODING, VOCABULARY), text)


def counter(model: str) -> Callable[[str], int]:
    """What counts the tokens of a text as the LLM `model`, provider:name, does, where that is known.

    That is so for the models of OpenAI whose encoding ships here, and for those of `cl100k_base` if the folder in
    TIKTOKEN_CACHE_DIR holds its file unharmed. For any other `o200k_base` stands in, which may count less: leave a
    margin.
    """
    folder = Path(os.environ.get("TIKTOKEN_CACHE_DIR") or VOCABULARY)
    try:
        name = tiktoken.encoding_name_for_model(model.partition(":")[2])
    except KeyError:
        return count_tokens
    if name == "cl100k_base" and _is_whole(folder / CL100K_FILE):
        return partial(_count, _encoding(name, folder))
    return count_tokens


def is_common_word(word: str) -> bool:
    """Whether `word`, in lower case, is frequent enough in the world's text to be one token of the vocabulary."""
    return _rank(word.lower()) is not None


def is_more_common_with_capital(word: str) -> bool:
    """Whether the vocabulary, most frequent first, has `word` with a capital far before `word` in lower case."""
    capital, lower = _rank(word.capitalize()), _rank(word.lower())
    return capital is not None and (lower is None or lower > MUCH_RARER * capital)


def _rank(word: str) -> int | None:
    """The number of the token that is `word` behind a space; None where it is several tokens."""
    rank = _ranks().get(base64.b64encode(f" {word}".encode(errors="replace")))
    return None if rank is None else int(rank)


@cache
def _ranks() -> dict[bytes, bytes]:
    """The vocabulary: each token in base64 with its number. Read here, since tiktoken takes four times as long to make
    its tables of it, and to look words up needs none of them."""
    return dict(line.split(b" ", 1) for line in (VOCABULARY / ENCODING_FILE).read_bytes().splitlines())


def _count(encoding: tiktoken.Encoding, text: str) -> int:
    return len(encoding.encode(text, disallowed_special=()))


def _is_whole(file: Path) -> bool:
    """Whether tiktoken will read `file`: one that is missing or harmed it would fetch."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest() == CL100K_SHA256
    except OSError:
        return False


def _encoding(name: str, folder: Path) -> tiktoken.Encoding:
    # One thread at a time: another would meet the environment of this one, and put it back as its own.
    with _loading:
        return _loaded(name, folder)


@cache
def _loaded(name: str, folder: Path) -> tiktoken.Encoding:
    before = os.environ.get("TIKTOKEN_CACHE_DIR")
    os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
    try:
        return tiktoken.get_encoding(name)
    finally:
        if before is None:
            del os.environ["TIKTOKEN_CACHE_DIR"]
        else:
            os.environ["TIKTOKEN_CACHE_DIR"] = before


_loading = Lock()
