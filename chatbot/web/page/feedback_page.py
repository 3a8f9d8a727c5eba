"""Shows editors what readers thought of the answers: rating, comment, question, answer and its passages."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from markupsafe import Markup

from chatbot.answer import verdict_line
from chatbot.answering.quoting import QUOTING
from chatbot.feedback import Record
from chatbot.web.languages.catalogue import long_date
from chatbot.web.templating import render
from index.message import Message

RATINGS_AT_A_TIME = 30


@dataclass(frozen=True)
class RatedPassage:
    """A passage that a rated answer cites."""

    number: str
    title: str
    sentence: str
    link: str


def page(
    records: Sequence[Record], number: int, *, counts: Mapping[str, int], total: int, unreadable: int, rating: str,
    words: str,
) -> Markup:
    """One page, from 0, of the ratings that were chosen; `counts` and `total` are of all there are."""
    last = max(len(records) - 1, 0) // RATINGS_AT_A_TIME
    number = min(number, last)
    first = number * RATINGS_AT_A_TIME
    query = urlencode({"rating": rating, "words": words})
    return render(
        "feedback.html", home="./", title=Message("What readers thought"), rows=[
            _row(record) for record in records[first : first + RATINGS_AT_A_TIME]
        ],
        counts=counts, total=total, chosen=len(records), unreadable=unreadable, rating=rating, words=words, query=query,
        number=number, last=last, first=first,
    )


def passages(record: Record) -> list[RatedPassage]:
    """The passages that a rated answer cites; what a line of another version lacks is left out."""
    cited = record.get("citations")
    return [_passage(each) for each in cited if isinstance(each, dict)] if isinstance(cited, list) else []


def _passage(cited: Mapping[str, object]) -> RatedPassage:
    start, end = cited.get("start"), cited.get("end")
    link = f"article/{quote(str(cited.get('article_id', '')), safe='')}?start={start}&end={end}#cited"
    return RatedPassage(str(cited.get("n", "")), str(cited.get("title", "")), str(cited.get("sentence", "")), link)


def _row(record: Record) -> dict[str, object]:
    texts = {name: str(record.get(name) or "") for name in ("question", "answer", "comment", "answered_by", "verified")}
    return {
        **texts,
        "up": record["rating"] == "up",
        "when": _when(str(record["time"])),
        "passages": passages(record),
        "answered_by": QUOTING if texts["answered_by"] == QUOTING else texts["answered_by"],
        "verified": verdict_line(_verdicts(record)) or texts["verified"],
    }


def _verdicts(record: Record) -> list[str]:
    statements = record.get("statements")
    known = statements if isinstance(statements, list) else []
    return [str(statement.get("verdict")) for statement in known if isinstance(statement, dict)]


def _when(time: str) -> str:
    try:
        moment = datetime.datetime.fromisoformat(time)
    except ValueError:
        return time
    return f"{long_date(moment.date())}, {moment:%H:%M %Z}".strip()
