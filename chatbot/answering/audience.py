"""Who asks, and what is there for them: the chain and the collection of a set of groups of readers. A route takes both
from here, so that it cannot look at what its reader may not read."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from chatbot.answering.turn import AnswerStreamer, Turn

C_co = TypeVar("C_co", covariant=True)


@dataclass(frozen=True)
class Audience(Generic[C_co]):
    """What one set of groups may read. `examples` gives questions that these articles answer,
    None while they are being looked for. `groups` are those that
    the readers are in, of all that some article is restricted to; `closed` says whether any of some articles, by their
    ids, is restricted to others, whether it is still there or not."""

    chain: AnswerStreamer
    collection: C_co
    examples: Callable[[], Sequence[str] | None] = tuple
    groups: frozenset[str] = frozenset()
    closed: Callable[[Iterable[str]], bool] = lambda ids: False

    def may_see(self, turn: Turn) -> bool:
        """Whether a turn, perhaps somebody else's, may be shown. An answer that says more than what it quotes, such as
        how many articles there are, says it of all that its own reader could read."""
        if self.closed(turn.article_ids):
            return False
        return turn.groups is None or self.groups.issuperset(turn.groups) or turn.quotes_alone


class Audiences(Protocol[C_co]):
    """All audiences of one server."""

    def of(self, groups: frozenset[str] | None, /) -> Audience[C_co]:
        """The audience in these groups; None is whoever may read everything."""
        ...
