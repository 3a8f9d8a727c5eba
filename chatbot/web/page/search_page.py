"""Shows all passages near to some words as a search page, narrowed by source and month."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from markupsafe import Markup

from chatbot.answer import Citation
from chatbot.web.page import citation_cards
from chatbot.web.templating import render
from index.message import Message

MATCHES_AT_A_TIME = 20
UNKNOWN = "unknown"


def page(
    words: str, citations: Sequence[Citation], *, source: str, month: str, number: int, failed: str = ""
) -> Markup:
    """One page, from 0, of what was found that is of `source` and `month` (2024-12), all where these are empty; or why
    the search `failed`. Each facet counts what the other one admits."""
    chosen = [each for each in citations if _fits(each, source, month)]
    last = max(len(chosen) - 1, 0) // MATCHES_AT_A_TIME
    number = min(number, last)
    first = number * MATCHES_AT_A_TIME
    return render(
        "search.html", home="./", title=Message("Search the articles"), words=words, source=source, month=month,
        cards=[citation_cards.card(each) for each in chosen[first : first + MATCHES_AT_A_TIME]],
        sources=Counter(each.source or UNKNOWN for each in citations if _fits(each, "", month)).most_common(),
        months=_months([each for each in citations if _fits(each, source, "")]),
        total=len(chosen), of_all=len(citations), number=number, last=last, failed=failed,
        query=urlencode({"words": words, "source": source, "month": month}),
    )


def _months(citations: Sequence[Citation]) -> list[tuple[str, date | None, int]]:
    """Each month by its name in an address, such as 2024-12, with a day in it and its count, the newest first."""
    days = {_month(each): each.date for each in citations}
    counts = Counter(_month(each) for each in citations)
    return [(name, days[name], counts[name]) for name in sorted(days, reverse=True)]


def _month(citation: Citation) -> str:
    return f"{citation.date:%Y-%m}" if citation.date else UNKNOWN


def _fits(citation: Citation, source: str, month: str) -> bool:
    return source in ("", citation.source or UNKNOWN) and month in ("", _month(citation))
