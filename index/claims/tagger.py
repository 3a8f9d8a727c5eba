"""The tagger: which words of a sentence are a place that somebody holds, took or lost, and which words say who; which
are a person who has, gets or leaves an office, and which words tell the office and whose it is; and which words say
that somebody holds, took or lost a place that the sentence does not mention: "by night the garrison was gone".

The layers of all-MiniLM-L6-v2, adapted by low-rank matrices (LoRA, Hu et al., ICLR 2022), read a sentence; each word
piece gets a probability for each kind of claim, and each two pieces get one that the second is linked to the first
(bilinear, after Dozat and Manning, ICLR 2017). A gate that sees three words at a time spares most sentences the layers.
Fitted by `benchmarks/fit_tagger.py`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from threading import Lock

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from index.language.annotations import Annotation
from index.passage import Vectors
from index.search.numpy_bert import Linear, bert
from index.search.numpy_joint_layers import adapted
from index.search.word_pieces import plain, tokenizer

WEIGHTS = Path(__file__).parent / "tagger.safetensors"
LONGEST_PIECES = 96
LAYERS, LINK, GATE_WIDTH = 6, 32, 32
OTHER = "other"
# What a place may be told to be to its holder, and a person to his office; OTHER is what is planned, wished for,
# rumoured or long over.
PLACE_KINDS = ("holds", "took", "left", "lost", "besieged", "contested", "claims", "denies", "held before", OTHER)
OFFICE_KINDS = ("holds", "took", "left", "lost", "held before", OTHER)
IMPLIED_KINDS = ("holds", "took", "left", "lost", OTHER)
# To a place, and to what is said of one that is not mentioned, the holder is linked; to a person his office and the
# body whose it is.
PLACE_LINKS, OFFICE_LINKS, IMPLIED_LINKS = len(PLACE_KINDS), 2 * len(OFFICE_KINDS), len(IMPLIED_KINDS)
# What is less sure is no tag.
LEAST = 0.5
LINKED = 0.5
# So many sentences are read at once.
READ_AT_ONCE = 16

Span = tuple[int, int]


@dataclass(frozen=True)
class PlaceTag:
    """A place, its kind, one of PLACE_KINDS, and its holder; both as spans of characters. `sure` is from 0 to 1."""

    place: Span
    kind: str
    holder: Span | None
    sure: float


@dataclass(frozen=True)
class OfficeTag:
    """Who has an office, the kind, one of OFFICE_KINDS, the words for the office, and the body whose it is; all as
    spans of characters. `sure` is from 0 to 1."""

    holder: Span
    kind: str
    role: Span | None
    body: Span | None
    sure: float


@dataclass(frozen=True)
class ImpliedTag:
    """Words that tell of a place which stands not in the sentence, the kind, one of IMPLIED_KINDS, and its holder; both
    as spans of characters. `sure` is from 0 to 1."""

    words: Span
    kind: str
    holder: Span | None
    sure: float


@dataclass(frozen=True)
class Tags:
    """What the words of a sentence are."""

    places: tuple[PlaceTag, ...] = ()
    offices: tuple[OfficeTag, ...] = ()
    implied: tuple[ImpliedTag, ...] = ()


class Tagger:
    """The layers with their fitted weights, in numpy. Safe between threads."""

    def __init__(self) -> None:
        """Load the bundled model and the fitted weights."""
        fitted = {name: value.astype(np.float32) for name, value in load_file(WEIGHTS).items()}
        self._bert = bert()
        self._layers = [adapted(self._bert.layers[n], f"layers.{n}", fitted) for n in range(LAYERS)]
        self._kind, self._anchor, self._other, self._down, self._out = (
            Linear(fitted[f"{name}.weight"], fitted[f"{name}.bias"])
            for name in ("kind", "anchor", "other", "gate.down", "gate.out")
        )
        self._bias, self._mix, self._mix_bias = fitted["bias"], fitted["gate.mix.weight"], fitted["gate.mix.bias"]
        self._tokenizer = tokenizer(LONGEST_PIECES)
        self._lock = Lock()

    def tags(self, sentences: Sequence[str], pause: Callable[[], None] = lambda: None) -> list[Tags]:
        """The tags of each sentence that are at least LEAST sure. `pause` is called now and then."""
        tags = [Tags()] * len(sentences)
        for at in range(0, len(sentences), READ_AT_ONCE):
            pause()
            with self._lock:
                read = {n: self._read(sentences[n]) for n in range(at, min(at + READ_AT_ONCE, len(sentences)))}
                chosen = {n: pieces for n, pieces in read.items() if self._may_claim(pieces[1])}
                for n, made in zip(chosen, self._tags([*chosen.values()]), strict=True):
                    tags[n] = made
        return tags

    def _read(self, sentence: str) -> tuple[Sequence[Span], Vectors]:
        """The spans of a sentence's word pieces, and their states below the first layer."""
        encoding = self._tokenizer.encode(readable(sentence))
        return encoding.offsets, self._bert.embed(np.array(encoding.ids))

    def _tags(self, read: Sequence[tuple[Sequence[Span], Vectors]]) -> Iterator[Tags]:
        if not read:
            return
        lengths = [len(states) for _, states in read]
        states = np.concatenate([states for _, states in read])
        for layer in self._layers:
            states = layer(states, lengths)
        for (offsets, _), own in zip(read, np.split(states, np.cumsum(lengths)[:-1]), strict=True):
            yield self._tags_of(own, offsets)

    def _tags_of(self, states: Vectors, offsets: Sequence[Span]) -> Tags:
        """The tags of a sentence, from the states of the last layer."""
        kinds = _sigmoid(self._kind(states))
        if (kinds < LEAST).all():
            return Tags()
        anchors = self._anchor(states).reshape(len(states), PLACE_LINKS + OFFICE_LINKS + IMPLIED_LINKS, LINK)
        links = np.einsum("pcl,ol->cpo", anchors, self._other(states)) / np.float32(np.sqrt(LINK))
        return decoded(kinds, _sigmoid(links + self._bias[:, None, None]), offsets, LEAST)

    def _may_claim(self, states: Vectors) -> bool:
        """Whether a sentence, as the states below the first layer, may hold a claim."""
        down = np.pad(self._down(states), ((1, 1), (0, 0)))
        beside = (down[:-2], down[1:-1], down[2:])
        mixed = sum((part @ self._mix[:, :, n].T for n, part in enumerate(beside)), self._mix_bias)
        mixed = np.maximum(mixed, 0)
        [logit] = self._out(np.concatenate([mixed.max(axis=0), mixed.mean(axis=0)]))
        return bool(logit >= 0)


@lru_cache(maxsize=1)
def tagger() -> Tagger:
    """The tagger that all share."""
    return Tagger()


def tags_of(lines: Iterable[Annotation], pause: Callable[[], None] = lambda: None) -> list[Tags]:
    """The tags of each sentence of an article. `pause` is called now and then."""
    return tagger().tags([line.parsed.text for line in lines], pause)


def readable(sentence: str) -> str:
    """The sentence as the tokenizer reads it, each character where it was."""
    read = plain(sentence)
    return read if len(read) == len(sentence) else sentence


def decoded(kinds: Vectors, links: Vectors, offsets: Sequence[Span], least: float) -> Tags:
    """The tags of a sentence that are at least so sure, from the probabilities of its pieces, shape (pieces, kinds),
    and of what is linked to them, shape (links, pieces, pieces). `offsets` are the pieces' spans, empty for marks at
    the ends."""
    places = [
        PlaceTag(span, name, linked(kind), sure)
        for kind, name in enumerate(PLACE_KINDS)
        for span, sure, linked in _spans_of(kinds[:, kind], links, offsets, least)
    ]
    offices = [
        OfficeTag(span, name, linked(PLACE_LINKS + 2 * kind), linked(PLACE_LINKS + 2 * kind + 1), sure)
        for kind, name in enumerate(OFFICE_KINDS)
        for span, sure, linked in _spans_of(kinds[:, len(PLACE_KINDS) + kind], links, offsets, least)
    ]
    implied = [
        ImpliedTag(span, name, linked(PLACE_LINKS + OFFICE_LINKS + kind), sure)
        for kind, name in enumerate(IMPLIED_KINDS)
        for span, sure, linked in _spans_of(
            kinds[:, len(PLACE_KINDS) + len(OFFICE_KINDS) + kind], links, offsets, least
        )
    ]
    return Tags(tuple(places), tuple(offices), tuple(implied))


def _spans_of(
    probable: Vectors, links: Vectors, offsets: Sequence[Span], least: float
) -> Iterator[tuple[Span, float, Callable[[int], Span | None]]]:
    """The spans of one kind, how sure each is, and what gives the span linked to it by a link of this number."""
    for first, last in _runs(probable >= least, offsets):
        pieces = slice(first, last + 1)
        yield _span(first, last, offsets), float(probable[pieces].max()), partial(_linked, links, pieces, offsets)


def _linked(links: Vectors, pieces: slice, offsets: Sequence[Span], number: int) -> Span | None:
    """What is linked to some pieces by the link of this number: the run of the likeliest piece."""
    probable = links[number, pieces].mean(axis=0)
    probable[pieces] = 0
    runs = _runs(probable >= LINKED, offsets)
    best = max(runs, key=lambda run: float(probable[run[0] : run[1] + 1].max()), default=None)
    return best and _span(*best, offsets)


def _span(first: int, last: int, offsets: Sequence[Span]) -> Span:
    return offsets[first][0], offsets[last][1]


def _runs(chosen: npt.NDArray[np.bool_], offsets: Sequence[Span]) -> list[tuple[int, int]]:
    """The first and the last of each run of chosen pieces."""
    runs: list[tuple[int, int]] = []
    for n, (start, end) in enumerate(offsets):
        if not chosen[n] or end <= start:
            continue
        if runs and runs[-1][1] == n - 1:
            runs[-1] = (runs[-1][0], n)
        else:
            runs.append((n, n))
    return runs


def _sigmoid(values: Vectors) -> Vectors:
    made: Vectors = np.float32(1) / (np.float32(1) + np.exp(-values))
    return made
