"""Makes the chain of each set of groups of readers, which answers from what they may read and knows nothing else. They
are made when they are first asked for."""

from collections import OrderedDict
from functools import partial
from threading import Lock

from chatbot.answering.audience import Audience
from chatbot.answering.pipeline import Chain
from chatbot.answering.tried_examples import TriedExamples
from chatbot.settings import Settings
from index.collection import Collection
from index.readership import Readership

# Each has a connection to the ledger, and keeps scores of words (up to 64 MB in a large collection).
MOST_CHAINS = 16


class ReaderChains:
    """The audiences of one collection."""

    def __init__(self, collection: Collection, settings: Settings) -> None:
        """Raises LanguageModelError where the settings name an LLM that cannot be used."""
        self._settings = settings
        self._readership = Readership(collection)
        chain = Chain(collection, settings)
        self._everything = Audience[Collection](chain, collection, TriedExamples(chain, collection))
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
        chain = Chain(view, self._settings)
        return Audience(chain, view, TriedExamples(chain, view), groups, closed)
