"""The readers of a collection in which no article is restricted."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from chatbot.answering.audience import Audience

C_co = TypeVar("C_co", covariant=True)


@dataclass(frozen=True)
class SameAudience(Generic[C_co]):
    """The same audience, whatever groups a reader is in."""

    audience: Audience[C_co]

    def of(self, groups: frozenset[str] | None) -> Audience[C_co]:
        """The audience; `groups` makes no difference."""
        return self.audience
