"""Fits the cross-encoder's low-rank matrices on QAMR: questions on single sentences of Wikinews and Wikipedia.

    python -m benchmarks.fit_cross_encoder --data FOLDER

FOLDER holds `qamr/`. Writes `index/search/cross_encoder.safetensors`. A positive pair is a question and its sentence, a
negative one the question and another sentence, mostly of the same document and with words in common.
"""

import argparse
import gzip
import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from index.search.cross_encoder import CrossEncoder, Head, Pieces, joined
from index.search.numpy_cross_encoder import LORA_SCALE, WEIGHTS

RANK, STEPS, BATCH, KIND_SPREAD = 32, 2000, 32, 0.05
LORA_RATE, HEAD_RATE, DECAY = 8e-4, 1.5e-3, 0.01
LONGEST_PIECES = 70
ADAPTED = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
_MARKS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "``": '"', "''": '"'}


@dataclass(frozen=True)
class Example:
    """A question, the id of the sentence that it is on, and the places of the words that answer it."""

    question: str
    sentence: str
    answer: tuple[int, ...]


@dataclass(frozen=True)
class Sentence:
    """A sentence as text, with the span of each of its words."""

    text: str
    words: tuple[tuple[int, int], ...]


class Adapted(nn.Module):
    """A fixed linear layer and a low-rank change of it (LoRA, Hu et al., ICLR 2022)."""

    def __init__(self, fixed: nn.Linear) -> None:
        super().__init__()
        self.fixed = fixed
        self.a = nn.Linear(fixed.in_features, RANK, bias=False)
        self.b = nn.Linear(RANK, fixed.out_features, bias=False)
        nn.init.normal_(self.a.weight, std=0.02)
        nn.init.zeros_(self.b.weight)

    def forward(self, states: Tensor) -> Tensor:
        """The layer's output, changed."""
        changed: Tensor = self.fixed(states) + LORA_SCALE * self.b(self.a(states))
        return changed


def read_sentences(folder: Path) -> dict[str, Sentence]:
    """The sentences by their ids; Penn Treebank tokens are joined as they are written."""
    sentences = {}
    for line in gzip.open(folder / "wiki-sentences.tsv.gz", "rt", encoding="utf-8"):
        ident, words = line.rstrip("\n").split("\t", 1)
        sentences[ident] = _joined_words(words.split())
    return sentences


def read_examples(folder: Path) -> list[Example]:
    """The questions with the words of their first answer."""
    examples = []
    for name in ("filtered_dev", "filtered_test"):
        for line in gzip.open(folder / f"{name}.tsv.gz", "rt", encoding="utf-8"):
            row = line.rstrip("\n").split("\t")
            examples.append(Example(row[5], row[0], tuple(map(int, row[6].split()))))
    return examples


def _joined_words(words: Sequence[str]) -> Sentence:
    text, spans, glued = "", [], True
    for word in words:
        plain = _MARKS.get(word, word)
        closes = re.fullmatch(r"[,.:;?!)\]%]|'s|n't|'re|'ve|'ll|'d|'m|'|''", word) is not None
        text += "" if glued or closes else " "
        spans.append((len(text), len(text) + len(plain)))
        text += plain
        glued = plain in "([$" or word == "``"
    return Sentence(text, tuple(spans))


def _document(ident: str) -> str:
    return ":".join(ident.split(":")[:3])


class Pairs:
    """Draws batches of pairs, half of them negative."""

    def __init__(self, encoder: CrossEncoder, sentences: dict[str, Sentence], examples: Sequence[Example]) -> None:
        self._encoder, self._sentences, self._examples = encoder, sentences, examples
        self._documents: dict[str, list[str]] = defaultdict(list)
        for ident in sentences:
            self._documents[_document(ident)].append(ident)

    def draw(self, count: int) -> list[tuple[Pieces, Pieces, float, Tensor]]:
        """Question, sentence, whether it answers, and which of the sentence's pieces do."""
        pairs: list[tuple[Pieces, Pieces, float, Tensor]] = []
        while len(pairs) < count:
            example = random.choice(self._examples)
            question = self._encoder.pieces([example.question])[0]
            for ident, answers in ((example.sentence, 1.0), (self._other(example), 0.0)):
                sentence = self._sentences[ident]
                pieces = self._encoder.pieces([sentence.text])[0]
                if len(pieces[0]) <= LONGEST_PIECES:
                    pairs.append((question, pieces, answers, self._answer(sentence, example, answers > 0)))
        return pairs

    def _answer(self, sentence: Sentence, example: Example, answers: bool) -> Tensor:
        spans = self._encoder.spans(sentence.text)
        wanted = [sentence.words[n] for n in example.answer if n < len(sentence.words)] if answers else []
        return torch.tensor([any(start < last and first < end for first, last in wanted) for start, end in spans])

    def _other(self, example: Example) -> str:
        asked = set(re.findall(r"\w{3,}", example.question.lower()))
        near = [ident for ident in self._documents[_document(example.sentence)] if ident != example.sentence]
        pool = random.sample(near, min(6, len(near))) or random.sample(list(self._sentences), 6)
        return max(pool, key=lambda one: len(asked & set(re.findall(r"\w+", self._sentences[one].text.lower()))))


def fit(pairs: Pairs, head: Head) -> None:
    """Train the head and the low-rank matrices of its layers."""
    adapted = [p for name, p in head.named_parameters() if p.requires_grad and name.startswith("layers")]
    others = [p for name, p in head.named_parameters() if p.requires_grad and not name.startswith("layers")]
    optimizer = torch.optim.AdamW([{"params": adapted}, {"params": others}], weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, [LORA_RATE, HEAD_RATE], total_steps=STEPS, pct_start=0.08)
    for step in range(STEPS):
        rows = pairs.draw(BATCH)
        longest = max(len(question[0]) + len(sentence[0]) for question, sentence, _, _ in rows)
        batches = [joined(question, [sentence], longest) for question, sentence, _, _ in rows]
        states, kind, mask = (torch.cat(parts) for parts in zip(*batches, strict=True))
        answers, pieces = head(states, kind, mask)
        loss = nn.functional.binary_cross_entropy_with_logits(answers, torch.tensor([row[2] for row in rows]))
        told = [(n, len(row[0][0]), row[3]) for n, row in enumerate(rows) if row[2] > 0]
        for n, start, wanted in told:
            own = pieces[n, start : start + len(wanted)]
            loss = loss + 2 * nn.functional.binary_cross_entropy_with_logits(own, wanted.float()) / len(told)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_([*adapted, *others], 1.0)
        optimizer.step()
        schedule.step()
        if (step + 1) % 100 == 0:
            print(f"step {step + 1} of {STEPS}, loss {loss.item():.3f}", flush=True)


def adapt(head: Head) -> None:
    """Put a low-rank change beside each linear layer of the head's transformer layers, and fix all else of them."""
    head.layers.requires_grad_(False)
    for layer in head.layers:
        for name in ADAPTED:
            parent, _, last = name.rpartition(".")
            owner = layer.get_submodule(parent) if parent else layer
            fixed = getattr(owner, last)
            setattr(owner, last, Adapted(fixed))
    nn.init.normal_(head.kind.weight, std=KIND_SPREAD)


def main() -> None:
    """Read, fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    folder = parser.parse_args().data / "qamr"
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)
    encoder = CrossEncoder(None)
    adapt(encoder.head)
    encoder.head.train()
    fit(Pairs(encoder, read_sentences(folder), read_examples(folder)), encoder.head)
    kept = {name: value.half().contiguous() for name, value in encoder.head.state_dict().items() if _is_fitted(name)}
    save_file(kept, WEIGHTS)
    print(f"{WEIGHTS.stat().st_size} bytes in {WEIGHTS.name}")


def _is_fitted(name: str) -> bool:
    return not name.startswith("layers.") or name.endswith((".a.weight", ".b.weight"))


if __name__ == "__main__":
    main()
