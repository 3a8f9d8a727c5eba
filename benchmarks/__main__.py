"""Runs the benchmarks and prints one report: `python -m benchmarks`. What lacks its data is skipped with a line."""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PARTS = (
    "answers", "news", "claims", "labelled-claims", "faults", "insights", "strong", "labelled-statements", "sent",
    "times", "abstention", "disagreement", "retrieval", "news-retrieval",
    "followups", "injection", "duplicates", "extraction", "pdf", "sentences", "odd", "intake", "indexing", "storage",
    "large-folder", "board-page", "first-view", "question-times",
)
ON_ALEPPO = ("aleppo", "aleppo-more", "aleppo-held-out", "off-topic")
ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "articles"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the parts that are asked for."""
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        work = options.keep or Path(folder)
        work.mkdir(parents=True, exist_ok=True)
        for part in options.only:
            began = time.perf_counter()
            print(f"\n== {part}\n", flush=True)
            RUN[part](options, work)
            print(f"  (took {time.perf_counter() - began:.0f} s)", flush=True)


def _retrieval(options: argparse.Namespace, work: Path) -> None:
    # Each part is imported when it runs: together they would load torch and the page for a line of help.
    from benchmarks import retrieval

    if _there(options.data, "--data", "the public sets"):
        retrieval.report(retrieval.measure(options.data, work, every=options.all))


def _news_retrieval(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import retrieval

    retrieval.report_news(retrieval.measure_news(work))


def _abstention(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import abstention

    if _there(options.data, "--data", "the public sets"):
        abstention.report(abstention.measure(options.data, work))


def _disagreement(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import disagreement

    if _there(options.data, "--data", "the public sets"):
        disagreement.report(disagreement.measure(options.data, work / "disagreement"))


def _answers(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import answers

    runs = [("sample", SAMPLE, "sample"), ("off-topic", SAMPLE, "sample")]
    if _there(options.articles, "--articles", "the real article"):
        runs = [(name, options.articles, "aleppo") for name in ON_ALEPPO] + runs
    for name, articles, data in runs:
        questions = answers.read_questions(answers.QUESTIONS / f"{name}.json")
        answers.report(name, answers.measure(questions, articles, work / data), verbose=options.verbose)


def _news(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import news_answers
    from benchmarks.news_sets import SEPARATE_SETS, news_sets

    root = options.data / "news" if options.data else None
    groups: dict[str, list[news_answers.Outcome]] = {}
    for news in news_sets(root) if root else [*news_answers.fitted_sets(), *news_sets(only=SEPARATE_SETS)]:
        left_out = news.name in news_answers.left_out()
        word = "left out of the fit" if left_out else "never looked at" if news.name in SEPARATE_SETS else "as given"
        outcomes = news_answers.measure(news, work / f"news-{news.name}")
        news_answers.report(f"{news.name} ({word})", outcomes)
        groups.setdefault(word, []).extend(outcomes)
    for word, outcomes in groups.items():
        news_answers.report(f"all ({word})", outcomes)


def _claims(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import claims
    from benchmarks.news_sets import SEPARATE_SETS, SHIPPED

    given = options.data / "news" if options.data else SHIPPED
    root = given if (given / "truth").is_dir() else SHIPPED
    totals: dict[str, claims.Outcome] = {}
    for name in claims.names(root):
        word = "kept apart" if name in SEPARATE_SETS else "looked at" if root == SHIPPED else "as given"
        outcome = claims.measure(root, name, work / f"news-{name}")
        claims.report(f"{name} ({word})", outcome)
        totals[word] = totals.get(word, claims.Outcome()) + outcome
    for word, total in totals.items():
        claims.report(f"all ({word})", total)


def _board_page(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import board_page

    board_page.report(board_page.measure(SAMPLE, work / "sample" / "data", work / "board-page"))


def _first_view(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import first_view

    first_view.report(first_view.measure(SAMPLE, work / "sample" / "data"))


def _labelled_claims(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import labelled_claims
    from index.language.parser import Parser

    parser = Parser()
    for kind in labelled_claims.HELD_OUT:
        for tagged in (False, True):
            print(f"{kind}, {'with the tagger' if tagged else 'rules alone'}:")
            labelled_claims.report(*labelled_claims.measure(list(labelled_claims.rows(kind)), parser, tagged=tagged))


def _labelled_statements(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import labelled_statements

    for number, (name, (pattern, every)) in enumerate(labelled_statements.SETS.items()):
        passages = list(labelled_statements.rows(pattern, every))
        counts = labelled_statements.measure(passages, work / f"labelled-statements-{number}")
        labelled_statements.report(name, counts)


def _followups(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import followups
    from chatbot.llm.question_rewriter import Condenser
    from chatbot.settings import read_settings
    from index.language.tokens import count_tokens

    if _there(options.data, "--data", "the public sets"):
        settings = read_settings(model=options.model, base_url=options.base_url)
        condense = Condenser(settings, count=count_tokens).condense if options.model else None
        followups.report(followups.measure(options.data, condense))


def _injection(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import injection

    if _there(options.data, "--data", "the public sets"):
        planting = [(attack, place) for attack in injection.attacks(options.data) for place in injection.PLACES]
        outcomes = injection.measure(planting, SAMPLE / injection.HOST, work / "injection")
        injection.report(outcomes, verbose=options.verbose)


def _faults(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import faults, sets

    unfitted = []
    with sets.indexed([SAMPLE], work / "sample" / "data") as collection:
        for half, odd in (("fitted on", False), ("not fitted on", True)):
            outcomes = faults.measure(collection, faults.sample_claims(odd=odd))
            faults.report(f"sample articles, {half}", outcomes, verbose=options.verbose)
            unfitted += outcomes if odd else []
    folder = work / "denials"
    sets.write_documents(faults.denial_documents(), folder / "articles")
    with sets.indexed([folder / "articles"], folder / "data") as collection:
        for half, odd in (("fitted on", False), ("not fitted on", True)):
            outcomes = faults.measure(collection, faults.denial_claims(odd=odd))
            faults.report(f"Denials and roles, {half}", outcomes, verbose=options.verbose)
    if not _there(options.data, "--data", "the public sets"):
        return
    for topic, half in ((1, "fitted on"), (2, "not fitted on")):
        folder = work / f"summhay{topic}"
        sets.write_documents(sets.summhay(options.data, topic).documents, folder / "articles")
        with sets.indexed([folder / "articles"], folder / "data") as collection:
            outcomes = faults.measure(collection, faults.summhay_claims(options.data, topic))
            faults.report(f"SummHay topic {topic}, {half}", outcomes, verbose=options.verbose)
            unfitted += outcomes if topic == 2 else []
    faults.report("All that was not fitted on", unfitted)


def _insights(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import insights

    if _there(options.data, "--data", "the public sets"):
        for topic, half in ((1, "weights fitted on its insights"), (2, "not fitted on")):
            outcomes = insights.measure(options.data, topic, work / f"summhay{topic}")
            insights.report(f"insights of topic {topic}, {half}", outcomes, verbose=options.verbose)


def _strong(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import strong

    if _there(options.data, "--data", "the public sets"):
        answers = strong.read_answers(options.data)
        alone, with_judge = strong.measure(options.data, work / "strong", answers)
        strong.report(with_judge, with_judge=True)
        strong.report(alone, verbose=options.verbose)


def _sent(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import news_sets, sent

    root = options.data / "news" if options.data is not None else news_sets.SHIPPED
    sets = news_sets.news_sets(root)
    outcomes = [outcome for news in sets for outcome in sent.measure(news, work / "sent" / news.name)]
    sent.report(outcomes, verbose=options.verbose)


def _duplicates(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import duplicates

    if _there(options.data, "--data", "the public sets"):
        duplicates.report(duplicates.measure(options.data))


def _extraction(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import extraction

    if _there(options.data, "--data", "the public sets"):
        extraction.report(extraction.measure(options.data, work / "extraction"), verbose=options.verbose)


def _pdf(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import pdf

    if _there(options.data, "--data", "the public sets"):
        pdf.report(pdf.measure(options.data))


def _sentences(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import sentences
    from benchmarks.news_sets import SHIPPED

    sentences.report(sentences.measure(), sentences.wrapped([SAMPLE, SHIPPED / "collections"]))


def _odd(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import odd_strings

    if _there(options.data, "--data", "the public sets"):
        outcomes = odd_strings.measure(odd_strings.strings(options.data), work / "odd")
        odd_strings.report(outcomes, verbose=options.verbose)


def _indexing(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import indexing

    if _there(options.data, "--data", "the public sets"):
        rounds = indexing.ROUNDS if options.size is None else 1
        indexing.report(indexing.measure(options.data, work, rounds=rounds, most=options.size))


def _intake(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import intake

    if _there(options.data, "--data", "the public sets"):
        intake.report(intake.measure(options.data, work / "intake"))


def _storage(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import storage

    storage.report(storage.measure(work / "storage"))


def _large_folder(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import large_folder

    large_folder.report(large_folder.measure(work / "large", files=options.size or large_folder.FILES))


def _times(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import answers, streaming, times

    times.report_embedding(times.embedding(SAMPLE))
    times.report_stages(times.stages(SAMPLE))
    times.report_latencies(times.latencies(SAMPLE, answers.QUESTIONS / "sample.json", work / "sample"))
    streaming.report(streaming.delays(SAMPLE, answers.QUESTIONS / "sample.json", work / "sample"))
    times.report_starts(times.starts(SAMPLE, work / "sample"))


def _question_times(options: argparse.Namespace, work: Path) -> None:
    from benchmarks import question_times

    sizes = question_times.SIZES if options.size is None else (options.size,)
    question_times.report(question_times.measure(work, sizes=sizes))


RUN: dict[str, Callable[[argparse.Namespace, Path], None]] = {
    "answers": _answers,
    "news": _news,
    "claims": _claims,
    "board-page": _board_page,
    "first-view": _first_view,
    "labelled-claims": _labelled_claims,
    "faults": _faults,
    "insights": _insights,
    "strong": _strong,
    "labelled-statements": _labelled_statements,
    "sent": _sent,
    "times": _times,
    "abstention": _abstention,
    "disagreement": _disagreement,
    "retrieval": _retrieval,
    "news-retrieval": _news_retrieval,
    "followups": _followups,
    "injection": _injection,
    "duplicates": _duplicates,
    "extraction": _extraction,
    "pdf": _pdf,
    "sentences": _sentences,
    "odd": _odd,
    "intake": _intake,
    "indexing": _indexing,
    "storage": _storage,
    "large-folder": _large_folder,
    "question-times": _question_times,
}


def _there(folder: Path | None, option: str, what: str) -> bool:
    if folder is None:
        print(f"skipped: {what} are not given. Name their folder with {option}.")
        return False
    if not folder.exists():
        print(f"skipped: there is no folder {folder}. Name the one with {what} with {option}.")
        return False
    return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of the public sets, which are not shipped")
    parser.add_argument("--articles", type=Path, metavar="PATH", help="the real article that aleppo*.json ask about")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=", ".join(PARTS))
    size = "indexing: so many articles once, not all of them thrice; large-folder: files; question-times: passages"
    parser.add_argument("--size", type=int, metavar="N", help=size)
    parser.add_argument("--all", action="store_true", help="retrieval on MultiHop-RAG and SciFact too (minutes more)")
    parser.add_argument("--model", metavar="PROVIDER:NAME", help="an LLM, measured beside the built-in where it counts")
    parser.add_argument("--base-url", metavar="URL", help="the address of the LLM's server")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the indexes here, so that a second run is quick")
    parser.add_argument("-v", "--verbose", action="store_true", help="print each question that failed")
    return parser


if __name__ == "__main__":
    main()
