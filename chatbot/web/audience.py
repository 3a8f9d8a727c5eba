"""Tells for whom a request is answered: the audience of the visitor whom the gate has let in with it."""

from collections.abc import Callable
from typing import Any, TypeVar

from chatbot.answering.audience import Audience, Audiences
from chatbot.web.auth.authorization import Visitor

C = TypeVar("C")
# Of a request of Starlette or of Gradio.
AudienceOf = Callable[[Any], Audience[C]]


def visitor_of(request: Any) -> Visitor | None:  # noqa: ANN401
    """Whom the gate has let in with this very request, of Starlette or of Gradio."""
    visitor = getattr(request.state, "visitor", None)
    return visitor if isinstance(visitor, Visitor) else None


def audience_of(audiences: Audiences[C]) -> AudienceOf[C]:
    """What gives the audience of a request; of nobody's it is that of everybody."""

    def of(request: Any) -> Audience[C]:  # noqa: ANN401
        visitor = visitor_of(request)
        return audiences.of(visitor.reads if visitor else frozenset())

    return of
