import os
import subprocess
import sys
from pathlib import Path

import pytest

from index.tokens import count_tokens


@pytest.mark.parametrize("text, tokens", [("", 0), ("Who controls Aleppo?", 5), ("<|endoftext|>", 7)])
def test_tokens_are_counted(text: str, tokens: int) -> None:
    assert count_tokens(text) == tokens


def test_the_vocabulary_is_shipped_and_the_environment_left_alone() -> None:
    code = (
        "import os, sys; sys.addaudithook(lambda e, a: sys.exit('network') if e == 'socket.getaddrinfo' else None);"
        "from index.tokens import count_tokens; count_tokens('a'); print(os.environ.get('TIKTOKEN_CACHE_DIR'))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "TIKTOKEN_CACHE_DIR"}
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == "None", done.stderr
