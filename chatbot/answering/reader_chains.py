"""Makes the chain of each set of groups of readers, which answers from what they may read and knows nothing else. They
are made when they are first asked for."""

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from threading import Lock

from chatbot.answering.audience import Audience
from chatbot.answering.example_questions import example_questions
from chatbot.answering.pipeline import Chain
from chatbot.settings import Settings
from index.collection import Collection
from index.readership import Readership

EXAMPLES_FROM = 40
# Each has a connection to the ledger, and keeps scores of words (up to 64 MB in a large collection).
MOST_CHAINS = 16


class ReaderChains:
    """The audiences of one collection."""

    def __init__(self, collection: Collection, settings: Settings) -> None:
        """Raises LanguageModelError where the settings name an LLM that cannot be used."""
        self._settings = settings
        self._readership = Readership(collection)
        self._everything = Audience[Collection](
            Chain(collection, settings), collection, examples_of_now(collection)
        )
        self._lock = Lock()
        self._made: OrderedDict[frozenset[str], Audience[Collection]] = OrderedDict()

    def of(self, groups: frozenset[str] | None) -> Audience[Collection]:
        """The audience in these groups; None is whoever may read everything. Where no article is restricted, that is
        everybody."""
        known = self._readership.groups()
        if groups is None or not known:
            return Audience(self._everything.chain, self._everything.collection, self._everything.examples, known)
        own = groups & known
        with self._lock:
            if own not in self._made:
                self._made[own] = self._audience(own)
            self._made.move_to_end(own)
            while len(self._made) > MOST_CHAINS:
                # An answer may still be at work with it; its connection is closed with its last user.
                self._made.popitem(last=False)
            return self._made[own]

    def _audience(self, groups: frozenset[str]) -> Audience[Collection]:
        view = self._readership.view(groups)
        closed = partial(self._readership.closed, groups=groups)
        return Audience(Chain(view, self._settings), view, examples_of_now(view), groups, closed)


def examples_of_now(collection: Collection) -> Callable[[], list[str]]:
    """What gives example questions; they are made anew after the index has changed."""
    lock = Lock()
    made: tuple[object, list[str]] = (None, [])

    def examples() -> list[str]:
        nonlocal made
        newest = collection.newest(EXAMPLES_FROM)
        places = collection.held_places()
        state = [*((row.id, row.added) for row in newest), *places]
        with lock:
            if made[0] != state:
                articles = [collection.article(row.id) for row in newest]
                made = state, example_questions(articles, sentences=collection.sentences, places=places)
            return made[1]

    return examples
