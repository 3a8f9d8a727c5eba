import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from benchmarks.support.scripted_llm import ScriptedLLM
from chatbot.answer import Answer
from chatbot.answering.pipeline import Chain
from chatbot.settings import Settings
from index.collection import Collection
from index.ingest.run import index_paths
from index.language.words import stem
from index.search.embedder import BUNDLED
from tests.conftest import ROOT
from tests.support.corpus import write

pytestmark = pytest.mark.slow_first
READERS = 8
QUESTIONS = 108
DISTINCT = 36
SUBJECTS = ["Hama", "Aleppo", "Homs", "Manbij", "Damascus", "the opposition", "Turkey", "the airport"]
FORMS = [
    "Who controls {}?", "When was {} taken?", "How many civilians were killed in {}?", "Why did {} fall?",
    "What did officials say about {}?", "Where is {}?", "Who fled from {}?", "Was {} attacked in December?",
]
# Few and short sentences: else nearly all of the time goes to the cross-encoder's arithmetic, which shares nothing.
REPORTS = {
    "2024-12-05": "Opposition forces took Hama on Thursday. Officials said that 40 civilians were killed in Hama. The "
    "airport was attacked in December because the army had withdrawn.",
    "2024-12-01": "The government controls Homs and Damascus. Turkey attacked Manbij in December. Aleppo lies in the "
    "north, and thousands fled from Aleppo.",
}


def questions() -> list[str]:
    """So many of the benchmark's and of the forms, each several times, and mixed."""
    rows = json.loads((ROOT / "benchmarks/questions/sample.json").read_text(encoding="utf-8"))
    asked = [row["turns"][0] for row in rows] + [form.format(subject) for form in FORMS for subject in SUBJECTS]
    chosen = [asked[n * 7 % len(asked)] for n in range(DISTINCT)]
    return [chosen[n * 5 % DISTINCT] for n in range(QUESTIONS)]


@contextmanager
def impatient() -> Iterator[None]:
    """Python changes threads a hundred times as often as usual."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(5e-5)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)


@contextmanager
def forgetful(collection: Collection) -> Iterator[None]:
    """What is remembered of words and texts is forgotten all the time: else each is worked out once, by one reader, and
    what readers must not share is not in use by two of them."""
    ended = Event()

    def forget() -> None:
        while not ended.wait(0.002):
            stem.cache_clear()
            collection._annotator.parse_question.cache_clear()

    forgetting = Thread(target=forget)
    forgetting.start()
    try:
        with pytest.MonkeyPatch.context() as patched:
            for module in ("embedder", "cross_encoder"):
                patched.setattr(f"index.search.{module}.CACHED_SENTENCES", 3)
            patched.setattr("index.search.pair_scores.CACHED_PAIRS", 3)
            yield
    finally:
        ended.set()
        forgetting.join()


def shown(answer: Answer) -> tuple[object, ...]:
    """What a reader sees of an answer."""
    spans = [(citation.article_id, citation.start, citation.end) for citation in answer.citations]
    return answer.text, spans, answer.notes


def same_for_all(alone: Chain, together: Chain, asked: list[str]) -> None:
    expected = {question: shown(alone.answer(question)) for question in dict.fromkeys(asked)}
    with forgetful(together._collection), impatient(), ThreadPoolExecutor(READERS) as readers:
        answers = list(readers.map(together.answer, asked))
    for question, answer in zip(asked, answers, strict=True):
        assert shown(answer) == expected[question]


def test_eight_readers_get_the_answers_of_one(tmp_path: Path) -> None:
    with ExitStack() as opened:
        alone, together = (
            opened.enter_context(closing(Collection(tmp_path, embedding_model=BUNDLED))) for _ in range(2)
        )
        for date, text in REPORTS.items():
            write(tmp_path / "articles", f"{date}.md", text, title=date, date=date)
        index_paths(alone, [tmp_path / "articles"])
        same_for_all(Chain(alone, Settings()), Chain(together, Settings()), questions())


def test_eight_readers_get_the_statements_of_an_llm_looked_up_as_one_does(samples: Collection) -> None:
    with ScriptedLLM() as llm:
        chain = Chain(samples, Settings(model="openai:scripted", base_url=llm.base_url))
        same_for_all(chain, chain, questions()[:24])


def test_eight_readers_meet_a_chroma_server_that_none_has_opened(chroma_url: str, tmp_path: Path) -> None:
    with closing(Collection(tmp_path, embedding_model=BUNDLED, chroma_url=chroma_url)) as writer:
        index_paths(writer, [ROOT / "articles"])
    for _ in range(3):
        with closing(Collection(tmp_path, embedding_model=BUNDLED, chroma_url=chroma_url)) as fresh:
            fresh.question_vector("Who controls Hama?")
            fresh._files.dense.forget()
            with impatient(), ThreadPoolExecutor(READERS) as readers:
                rankings = list(readers.map(fresh.search, ["Who controls Hama?"] * READERS))
            assert all(ranking == rankings[0] and ranking for ranking in rankings)
