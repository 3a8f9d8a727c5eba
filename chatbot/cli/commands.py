"""The command line: all commands, and the exit status that each ends with."""

import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated

import typer
from typer.core import TyperGroup
from typer.main import get_command

from chatbot import __version__
from chatbot.cli.aliases import aliases
from chatbot.cli.articles import articles, export, import_, verify
from chatbot.cli.ask import ask
from chatbot.cli.claims import board, claims
from chatbot.cli.completion import COMPLETE_VARIABLE, completion_script, register_shells
from chatbot.cli.indexing import index, watch
from chatbot.cli.options import ADDRESS_OPTIONS, DATA_OPTIONS, INDEX_OPTIONS, LLM_OPTIONS, Options, with_settings
from chatbot.cli.output import printable
from chatbot.cli.parser import Command, CommandLine
from chatbot.cli.readers import embed, feedback, users
from chatbot.cli.serve import serve
from chatbot.errors import ChatbotError
from index.errors import IndexingError

PROGRAM = "python app.py"
# Each with its summary and the options that it shares with others.
COMMANDS: dict[str, tuple[Callable[..., int], str, list[Options]]] = {
    "serve": (serve, "serve the page (the default)", [ADDRESS_OPTIONS, INDEX_OPTIONS, LLM_OPTIONS]),
    "index": (index, "read, cut and embed articles; what is unchanged is left as it is", [INDEX_OPTIONS, LLM_OPTIONS]),
    "watch": (watch, "index what changes in folders and feeds, until it is stopped", [INDEX_OPTIONS]),
    "ask": (ask, "answer a question in the terminal", [INDEX_OPTIONS, LLM_OPTIONS]),
    "articles": (articles, "list or remove articles", [INDEX_OPTIONS]),
    "claims": (claims, "print who holds which place or office, by each sentence that says so", [INDEX_OPTIONS]),
    "board": (board, "print for every place who holds it by the newest report", [INDEX_OPTIONS]),
    "aliases": (aliases, "print which names of controllers count as one, or change that", [INDEX_OPTIONS]),
    "verify": (verify, "check that all the index keeps fits together", [INDEX_OPTIONS]),
    "export": (export, "write all articles to a file, one JSON object a line", [INDEX_OPTIONS]),
    "import": (import_, "take in the articles of such a file", [INDEX_OPTIONS]),
    "feedback": (feedback, "print the readers' ratings of answers, newest first", [DATA_OPTIONS]),
    "embed": (embed, "print the lines that put the chat into another page", [ADDRESS_OPTIONS]),
    "users": (users, "who may log in: accounts and API tokens", [DATA_OPTIONS]),
}


def main(arguments: Sequence[str]) -> int:
    """Run one command; the exit status is 0, or 1 where something failed or was refused. Ends the program with status 2
    for wrong usage, with 0 after --help and --version."""
    # What is written below the data folder, by libraries too, is for this user alone.
    os.umask(0o077)
    register_shells()
    try:
        return int(build_program().main(
            list(arguments), prog_name=PROGRAM, complete_var=COMPLETE_VARIABLE, standalone_mode=False
        ))
    except (ChatbotError, IndexingError) as exc:
        print(f"Error: {printable(str(exc))}", file=sys.stderr)
        return 1


def build_program() -> TyperGroup:
    """typer's command line of all commands."""
    program = typer.Typer(
        cls=CommandLine, add_completion=False, rich_markup_mode=None, callback=_options,
        help="Answers questions about articles; every statement of an answer cites the passage that proves it.",
        epilog="Without a command the page is served. For the environment see docs/operating.md.",
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    for name, (run, summary, groups) in COMMANDS.items():
        program.command(name, cls=Command, help=run.__doc__, short_help=summary)(with_settings(run, *groups))
    built = get_command(program)
    assert isinstance(built, TyperGroup)
    return built


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"article-chatbot {__version__}")
        raise typer.Exit


def _print_completion(wanted: bool) -> None:
    if wanted:
        print(completion_script())
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="print the version and exit")
    ] = False,
    completion: Annotated[
        bool,
        typer.Option(
            "--show-completion", callback=_print_completion, is_eager=True,
            help="print what completes commands in your shell: bash, zsh or fish",
        ),
    ] = False,
) -> None:
    """What stands before a command, or in place of one."""
