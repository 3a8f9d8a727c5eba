"""The command that answers in the terminal: `ask`."""

import sys
import time
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from chatbot.answer import Answer, Preview
from chatbot.cli.data_folder import open_collection, opened_for
from chatbot.cli.output import answer_text, json_line, mention_ollama
from chatbot.errors import QuestionError
from chatbot.filters import QuestionFilter, read_filter
from chatbot.settings import DEFAULT_EMBEDDING_MODEL, Settings
from index.lean_imports import leave_out_unneeded

if TYPE_CHECKING:
    from chatbot.answering.pipeline import Chain

# So long a terminal is silent before it shows what is quoted while an LLM is at work.
SILENT_SECONDS = 1.0
ARTICLES = "Articles to answer from (dates as 2024-12-01)"


def ask(
    settings: Settings,
    question: Annotated[
        str, Argument(metavar="QUESTION", help='the question; "-" reads one a line from standard input')
    ],
    as_json: Annotated[bool, Option("--json", help="print one JSON object (always so with -)")] = False,
    conversation: Annotated[
        bool, Option("--conversation", help="with -: the lines are turns of one conversation")
    ] = False,
    source: Annotated[
        str | None, Option("--source", metavar="NAME", help="those of one source", rich_help_panel=ARTICLES)
    ] = None,
    since: Annotated[
        str | None,
        Option("--since", metavar="DATE", help="published on this day or later", rich_help_panel=ARTICLES),
    ] = None,
    until: Annotated[
        str | None,
        Option("--until", metavar="DATE", help="published on this day or earlier", rich_help_panel=ARTICLES),
    ] = None,
    as_of: Annotated[
        str | None,
        Option(
            "--as-of", metavar="DATE", rich_help_panel=ARTICLES,
            help="answer as on this day, without the articles that came later",
        ),
    ] = None,
    group: Annotated[
        list[str] | None,
        Option("--group", metavar="GROUP...", help="as a reader in these groups sees them", rich_help_panel=ARTICLES),
    ] = None,
) -> int:
    """Answer one question, or with "-" one for each line of the standard input."""
    if settings.model is None and settings.embedding_model == DEFAULT_EMBEDDING_MODEL:
        leave_out_unneeded()
    from chatbot.answering.pipeline import Chain

    narrowed = {"source": source, "since": since, "until": until, "as_of": as_of}
    with open_collection(settings, questions_only=True) as whole, opened_for(whole, group) as collection:
        scope = read_filter(narrowed, [source for source, _ in collection.sources() if source])
        chain = Chain(collection, settings)
        if collection.summary().articles == 0:
            print("Add articles first: python app.py index PATH", file=sys.stderr)
        if question == "-":
            return _ask_lines(chain, scope, conversation=conversation)
        answer = _answered(chain, question, scope, waits=sys.stderr.isatty() and not as_json)
        print(json_line(answer.to_json()) if as_json else answer_text(answer), flush=True)
        if sys.stderr.isatty():
            mention_ollama(settings)
    return 0


def _answered(chain: "Chain", question: str, scope: QuestionFilter, *, waits: bool) -> Answer:
    """The whole answer. Where somebody `waits` for an LLM, what is quoted is shown meanwhile, on standard error."""
    quoted, began = None, time.monotonic()
    for piece in chain.stream(question, scope=scope):
        if isinstance(piece, Preview):
            quoted = piece.answer
        elif waits and quoted is not None and time.monotonic() - began > SILENT_SECONDS:
            print(f"Quoted from the articles, while {chain.writer} is at work:\n\n{answer_text(quoted)}\n",
                  file=sys.stderr, flush=True)
            quoted = None
    assert isinstance(piece, Answer)
    return piece


def _ask_lines(chain: "Chain", scope: QuestionFilter, *, conversation: bool) -> int:
    history: list[Answer] = []
    status = 0
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            answer = chain.answer(line.strip(), history, scope)
        except QuestionError as exc:
            print(json_line({"question": line.strip(), "error": str(exc)}), flush=True)
            status = 1
            continue
        print(json_line(answer.to_json()), flush=True)
        if conversation:
            history.append(answer)
    return status
