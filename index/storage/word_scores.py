"""Keeps BM25 scores between questions: which passages hold a word, and what it adds to the score of each.

FTS5's bm25() is a sum over the words of a query, so the scores of a word serve every question that has it, until the
ledger changes. Without this, a question with a word that most passages hold reads all of them again.
"""

import datetime
from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from index.storage.connection import Row

MOST_CACHED = 4_000_000
# An empty word costs memory, too.
COST_OF_A_WORD = 32
# The number of the day of what has none: before all others.
UNDATED = 0

Places: TypeAlias = npt.NDArray[np.int64]
Scores: TypeAlias = npt.NDArray[np.float64]
# For each passage, by its place, whether it counts.
Admitted: TypeAlias = npt.NDArray[np.bool_]


class WordScores:
    """The scores of words in one state of the ledger. Safe between threads.

    A passage is known by its place in a fixed order, the newest article's first, counted from 0. Scores of at most
    `most` passages (16 bytes each) are kept; the words that were asked for longest ago are dropped first.
    """

    def __init__(self, passages: Sequence[tuple[int, datetime.date | None]], most: int = MOST_CACHED) -> None:
        """`passages` are the serials of all in that order, each with its article's day."""
        self._serials = np.array([serial for serial, _ in passages], np.int64)
        self._days = np.array([day.toordinal() if day else UNDATED for _, day in passages], np.int64)
        self._order = np.argsort(self._serials)
        self._ascending = self._serials[self._order]
        self._most = most
        self._lock = Lock()
        self._words: OrderedDict[str, tuple[Places, Scores]] = OrderedDict()
        self._cost = 0

    def best(
        self, words: Sequence[str], read: Callable[[str], list[Row]], within: Admitted | None, limit: int
    ) -> list[tuple[int, float]]:
        """Serials and scores of the `limit` best passages, best first, of equal ones the newest article's.

        `read` gives the serials and the scores of a word that is not known yet. Only the passages `within` count,
        where that is given.
        """
        total = np.zeros(len(self._serials))
        for word in words:
            places, scores = self._of(word, read)
            total[places] += scores
        if within is not None:
            total[~within] = 0
        matching = np.flatnonzero(total)
        if len(matching) > limit:
            least = np.partition(total[matching], -limit)[-limit]
            matching = matching[total[matching] >= least]
        ranked = matching[np.argsort(-total[matching], kind="stable")][:limit]
        return [(int(self._serials[place]), float(total[place])) for place in ranked]

    def among(self, serials: Sequence[int]) -> Admitted:
        """The passages with these serials."""
        admitted = np.zeros(len(self._serials), bool)
        admitted[self._places(np.array(serials, np.int64))[0]] = True
        return admitted

    def between(self, since: datetime.date | None, until: datetime.date | None) -> Admitted:
        """The passages of these days, both included; none without a day."""
        first, last = since or datetime.date.min, until or datetime.date.max
        made: Admitted = (self._days >= first.toordinal()) & (self._days <= last.toordinal())
        return made

    def _of(self, word: str, read: Callable[[str], list[Row]]) -> tuple[Places, Scores]:
        with self._lock:
            if word in self._words:
                self._words.move_to_end(word)
                return self._words[word]
        # Read without the lock: another thread's question need not wait for it.
        rows = read(word)
        serials = np.fromiter((row[0] for row in rows), np.int64, len(rows))
        places, known = self._places(serials)
        scores = np.fromiter((row[1] for row in rows), np.float64, len(rows))[known]
        with self._lock:
            self._keep(word, (places, scores))
        return places, scores

    def _places(self, serials: Places) -> tuple[Places, npt.NDArray[np.bool_]]:
        """The places of those passages that are known, and which they are: another process may have added some."""
        near = np.searchsorted(self._ascending, serials)
        known = near < len(self._ascending)
        known[known] = self._ascending[near[known]] == serials[known]
        return self._order[near[known]], known

    def _keep(self, word: str, scored: tuple[Places, Scores]) -> None:
        if word in self._words:
            return
        self._words[word] = scored
        self._cost += len(scored[0]) + COST_OF_A_WORD
        while self._cost > self._most and len(self._words) > 1:
            _, (places, _) = self._words.popitem(last=False)
            self._cost -= len(places) + COST_OF_A_WORD
