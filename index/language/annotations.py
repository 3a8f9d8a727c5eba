"""What the parser found in one article, and the clauses drawn from it, in the form in which they are kept, so that no
question waits for either."""

import datetime
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from index.language.arguments import Argument
from index.language.clauses import Clause, Modality, Tense, clauses_of, remember
from index.language.parser import Sentence, Token
from index.language.time_expressions import TimeExpression

# Raise it where the parser, or what is kept of it, changes: articles with another version are parsed anew.
VERSION = "28"
_LIST_OF_ROWS = (b"[[", b"[]")
_MODALITIES = {modality.value: modality for modality in Modality}
_TENSES = {tense.value: tense for tense in Tense}


@dataclass(frozen=True)
class Annotation:
    """One sentence: its span in the article, its parse, the day that a heading above it gives, and what its pronouns
    and the like stand for. `label` is what stands before a colon at its front, such as a place's name."""

    start: int
    end: int
    parsed: Sentence
    day: TimeExpression | None = None
    label: str = ""
    resolved: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @cached_property
    def clauses(self) -> list[Clause]:
        """The clauses of the sentence."""
        return clauses_of(self.parsed)


class Annotations:
    """The annotated sentences of one article, by where they start; each is decoded when it is first asked for."""

    def __init__(self, rows: Mapping[int, bytes | list[Any]]) -> None:
        """`rows` are the sentences by where they start, in JSON or read from it."""
        self._rows = rows
        self._made: dict[int, Annotation] = {}

    def at(self, start: int) -> Annotation | None:
        """The sentence that starts at this character of the article, None where there is none."""
        if start not in self._made and start in self._rows:
            row = self._rows[start]
            self._made[start] = _decoded(row if isinstance(row, list) else json.loads(row))
        return self._made.get(start)

    def lines(self) -> list[Annotation]:
        """All sentences, in their order."""
        return [line for start in self._rows if (line := self.at(start)) is not None]


def encode(annotations: Sequence[Annotation]) -> bytes:
    """Annotations as compressed JSON, a line for each sentence."""
    lines = [json.dumps(_row(annotation), ensure_ascii=False) for annotation in annotations]
    return zlib.compress("\n".join(lines).encode(), 6)


def decode(data: bytes) -> Annotations:
    """What `encode` made, or what it made in earlier versions: a single list of all sentences."""
    lines = zlib.decompress(data)
    if lines.startswith(_LIST_OF_ROWS):
        return Annotations({row[0]: row for row in json.loads(lines)})
    return Annotations({int(line[1 : line.index(b",")]): line for line in lines.split(b"\n") if line})


def _row(line: Annotation) -> list[Any]:
    day = [line.day.first.toordinal(), line.day.last.toordinal(), line.day.start, line.day.end] if line.day else None
    tokens = [[t.lemma, t.tag, t.dep, t.head, t.start, t.end] for t in line.parsed.tokens]
    clauses = [_clause_row(clause) for clause in line.clauses]
    return [line.start, line.end, line.parsed.text, tokens, day, line.label, line.resolved, clauses]


def _clause_row(clause: Clause) -> list[Any]:
    arguments = [[a.role, a.head, a.start, a.end] for a in clause.arguments]
    flags = [clause.negated, clause.ended, clause.denied, clause.passive]
    return [
        clause.predicate, clause.verb, clause.start, clause.end, arguments, clause.modality, clause.tense,
        clause.speaker, [n for n, is_set in enumerate(flags) if is_set],
    ]  # fmt: skip


def _decoded(row: list[Any]) -> Annotation:
    start, end, text, tokens, day, label, resolved, clauses = row
    made = [
        Token(i, text[first:last], lemma, tag, dep, head, first, last)
        for i, (lemma, tag, dep, head, first, last) in enumerate(tokens)
    ]
    parsed = Sentence(text, made)
    remember(parsed, [_decoded_clause(text, clause) for clause in clauses])
    days = [datetime.date.fromordinal(number) for number in day[:2]] if day else []
    return Annotation(
        start,
        end,
        parsed,
        TimeExpression(days[0], days[1], day[2], day[3]) if day else None,
        label,
        tuple((word, tuple(names)) for word, names in resolved),
    )


def _decoded_clause(text: str, row: list[Any]) -> Clause:
    predicate, verb, start, end, arguments, modality, tense, speaker, flags = row
    return Clause(
        predicate, verb, start, end,
        tuple(Argument(role, text[first:last], head, first, last) for role, head, first, last in arguments),
        0 in flags, 1 in flags, _MODALITIES[modality], _TENSES[tense], speaker, 2 in flags, 3 in flags,
    )  # fmt: skip
