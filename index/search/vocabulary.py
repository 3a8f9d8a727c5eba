"""The words and names of the indexed articles: how frequent a word is, how the articles spell it, and which short names
they introduce."""

from collections.abc import Sequence

from index.passage import Passage
from index.storage.filters import EVERYTHING, Filters
from index.storage.ledger import Ledger


class Vocabulary:
    """What the ledger knows of words. Forms of a word count as the word."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def passages(self) -> int:
        """Number of all passages."""
        return self._ledger.count()[1]

    def frequency(self, word: str) -> int:
        """Number of passages that hold `word`, in the title or the body."""
        return self._ledger.full_text.frequency(word)

    def terms(self, prefix: str) -> list[str]:
        """The stemmed terms of all passages that begin with `prefix`."""
        return self._ledger.full_text.terms(prefix)

    def passages_with(self, words: Sequence[str], most: int) -> list[Passage]:
        """At most so many of the passages that hold any of the words, best first."""
        ids = self._ledger.full_text.search(words, EVERYTHING, most)
        return [passage for passage, _ in self._ledger.passages.get(ids).values()]

    def articles_with(self, phrase: str, filters: Filters) -> list[str]:
        """Ids of the articles whose title or text holds these words side by side, the newest first."""
        return [] if filters.admit_nothing else self._ledger.full_text.articles(phrase, filters)

    def aliases(self) -> frozenset[tuple[str, str]]:
        """Short and long names that articles introduce, such as ("HTS", "Hayat Tahrir al-Sham"): the same set until the
        ledger changes."""
        return self._ledger.aliases.all()
