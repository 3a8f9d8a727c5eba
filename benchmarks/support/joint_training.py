"""Trains the low-rank matrices of the layers that read two texts together: the texts as word pieces, the adapted
layers, the steps. On a processor a fit takes many hours, on a GPU minutes; the device is the one that torch finds."""

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from index.search.bert import bert
from index.search.joint_layers import JointLayers
from index.search.joint_sizes import LORA_SCALE
from index.search.word_pieces import DIMENSION, tokenizer

RANK = 32
LORA_RATE, HEAD_RATE, DECAY = 8e-4, 1.5e-3, 0.01
STATES_AT_ONCE = 32
WARM_UP = 0.08
KIND_SPREAD = 0.05
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
_ADAPTED = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)


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


def adapt(layers: nn.ModuleList) -> None:
    """Put a low-rank change beside each linear layer of the bundled model's; all else of these layers is fixed."""
    layers.requires_grad_(False)
    for layer in layers:
        for name in _ADAPTED:
            parent, _, last = name.rpartition(".")
            owner = layer.get_submodule(parent) if parent else layer
            setattr(owner, last, Adapted(getattr(owner, last)))


def adaptable(weights: Path | None = None) -> JointLayers:
    """Layers on the device, with a low-rank change beside each linear layer of the bundled model's; all else of that is
    fixed. New ones, or such as were fitted before and stand in `weights`."""
    layers = JointLayers()
    for stack in (layers.lower, layers.layers):
        adapt(stack)
    nn.init.normal_(layers.kind.weight, std=KIND_SPREAD)
    if weights is not None:
        layers.load_state_dict({name: value.float() for name, value in load_file(weights).items()}, strict=False)
    bert().to(DEVICE).requires_grad_(False)
    return layers.to(DEVICE).train()


class Texts:
    """Texts as word pieces on the device, each known by its number."""

    def __init__(self, longest_pieces: int) -> None:
        self._tokenizer = tokenizer(longest_pieces)
        self._tokenizer.no_padding()
        self._numbers: dict[str, int] = {}
        self._ids: list[list[int]] = []
        self.spans: list[list[tuple[int, int]]] = []
        self._table: tuple[Tensor, Tensor] | None = None

    def number(self, text: str) -> int:
        """The number of a text."""
        if text not in self._numbers:
            encoding = self._tokenizer.encode(text)
            self._numbers[text] = len(self._ids)
            self._ids.append(encoding.ids)
            self.spans.append(encoding.offsets)
        return self._numbers[text]

    def bag(self, number: int) -> frozenset[int]:
        """The word pieces of a text, without their order."""
        return frozenset(self._ids[number])

    def pieces(self, number: int, spans: Iterable[tuple[int, int]]) -> list[int]:
        """The places of the word pieces that lie in one of these spans of a text's characters."""
        spans = list(spans)
        own = self.spans[number]
        return [n for n, (start, end) in enumerate(own) if end > start and any(start < b and a < end for a, b in spans)]

    def length(self, number: int) -> int:
        """How many word pieces a text has."""
        return len(self._ids[number])

    def rows(self, numbers: Sequence[int]) -> tuple[Tensor, Tensor, Tensor]:
        """Word pieces, those that are there, and those that are no start or end mark: each of shape (texts, pieces)."""
        if self._table is None:
            lengths = [len(ids) for ids in self._ids]
            padded = np.zeros((len(lengths), max(lengths)), dtype=np.int64)
            for row, own in enumerate(self._ids):
                padded[row, : len(own)] = own
            self._table = torch.from_numpy(padded).to(DEVICE), torch.tensor(lengths, device=DEVICE)
        table, lengths_ = self._table
        chosen = torch.tensor(numbers, device=DEVICE)
        length = lengths_[chosen]
        ids = table[chosen, : int(length.max())]
        places = torch.arange(ids.shape[1], device=DEVICE)[None]
        held = places < length[:, None]
        return ids, held, held & (places > 0) & (places < length[:, None] - 1)


class LowerStates:
    """The states of the lower layers of each text, computed once: for a fit of the upper layers alone."""

    def __init__(self, layers: JointLayers, texts: Texts, numbers: Iterable[int]) -> None:
        """Compute the states of these texts; they are kept in half precision."""
        self._states: dict[int, Tensor] = {}
        ordered = sorted(set(numbers), key=texts.length)
        with torch.inference_mode():
            for at in range(0, len(ordered), STATES_AT_ONCE):
                batch = ordered[at : at + STATES_AT_ONCE]
                ids, held, _ = texts.rows(batch)
                for number, row in zip(batch, layers.alone(ids, held), strict=True):
                    self._states[number] = row[: texts.length(number)].half().clone()

    def __call__(self, numbers: Sequence[int], width: int) -> Tensor:
        """The states of texts, shape (texts, width, dimension), with zeros behind the shorter ones."""
        states = torch.zeros(len(numbers), width, DIMENSION, device=DEVICE)
        for row, number in enumerate(numbers):
            states[row, : len(self._states[number])] = self._states[number]
        return states


class StepStates:
    """The states of the lower layers of the texts of one step, each computed once: for a fit of all layers."""

    def __init__(self, layers: JointLayers, texts: Texts, numbers: Iterable[int]) -> None:
        """Compute the states of these texts."""
        self._texts = texts
        self._begins: dict[int, int] = {}
        rows: list[Tensor] = []
        ordered, length = sorted(set(numbers), key=texts.length), 0
        for at in range(0, len(ordered), STATES_AT_ONCE):
            batch = ordered[at : at + STATES_AT_ONCE]
            ids, held, _ = texts.rows(batch)
            with half_precision():
                states = layers.alone(ids, held)
            self._begins |= {number: length + row * states.shape[1] for row, number in enumerate(batch)}
            rows.append(states.reshape(-1, DIMENSION))
            length += len(rows[-1])
        # The last row stands behind the shorter texts.
        self._rows = torch.cat([*rows, torch.zeros_like(rows[0][:1])])

    def __call__(self, numbers: Sequence[int], width: int) -> Tensor:
        """The states of texts, shape (texts, width, dimension), with zeros behind the shorter ones."""
        places = torch.full((len(numbers), width), len(self._rows) - 1, device=DEVICE)
        for row, number in enumerate(numbers):
            begin, length = self._begins[number], self._texts.length(number)
            places[row, :length] = torch.arange(begin, begin + length)
        return self._rows[places].float()


States = LowerStates | StepStates


def half_precision() -> torch.autocast:
    """The context in which numbers have half as many digits, where the device reckons faster so: most processors do not
    know this precision, and are slow and bad at it."""
    knows = DEVICE.type == "cuda" or torch.cpu._is_avx512_bf16_supported()
    return torch.autocast(DEVICE.type, dtype=torch.bfloat16, enabled=knows)


def logits(
    layers: JointLayers, texts: Texts, first: Sequence[int], second: Sequence[int], lower: States
) -> tuple[Tensor, Tensor, Tensor]:
    """The logits of pairs of texts, shape (pairs,), of the second texts' pieces, shape (pairs, pieces), and which of
    these are no start or end mark. `lower` has the texts' states of the lower layers."""
    (ids, _, inner), (other_ids, _, other_inner) = texts.rows(first), texts.rows(second)
    same = (ids[:, :, None] == other_ids[:, None, :]) & inner[:, :, None] & other_inner[:, None, :]
    kind = torch.cat([2 * same.any(2).long(), 1 + 2 * same.any(1).long()], 1)
    states = torch.cat([lower(first, ids.shape[1]), lower(second, other_ids.shape[1])], 1)
    with half_precision():
        answers, pieces = layers(states, kind, torch.cat([inner, other_inner], 1))
    return answers.float(), pieces[:, ids.shape[1] :].float(), other_inner


def marks(rows: Sequence[Sequence[int]], width: int) -> Tensor:
    """1 at the positions that each row names, shape (rows, width)."""
    table = np.zeros((len(rows), width), dtype=np.float32)
    for row, positions in enumerate(rows):
        table[row, [position for position in positions if position < width]] = 1
    return torch.from_numpy(table).to(DEVICE)


def train(
    layers: nn.Module,
    loss_of: Callable[[int], Tensor],
    steps: int,
    seconds: float,
    rates: tuple[float, float] = (LORA_RATE, HEAD_RATE),
) -> None:
    """Minimise the loss that each step's number gives, until the steps or the seconds are over: AdamW, with rates, of
    the low-rank matrices and of all else, that rise at first and then fall to zero."""
    low_rank = [value for name, value in layers.named_parameters() if value.requires_grad and is_low_rank(name)]
    others = [value for name, value in layers.named_parameters() if value.requires_grad and not is_low_rank(name)]
    optimizer = torch.optim.AdamW([{"params": low_rank}, {"params": others}], weight_decay=DECAY)
    begun = time.monotonic()
    for step in range(steps):
        progress = max(step / steps, (time.monotonic() - begun) / seconds)
        if progress >= 1:
            break
        share = (
            progress / WARM_UP
            if progress < WARM_UP
            else 0.5 + 0.5 * np.cos(np.pi * (progress - WARM_UP) / (1 - WARM_UP))
        )
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * share
        loss = loss_of(step)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_([*low_rank, *others], 1.0)
        optimizer.step()
        if step % 100 == 0:
            print(f"step {step} of {steps}, {time.monotonic() - begun:.0f} s, loss {loss.item():.3f}", flush=True)


def write(layers: JointLayers, path: Path, *, mean_with: Sequence[Path] = ()) -> None:
    """Write what was fitted, in half precision; the mean of it and of the weights that are given.

    On texts that neither was fitted on such a mean is often better (Wortsman et al., Model soups, ICML 2022).
    """
    fitted = {
        name: value.detach().cpu().float()
        for name, value in layers.state_dict().items()
        if is_low_rank(name) or not name.startswith(("lower.", "layers."))
    }
    every = [fitted, *map(load_file, mean_with)]
    mean = {name: sum(each[name].float() for each in every) / len(every) for name in fitted}
    save_file({name: value.half().contiguous() for name, value in mean.items()}, path)
    print(f"{path.stat().st_size} bytes in {path.name}")


def is_low_rank(name: str) -> bool:
    return name.endswith((".a.weight", ".b.weight"))
