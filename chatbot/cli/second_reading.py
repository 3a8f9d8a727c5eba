"""Has an LLM read articles a second time for claims: after indexing, or beside the page."""

import sys
from typing import TYPE_CHECKING

from chatbot.cli.data_folder import open_collection
from chatbot.cli.output import json_line, print_report, printable
from chatbot.cli.progress import reading_progress
from chatbot.errors import ChatbotError, SettingsError
from chatbot.settings import Settings
from index.errors import IndexingError, SecondReadingError

if TYPE_CHECKING:
    from index.collection import Collection
    from index.ingest.background import BackgroundWork
    from index.ingest.report import Report
    from index.ingest.second_reading import Reader, SecondReport

BROKE_OFF = "The LLM has not read all articles. What it read is kept; the same command does the rest."


def check_reader(settings: Settings, *, wanted: bool) -> None:
    """Raises SettingsError where an LLM is wanted to read articles and none is set."""
    if wanted and settings.model is None:
        raise SettingsError(
            "--claims-by-llm (or CHATBOT_CLAIMS_BY_LLM) needs an LLM, and none is set. Give one, such as "
            "--model ollama:llama3.2, or set CHATBOT_MODEL."
        )


def read_by_llm(settings: Settings, indexed: "Report", *, as_json: bool) -> int:
    """Have the LLM read all articles that none has read, and print what it and the run before it did; the exit status.

    Raises what stops it, after having printed what was done.
    """
    from index.ingest.second_reading import SecondReport, read_articles

    report, error = SecondReport(), ""
    if not as_json:
        print_report(indexed, as_json=False)
    try:
        reader = _reader(settings)
        with open_collection(settings, loading=False) as collection:
            read_articles(collection, reader, report=report, start=reading_progress)
    except (ChatbotError, IndexingError, KeyboardInterrupt) as exc:
        error = str(exc) or "stopped"
        raise
    finally:
        if as_json:
            broken_off = {"error": error} if error else {}
            print(json_line(indexed.to_json() | {"claims_by_llm": report.to_json()} | broken_off), flush=True)
        else:
            print(second_report_text(report), flush=True)
        if error:
            print(BROKE_OFF, file=sys.stderr)
    return 1 if indexed.refused or report.unreadable else 0


def second_report_text(report: "SecondReport") -> str:
    """What an LLM read, as a table like that of an indexing run: why readings were not kept is below."""
    lines = [f"{'LLM read':<10}  {report.articles:>6}", f"{'claims':<10}  {report.claims:>6}"]
    lines.append(f"{'left out':<10}  {report.faults.total():>6}")
    lines += [f"    {number}: {fault.value}" for fault, number in sorted(report.faults.items())]
    if report.elsewhere:
        lines.append(f"    {report.elsewhere} of the articles are being read by another process")
    if report.unreadable:
        lines += [f"{'unreadable':<10}  {len(report.unreadable):>6}", *(f"    {each}" for each in report.unreadable)]
    return printable("\n".join(lines))


def reading_beside(collection: "Collection", settings: Settings) -> "BackgroundWork":
    """What has the LLM read new articles while something else is done; it is to be started and stopped."""
    from index.ingest.second_reading import background_reading

    def make() -> "Reader":
        try:
            return _reader(settings)
        except ChatbotError as exc:
            raise SecondReadingError(str(exc)) from exc

    return background_reading(collection, make, lambda line: print(printable(line), file=sys.stderr, flush=True))


def _reader(settings: Settings) -> "Reader":
    # It takes seconds to import LangChain.
    from chatbot.llm.claim_reader import ClaimReader

    return ClaimReader(settings)
