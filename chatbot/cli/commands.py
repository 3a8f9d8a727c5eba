"""The command line: reads the settings, opens the collection, and serves the page, indexes, asks or lists."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from difflib import get_close_matches
from getpass import getpass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from chatbot.answer import Answer
from chatbot.errors import AccountError, ChatbotError, QuestionError, SettingsError
from chatbot.filters import QuestionFilter, read_filter
from chatbot.settings import DEFAULT_EMBEDDING_MODEL, Settings, read_settings
from index.errors import IndexingError, LockedError

if TYPE_CHECKING:
    from chatbot.answering.pipeline import Chain
    from index.article import Article
    from index.collection import Collection
    from index.fetch.client import Fetcher
    from index.ingest.report import Report
    from index.ingest.uploads import Uploads
    from index.ingest.watch import Watch

COMMANDS = ("serve", "index", "watch", "ask", "articles", "verify", "export", "import", "feedback", "embed", "users")
EXAMPLES_FROM = 40
STOP_SECONDS = 10
CHECK_SECONDS = 24 * 60 * 60
CHECK_AGAIN_SECONDS = 60


def main(arguments: Sequence[str]) -> int:
    """Run one command; the exit status is 0, 1 where something failed or was refused, 2 for wrong usage."""
    options = _options(list(arguments))
    # What is written below the data folder, by libraries too, is for this user alone.
    os.umask(0o077)
    try:
        settings = read_settings(os.environ, **vars(options))
        _prepare_libraries(settings)
        run = {
            "serve": serve,
            "index": index,
            "watch": watch,
            "ask": ask,
            "articles": articles,
            "verify": verify,
            "export": export,
            "import": import_,
            "feedback": feedback,
            "embed": embed,
            "users": users,
        }[options.command]
        return run(options, settings)
    except (ChatbotError, IndexingError) as exc:
        print(f"Error: {_printable(str(exc))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output, such as `head`, has gone; Python would complain once more while it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _options(given: list[str]) -> argparse.Namespace:
    """The command with its options; without a command it is serve. Wrong usage ends the program with status 2."""
    parser = _parser()
    if given and given[0] in (*COMMANDS, "-h", "--help"):
        return parser.parse_args(given)
    if given and not given[0].startswith("-"):
        parser.error(_unknown_command(given[0]))
    options, left = parser.parse_known_args(["serve", *given])
    if left and left[0] in COMMANDS:
        parser.error(f"the command comes first, its options after it: python app.py {left[0]} ... "
                     f"The commands are {', '.join(COMMANDS)}.")
    if left and not left[0].startswith("-"):
        parser.error(_unknown_command(left[0]))
    if left:
        # Reported by the command itself, with its own options.
        parser.parse_args(["serve", *given])
    return options


def _unknown_command(name: str) -> str:
    near = get_close_matches(name.lower(), COMMANDS, 1)
    meant = f" Did you mean {near[0]}?" if near else ""
    return f"there is no command '{_printable(name)}'.{meant} The commands are {', '.join(COMMANDS)}."


def _needs_data(settings: Settings, *, file: str = "") -> None:
    """Raises SettingsError where the data folder is missing, or `file` in it: nothing is made where one only reads."""
    if not settings.data.is_dir():
        problem = f"There is no data folder '{settings.data}'."
    elif file and not (settings.data / file).exists():
        problem = f"The folder '{settings.data}' holds no index."
    else:
        return
    raise SettingsError(
        f"{problem} Check --data (or CHATBOT_DATA), or index articles into it first: "
        f"python app.py index PATH --data {settings.data}"
    )


def _mention_new_folder(settings: Settings) -> None:
    """Says that a data folder is made: where its name was mistyped, that is what the person should see."""
    if not settings.data.exists():
        print(f"The data folder '{settings.data}' is new. It holds no articles and no accounts yet.", file=sys.stderr)


def _printable(text: str) -> str:
    """`text` as it may be shown in a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def serve(options: argparse.Namespace, settings: Settings) -> int:
    """Serve the page until it is stopped."""
    from chatbot.web.auth import authorization
    from chatbot.web.server import open_door

    authorization.check(settings)
    # Gradio takes as long to import as the index takes to open.
    importing = Thread(target=_import_page, daemon=True)
    importing.start()
    _mention_new_folder(settings)
    with open_door(settings) as door, _collection(settings, loading=False, new=True) as collection:
        from chatbot.answering.example_questions import example_questions
        from chatbot.answering.pipeline import Chain
        from index.ingest.run import index_paths

        if options.index:
            _tell(index_paths(collection, options.index, limits=settings.file_limits, start=_progress()))
        newest = [collection.article(row.id) for row in collection.newest(EXAMPLES_FROM)]
        chain = Chain(collection, settings)
        importing.join()
        from chatbot.web.server import serve as serve_page

        def ready(url: str) -> None:
            print(f"The page answers on {url}", flush=True)
            for notice in authorization.notices(settings):
                print(notice, file=sys.stderr)
            Thread(target=_mention_ollama, args=(settings,), daemon=True).start()
            # A reader takes longer to type than the embedding model to load; a question waits for it.
            collection.load()
            Thread(target=_check_daily, args=(collection,), daemon=True).start()

        examples = example_questions(newest, sentences=collection.sentences, places=collection.held_places())
        watching = _watching(collection, settings, options.watch or [])
        taking = _taking(collection, settings)
        with watching as watch_fault, _annotating(collection), taking as uploads:
            serve_page(
                settings, chain, collection, uploads, examples=examples, ready=ready, door=door, watch_fault=watch_fault
            )
    return 0


def index(options: argparse.Namespace, settings: Settings) -> int:
    """Index files, folders, web pages and feeds, or embed every article again."""
    from index.ingest.report import Report
    from index.ingest.run import index_paths
    from index.ingest.web import index_urls

    urls, paths = _urls_and_paths([*options.paths, *_listed(options.list)])
    if not urls and not paths and not options.reembed:
        raise SettingsError("There is nothing to index. Give files or folders, such as: python app.py index articles")
    # Without the model until there is something to embed: a run over what is unchanged takes a fraction of the time.
    with _collection(settings, writing=True, reembedding=options.reembed, loading=False, new=True) as collection:
        report, told = Report(), options.verbose and not options.json
        try:
            index_paths(
                collection, paths, prune=options.prune, reembed=options.reembed, limits=settings.file_limits,
                into=report, start=_progress(), passages=_passages(), kept=_tell_kept if told else lambda article: None,
            )
            if urls:
                index_urls(
                    collection, urls, _fetcher(settings), limits=settings.file_limits, passages=_passages(), into=report
                )
        except (IndexingError, KeyboardInterrupt) as exc:
            if any(report.outcomes().values()):
                _print_report(report, as_json=options.json, error=str(exc) or "stopped")
            raise
        _print_report(report, as_json=options.json)
    return 1 if report.refused else 0


def watch(options: argparse.Namespace, settings: Settings) -> int:
    """Index what changes in folders and feeds until it is stopped."""
    from index.ingest.watch import Watcher

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with _collection(settings, loading=False, new=True) as collection:
        try:
            watched, _ = _watch(collection, settings, options.paths, prune=options.prune)
            Watcher(watched).run()
        except KeyboardInterrupt:
            print("Stopped.", file=sys.stderr)
    return 0


@contextmanager
def _taking(collection: "Collection", settings: Settings) -> Iterator["Uploads"]:
    """What takes articles from the page; afterwards what it is at is brought to its end."""
    from index.ingest.uploads import Uploads

    uploads = Uploads(collection, settings.file_limits, _fetcher(settings))
    try:
        yield uploads
    finally:
        uploads.stop(STOP_SECONDS)


@contextmanager
def _annotating(collection: "Collection") -> Iterator[None]:
    """Annotates what an earlier version indexed, while something else is done."""
    from index.ingest.annotate import BackgroundAnnotation

    annotation = BackgroundAnnotation(collection, lambda line: print(line, file=sys.stderr, flush=True))
    annotation.start()
    try:
        yield
    finally:
        annotation.stop(STOP_SECONDS)


@contextmanager
def _watching(collection: "Collection", settings: Settings, given: Sequence[str]) -> Iterator[Callable[[], str | None]]:
    """Watches in a thread of its own, while something else is done; afterwards what it is at is brought to its end.
    Gives what says why nothing is watched, where that is so."""
    if not given:
        yield lambda: None
        return
    from index.ingest.watch import Watcher

    watched, fetcher = _watch(collection, settings, given, prune=False)
    watcher = Watcher(watched)
    watcher.start()
    try:
        yield watcher.fault
    finally:
        fetcher.stop()
        watcher.stop(STOP_SECONDS)


def _watch(
    collection: "Collection", settings: Settings, given: Sequence[str], *, prune: bool
) -> tuple["Watch", "Fetcher"]:
    from index.ingest.run import index_paths
    from index.ingest.watch import Watch
    from index.ingest.web import index_urls

    urls, paths = _urls_and_paths(given)
    fetcher = _fetcher(settings)
    watched = Watch(
        paths, urls,
        lambda folders: index_paths(collection, folders, prune=prune, limits=settings.file_limits),
        lambda feeds: index_urls(collection, feeds, fetcher, limits=settings.file_limits),
        settings.feed_minutes * 60, _tell, lambda line: print(f"Error: {line}", file=sys.stderr, flush=True),
    )
    watched.check()
    return watched, fetcher


def ask(options: argparse.Namespace, settings: Settings) -> int:
    """Answer one question, or with "-" one for each line of the standard input."""
    from chatbot.answering.pipeline import Chain
    from chatbot.cli.output import answer_text, json_line

    with _collection(settings) as collection:
        scope = read_filter(vars(options), [source for source, _ in collection.sources() if source])
        chain = Chain(collection, settings)
        if options.question == "-":
            return _ask_lines(chain, scope, conversation=options.conversation)
        answer = chain.answer(options.question, scope=scope)
        print(json_line(answer.to_json()) if options.json else answer_text(answer), flush=True)
        if sys.stderr.isatty():
            _mention_ollama(settings)
    return 0


def articles(options: argparse.Namespace, settings: Settings) -> int:
    """List the articles, or remove some by their ids."""
    from chatbot.cli.output import articles_text, json_line, printable

    if (options.action == "remove") != bool(options.ids):
        raise QuestionError("Give ids with remove, and only there, such as: python app.py articles remove ID")
    with _collection(settings, writing=bool(options.ids), loading=False) as collection:
        if options.action == "remove":
            titles = [collection.article(ident).title for ident in options.ids]
            for ident, title in zip(options.ids, titles, strict=True):
                collection.remove(ident)
                print(f"Removed: {printable(title)}")
        elif options.json:
            for row in collection.articles():
                print(json_line(asdict(row)))
        else:
            print(articles_text(collection.articles(), collection.superseded()))
    return 0


def verify(options: argparse.Namespace, settings: Settings) -> int:
    """Check the index against itself, and mend it with --repair; status 1 where something is wrong and not mended."""
    from index.ingest.integrity import audit, repair

    with _collection(settings, writing=True, loading=False, mending=False) as collection:
        found = audit(collection)
        for fault in found.faults:
            print(fault)
        if found.faults and options.repair:
            found = repair(collection, found, start=_progress())
            print("\n".join(found.faults) if found.faults else "All of it is mended.")
        elif found.faults:
            print("Mend it with: python app.py verify --repair")
        else:
            held = collection.summary()
            print(f"Nothing is wrong: {held.articles} articles, {held.passages} passages.")
    return 1 if found.faults else 0


def export(options: argparse.Namespace, settings: Settings) -> int:
    """Write every article with what is known of it to a file, one a line."""
    from index.ingest.export import export_articles

    with _collection(settings, loading=False) as collection:
        print(f"{export_articles(collection, options.file)} articles written to {options.file}")
    return 0


def import_(options: argparse.Namespace, settings: Settings) -> int:
    """Take in what export has written."""
    from index.ingest.export import import_articles

    with _collection(settings, writing=True, new=True) as collection:
        report = import_articles(collection, options.file)
        _tell(report)
    return 1 if report.refused else 0


def feedback(options: argparse.Namespace, settings: Settings) -> int:
    """Print what readers think of the answers."""
    _needs_data(settings)
    from chatbot.cli.output import feedback_text, json_line
    from chatbot.feedback import FILE, FeedbackStore

    records, broken = FeedbackStore(settings.data / FILE).read()
    if options.json:
        for record in records:
            print(json_line(record))
    else:
        print(feedback_text(records))
    if broken:
        print(f"{broken} line{'s' if broken > 1 else ''} of {FILE} cannot be read.", file=sys.stderr)
    return 0


def embed(options: argparse.Namespace, settings: Settings) -> int:
    """Print what to paste into another page so that it shows the chat."""
    from chatbot.web.embed_snippet import snippet

    print(snippet(settings.address, settings.embed_origins), end="")
    return 0


def users(options: argparse.Namespace, settings: Settings) -> int:
    """Make, list, change and remove accounts and their API tokens."""
    from chatbot.cli.output import users_text
    from chatbot.web.auth.accounts import Accounts, Role

    if options.action == "add":
        _mention_new_folder(settings)
    else:
        _needs_data(settings)
    accounts, name = Accounts(settings.data, settings.token_days), options.name
    if (options.action == "list") == bool(name):
        raise AccountError("Give a name, and only where it is needed, such as: python app.py users add NAME")
    if options.action == "add":
        accounts.add(name, _password(), Role(options.role))
        print(f"Added: {name}, {options.role}")
    elif options.action == "password":
        accounts.set_password(name, _password())
        print(f"Changed: {name}. Sessions and API tokens from before have ended.")
    elif options.action == "remove":
        accounts.remove(name)
        print(f"Removed: {name}")
    elif options.action == "token":
        print(accounts.make_token(name))
        print("This token is shown only now. Whoever has it may do what this user may do.", file=sys.stderr)
    elif options.action == "revoke":
        accounts.revoke(name)
        print(f"Revoked: {name}")
    else:
        print(users_text([(user, accounts.tokens(user.name)) for user in accounts.users()], accounts.ends))
    return 0


def _password() -> str:
    """What is typed twice unseen, or the first line of the standard input; never an argument, which others can see."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    typed = getpass("Password: ")
    if getpass("Once more: ") != typed:
        raise AccountError("The two passwords differ. Try again.")
    return typed


def _urls_and_paths(given: Sequence[str]) -> tuple[list[str], list[Path]]:
    return [one for one in given if "://" in one], [Path(one) for one in given if "://" not in one]


def _listed(file: Path | None) -> list[str]:
    from index.ingest.web import read_list

    if file is None:
        return []
    try:
        return read_list(file.read_text(encoding="utf-8-sig").splitlines())
    except (OSError, ValueError) as exc:
        raise SettingsError(f"The list {file} cannot be read: {exc}. Expected one URL or path a line.") from exc


def _fetcher(settings: Settings) -> "Fetcher":
    from index.fetch.address_policy import read_ranges
    from index.fetch.client import Fetcher, FetchLimits
    from index.limits import MB

    limits = FetchLimits(bytes=min(FetchLimits.bytes, settings.file_limits.file_mb * MB))
    return Fetcher(allowed=read_ranges(settings.fetch_allow), limits=limits, robots=settings.robots == "respect")


def _ask_lines(chain: "Chain", scope: QuestionFilter, *, conversation: bool) -> int:
    from chatbot.cli.output import json_line

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


@contextmanager
def _collection(
    settings: Settings, *, writing: bool = False, reembedding: bool = False, loading: bool = True,
    mending: bool = True, new: bool = False,
) -> Iterator["Collection"]:
    """The collection in the data folder. Only with `new` the folder is made where it is missing."""
    from index.collection import Collection
    from index.storage.index_files import LEDGER_FILE

    if not new:
        _needs_data(settings, file=LEDGER_FILE)
    collection = Collection(
        settings.data,
        embedding_model=settings.embedding_model,
        chroma_url=settings.chroma_url,
        writing=writing,
        reembedding=reembedding,
        loading=loading,
        mending=mending,
        wait_seconds=settings.wait_seconds,
        say=lambda line: print(line, file=sys.stderr, flush=True),
    )
    try:
        yield collection
    finally:
        collection.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python app.py",
        description="Answers questions about articles; every statement of an answer cites the passage that proves it.",
        epilog="Without a command the page is served. For the environment see docs/operating.md.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    page = commands.add_parser("serve", help="serve the page (the default)")
    _add_address_options(page)
    page.add_argument("--index", type=Path, nargs="+", metavar="PATH", help="index these files and folders first")
    intake = commands.add_parser("index", help="read, cut and embed articles; what is unchanged is left as it is")
    intake.add_argument("paths", nargs="*", metavar="PATH", help="a file, a folder, or the URL of a page or feed")
    intake.add_argument("--list", type=Path, metavar="FILE", help="a file of URLs and paths, one a line")
    intake.add_argument("--prune", action="store_true", help="remove the articles below PATH whose file is gone")
    intake.add_argument("--verbose", action="store_true", help="name each article once it is safely kept")
    intake.add_argument("--reembed", action="store_true", help="embed every article again, such as with another model")
    intake.add_argument("--json", action="store_true", help="print what was done as one JSON object")
    page.add_argument("--watch", nargs="+", metavar="PATH_OR_URL", help="index what changes in these folders and feeds")
    watching = commands.add_parser("watch", help="index what changes in folders and feeds, until it is stopped")
    watching.add_argument("paths", nargs="+", metavar="PATH_OR_URL", help="a folder, or the URL of a feed or page")
    watching.add_argument("--prune", action="store_true", help="remove the articles whose file is gone, too")
    question = commands.add_parser("ask", help="answer a question in the terminal")
    question.add_argument("question", metavar="QUESTION", help='the question; "-" reads one a line from standard input')
    question.add_argument("--json", action="store_true", help="print one JSON object (always so with -)")
    question.add_argument("--conversation", action="store_true", help="with -: the lines are turns of one conversation")
    _add_scope_options(question)
    listing = commands.add_parser("articles", help="list or remove articles")
    listing.add_argument("action", nargs="?", choices=["list", "remove"], default="list")
    listing.add_argument("ids", nargs="*", metavar="ID", help="with remove: the articles' ids, as listed")
    listing.add_argument("--json", action="store_true", help="print one JSON object a line")
    checking = commands.add_parser("verify", help="check that all the index keeps fits together")
    checking.add_argument("--repair", action="store_true", help="mend what is wrong, embedding only what needs it")
    exporting = commands.add_parser("export", help="write all articles to a file, one JSON object a line")
    importing = commands.add_parser("import", help="take in the articles of such a file")
    for moving in (exporting, importing):
        moving.add_argument("file", type=Path, metavar="FILE", help="the file, such as articles.jsonl")
    ratings = commands.add_parser("feedback", help="print the readers' ratings of answers, newest first")
    ratings.add_argument("--json", action="store_true", help="print one JSON object a line, with answer and passages")
    ratings.add_argument("--data", metavar="DIR", help="where the index is kept (data)")
    embedding = commands.add_parser("embed", help="print the lines that put the chat into another page")
    _add_address_options(embedding)
    people = commands.add_parser("users", help="who may log in: accounts and API tokens")
    people.add_argument("action", choices=["add", "list", "password", "remove", "token", "revoke"])
    people.add_argument("name", nargs="?", metavar="NAME", help="the user's name; with revoke, a token's id")
    people.add_argument("--role", choices=["reader", "editor"], default="reader", help="with add: what it may do")
    people.add_argument("--data", metavar="DIR", help="where the accounts are kept (data)")
    for command in (page, intake, watching, question, listing, checking, exporting, importing):
        _add_index_options(command)
    for command in (page, question):
        _add_model_options(command)
    return parser


def _add_address_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--host", help="address to listen on (127.0.0.1)")
    command.add_argument("--port", type=int, help="port to listen on (7860)")
    command.add_argument("--public-url", "--url", metavar="URL", help="where readers find the page, behind a proxy")
    command.add_argument("--embed-origins", metavar="ORIGINS", help="whose pages may embed the chat (no others)")


def _add_scope_options(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("articles to answer from (dates as 2024-12-01)")
    group.add_argument("--source", metavar="NAME", help="those of one source")
    group.add_argument("--since", metavar="DATE", help="published on this day or later")
    group.add_argument("--until", metavar="DATE", help="published on this day or earlier")
    group.add_argument("--as-of", metavar="DATE", help="answer as on this day, without the articles that came later")


def _add_index_options(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("index")
    group.add_argument("--data", metavar="DIR", help="where the index is kept (data)")
    group.add_argument("--embedding-model", metavar="NAME", help="a sentence-transformers model, by name or path")
    group.add_argument("--chroma-url", metavar="URL", help="a Chroma server, in place of the embedded one")
    group.add_argument(
        "--wait", dest="wait_seconds", metavar="SECONDS", help="for another process that is changing the index (60)"
    )


def _add_model_options(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("LLM (without one, answers are quotations)")
    group.add_argument("--model", metavar="PROVIDER:NAME", help="such as ollama:llama3.2 or openai:gpt-5-mini")
    group.add_argument("--base-url", metavar="URL", help="of an OpenAI-compatible server, such as http://127.0.0.1:8000/v1")
    group.add_argument("--api-key-file", metavar="FILE", help="a file that holds the key (or CHATBOT_API_KEY)")
    group.add_argument("--temperature", metavar="NUMBER", help="0 always takes the likeliest word (0)")
    group.add_argument("--max-tokens", metavar="TOKENS", help="longest answer (1000)")
    group.add_argument("--window", dest="window_tokens", metavar="TOKENS", help="of prompt and answer together (4096)")
    group.add_argument("--timeout", dest="timeout_seconds", metavar="SECONDS", help="longest silence of the LLM (60)")
    group.add_argument("--retries", metavar="TIMES", help="how often a fault that may pass is asked after again (2)")


def _prepare_libraries(settings: Settings) -> None:
    """What torch and the Hugging Face hub read from the environment when they are imported."""
    # Its waiting threads otherwise spin: where cores are shared, one question then takes ten times as long.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # A model on disk is whole: without this the hub is asked for it all the same.
    if settings.embedding_model == DEFAULT_EMBEDDING_MODEL or Path(settings.embedding_model).exists():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")


def _import_page() -> None:
    import chatbot.web.page.blocks  # noqa: F401


def _check_daily(collection: "Collection") -> None:
    """Check what opening the index did not read, and once more each day; what is wrong is said, and mended."""
    while True:
        try:
            collection.check()
            time.sleep(CHECK_SECONDS)
        except LockedError:
            time.sleep(CHECK_AGAIN_SECONDS)
        except IndexingError as exc:
            print(f"The index could not be checked: {exc}", file=sys.stderr, flush=True)
            time.sleep(CHECK_SECONDS)


def _mention_ollama(settings: Settings) -> None:
    from chatbot.llm.ollama_hint import hint

    if settings.model is None and (line := hint()):
        print(line, file=sys.stderr, flush=True)


def _progress() -> Callable[[int], Callable[[int], None]]:
    from chatbot.cli.output import progress_bar

    return progress_bar


def _passages() -> Callable[[str, int, int], None]:
    from chatbot.cli.output import passage_bar

    return passage_bar()


def _tell_kept(article: "Article") -> None:
    from chatbot.cli.output import printable

    print(f"Kept: {article.id} {printable(article.title)}", flush=True)


def _print_report(report: "Report", *, as_json: bool, error: str | None = None) -> None:
    """A table, or one object; with an error it is of a run that broke off."""
    from chatbot.cli.output import json_line, report_text

    if as_json:
        print(json_line(report.to_json() | ({"error": error} if error else {})), flush=True)
    else:
        print(report_text(report), flush=True)
    if error:
        print("The run broke off. What the table lists is kept; the same command does the rest.", file=sys.stderr)


def _tell(report: "Report") -> None:
    from chatbot.cli.output import printable

    for reason in report.refused:
        print(f"Refused: {printable(str(reason))}", file=sys.stderr)
    print(report.line(), flush=True)
