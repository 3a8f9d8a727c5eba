"""Are a strong LLM's statements marked, and its faults caught? Answers written by hand over news passages, in combined
and paraphrased sentences, each as it is and in versions with one subtle fault, go through the verifier: by itself, and
with a scripted judge that answers as the statements are labelled, but for one verdict in twenty."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks import sets
from benchmarks.measures import share
from benchmarks.support.scripted_llm import ScriptedLLM
from chatbot.answer import Ruling, Statement, Verdict
from chatbot.llm.judge import Judge
from chatbot.settings import Settings
from chatbot.verification.judging import judged
from chatbot.verification.verifier import Verified, Verifier
from index.article import Article
from index.collection import Collection
from index.language.sentences import sentence_spans
from index.language.words import stems
from index.passage import Passage, RetrievedPassage

_REFERENCE = re.compile(r"\s*\[\d+\]")
# Between two words of a passage: space, and the mark of an item of a list.
_ITEM = re.compile(r"\s+(?:[-*•]\s+)?")
_MARKS = re.compile(r"\[\d+\](?: ?\[\d+\])*")
# Of so many of the judge's verdicts one is flipped; and of these faults it says that they are not stated.
EVERY = 20
UNSTATED = ("overclaim",)


@dataclass(frozen=True)
class Fault:
    """An answer with one sentence changed: the answer, the kind of fault, and the place of the changed sentence."""

    text: str
    kind: str
    sentence: int


@dataclass(frozen=True)
class StrongAnswer:
    """An answer to a question, its sentences with whether they state something, and its faulty versions."""

    question: str
    collection: str
    passages: tuple[tuple[str, str], ...]
    text: str
    sentences: tuple[tuple[str, bool], ...]
    faults: tuple[Fault, ...]

    @cached_property
    def plain(self) -> list[str]:
        """The sentences without their marks."""
        return [_plain(text) for text, _ in self.sentences]


@dataclass(frozen=True)
class Checked:
    """What was made of one sentence: `kind` is that of its fault, empty for a true one."""

    collection: str
    kind: str
    text: str
    marked: bool
    verdicts: tuple[str, ...]
    reasons: tuple[str, ...]


def read_answers(folder: Path) -> list[StrongAnswer]:
    """The answers in `folder`/strong/answers.jsonl."""
    lines = (folder / "strong" / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    return [_answer(json.loads(line)) for line in lines if line.strip()]


def measure(folder: Path, work: Path, answers: Sequence[StrongAnswer]) -> tuple[list[Checked], list[Checked]]:
    """Each answer and each of its faulty versions, verified over the passages that it was written from; then the same
    with the judge."""
    alone: list[Checked] = []
    with_judge: list[Checked] = []
    with ScriptedLLM("fixed") as server:
        judge = ScriptedJudge(server)
        for name in dict.fromkeys(answer.collection for answer in answers):
            with sets.indexed([folder / "news" / "collections" / name], work / name) as collection:
                verifier = Verifier(collection)
                for answer in (each for each in answers if each.collection == name):
                    for checked_statement, other in _checked(answer, verifier, judge, passages_of(answer, collection)):
                        alone.append(checked_statement)
                        with_judge.append(other)
    return alone, with_judge


class ScriptedJudge:
    """Judges over HTTP, as the product lets an LLM judge: as the statements are labelled, but for one in `EVERY`.

    Its words are a sentence of a passage that the statement cites, the one that shares most words with it. A flipped
    verdict on a true statement has such words, too, every other time.
    """

    def __init__(self, server: ScriptedLLM) -> None:
        self._server = server
        self._judge = Judge(Settings(model="openai:scripted", base_url=server.base_url, judge="llm"))
        self._count = 0

    def judged(
        self, verified: Verified, kinds: Sequence[str], cited: Sequence[Sequence[RetrievedPassage]],
        shown: Sequence[RetrievedPassage],
    ) -> Verified:
        """`verified`, judged; `kinds` are the faults of its statements, "" of true ones, and `cited` their passages."""
        texts = [statement.text for statement in verified.statements]
        rows = [self._row(n, *each) for n, each in enumerate(zip(texts, kinds, cited, strict=True), 1)]
        self._server.text = json.dumps(rows)
        return judged(verified, self._judge.judge(texts, shown), shown)

    def _row(self, number: int, text: str, kind: str, cited: Sequence[RetrievedPassage]) -> dict[str, object]:
        self._count += 1
        is_flipped = self._count % EVERY == 0
        words = _nearest_sentence(text, cited)
        ruling = Ruling.SUPPORTED if bool(kind) is is_flipped else Ruling.CONTRADICTED
        if kind in UNSTATED and not is_flipped or not kind and is_flipped and self._count % (2 * EVERY) == 0:
            ruling = Ruling.NOT_STATED
        return {"statement": number, "verdict": ruling, "words": words, "what": ""}


def passages_of(answer: StrongAnswer, collection: Collection) -> list[RetrievedPassage]:
    """The passages that the answer numbers, found in the collection's articles. Raises ValueError where one is not."""
    articles = [collection.article(row.id) for row in collection.articles()]
    return [retrieved(title, text, articles) for title, text in answer.passages]


def report(checked: Sequence[Checked], *, verbose: bool = False, with_judge: bool = False) -> None:
    """Print the shares of each collection, and as the last line those of all."""
    if verbose:
        _report_wrong(checked)
    for name in dict.fromkeys(row.collection for row in checked):
        true, faulty = _by_truth([row for row in checked if row.collection == name])
        marked, caught = share([row.marked for row in true]), share([row.marked for row in faulty])
        print(f"  {name}: true marked {marked:.3f}, faults caught {caught:.3f}")
    for kind, those in zip(("true", "faulty"), _by_truth(checked), strict=True):
        counts = Counter(verdict for row in those for verdict in row.verdicts)
        print(f"  {kind} statements: {', '.join(f'{count} {verdict}' for verdict, count in counts.most_common())}")
    print(line(checked, with_judge=with_judge))


def line(checked: Sequence[Checked], *, with_judge: bool) -> str:
    """The line that sums up: how many true statements are marked, and how many faults caught, by kind."""
    true, faults = _by_truth(checked)
    kinds = Counter(fault.kind for fault in faults)
    caught = Counter(fault.kind for fault in faults if fault.marked)
    by_kind = ", ".join(f"{kind} {caught[kind]} of {count}" for kind, count in sorted(kinds.items()))
    return (
        f"strong{' with a judge' if with_judge else ''}: true marked {sum(row.marked for row in true)} of {len(true)}, "
        f"faults caught {sum(caught.values())} of {len(faults)} ({by_kind})"
    )


def _by_truth(checked: Sequence[Checked]) -> tuple[list[Checked], list[Checked]]:
    """The true sentences, and the faulty ones."""
    return [row for row in checked if not row.kind], [row for row in checked if row.kind]


def _report_wrong(checked: Sequence[Checked]) -> None:
    for row in checked:
        if row.marked is not bool(row.kind):
            print(f"  ! {row.collection}, {row.kind or 'true'}: {row.text} {list(row.verdicts)} {list(row.reasons)}")


def _checked(
    answer: StrongAnswer, verifier: Verifier, judge: ScriptedJudge, shown: Sequence[RetrievedPassage]
) -> Iterator[tuple[Checked, Checked]]:
    """Each true sentence and each faulty one as the verifier finds it alone, and with the judge."""
    yield from _checked_as_written(answer, verifier, judge, shown)
    for fault in answer.faults:
        yield _checked_fault(answer, fault, verifier, judge, shown)


def _checked_as_written(
    answer: StrongAnswer, verifier: Verifier, judge: ScriptedJudge, shown: Sequence[RetrievedPassage]
) -> Iterator[tuple[Checked, Checked]]:
    verified = verifier.verify(answer.text, shown, answer.question)
    kinds = [""] * len(verified.statements)
    both = [verified, judge.judged(verified, kinds, _cited(verified, answer.text, shown), shown)]
    for (text, states), plain in zip(answer.sentences, answer.plain, strict=True):
        if states:
            alone, other = ([s for s in each.statements if _plain(s.text) in plain] for each in both)
            yield _of(answer, "", text, alone), _of(answer, "", text, other)


def _checked_fault(
    answer: StrongAnswer, fault: Fault, verifier: Verifier, judge: ScriptedJudge, shown: Sequence[RetrievedPassage]
) -> tuple[Checked, Checked]:
    others = [plain for n, plain in enumerate(answer.plain) if n != fault.sentence]
    verified = verifier.verify(fault.text, shown, answer.question)
    true = [any(_plain(statement.text) in other for other in others) for statement in verified.statements]
    kinds = ["" if is_true else fault.kind for is_true in true]
    with_judge = judge.judged(verified, kinds, _cited(verified, fault.text, shown), shown)
    alone, other = (
        [statement for statement, is_true in zip(each.statements, true, strict=True) if not is_true]
        for each in (verified, with_judge)
    )
    text = " ".join(statement.text for statement in alone)
    return _of(answer, fault.kind, text, alone), _of(answer, fault.kind, text, other)


def _cited(verified: Verified, text: str, shown: Sequence[RetrievedPassage]) -> list[list[RetrievedPassage]]:
    """The passages whose numbers stand behind each statement in the text."""
    cited = []
    for statement in verified.statements:
        at = text.find(statement.text.rstrip(".")) + len(statement.text)
        marks = _MARKS.search(text, max(at - 2, 0))
        cited.append([shown[int(n) - 1] for n in re.findall(r"\d+", marks[0])] if marks else [])
    return cited


def _nearest_sentence(text: str, cited: Sequence[RetrievedPassage]) -> str:
    wanted = set(stems(text))
    sentences = [retrieved.article.text[slice(*span)] for retrieved in cited for span in retrieved.passage.sentences]
    return max(sentences, key=lambda sentence: len(wanted & set(stems(sentence))), default="")


def _of(answer: StrongAnswer, kind: str, text: str, statements: Sequence[Statement]) -> Checked:
    return Checked(
        answer.collection, kind, text, any(statement.verdict is Verdict.UNFOUND for statement in statements),
        tuple(statement.verdict.value for statement in statements),
        tuple(", ".join(statement.missing) for statement in statements if statement.missing),
    )


def _plain(text: str) -> str:
    return " ".join(_REFERENCE.sub("", text).split()).rstrip(".")


def _answer(row: dict[str, Any]) -> StrongAnswer:
    return StrongAnswer(
        row["question"], row["collection"],
        tuple((passage["title"], passage["text"]) for passage in sorted(row["passages"], key=lambda p: p["number"])),
        row["faithful"], tuple((sentence["text"], bool(sentence.get("supported"))) for sentence in row["sentences"]),
        tuple(Fault(fault["text"], fault["kind"], fault["sentence"]) for fault in row["faulty"]),
    )


def retrieved(title: str, text: str, articles: Sequence[Article]) -> RetrievedPassage:
    """The passage with this text of the article with this title; the marks before the items of a list may be missing in
    it. Raises ValueError where there is none."""
    pattern = _ITEM.pattern.join(map(re.escape, text.split()))
    for number, article in enumerate(articles):
        held = re.search(pattern, article.text) if article.title == title else None
        if held is not None:
            start, end = held.span()
            spans = tuple((start + a, start + b) for a, b in sentence_spans(held.group()))
            passage = Passage(article.id, 1000 + start, start, end, held.group(), spans)
            return RetrievedPassage(passage, article, 1.0 / (1 + number), 0.0)
    raise ValueError(f"No article of the collection is called '{title}' and holds its passage.")
