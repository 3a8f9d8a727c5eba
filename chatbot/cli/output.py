"""What the command line shows: an Answer, articles, ratings, accounts, and reports, as text."""

import datetime
import json
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from chatbot.answer import Answer, Citation, long_date
from chatbot.feedback import Record
from chatbot.markdown import DRAFT
from chatbot.settings import Settings
from chatbot.web.auth.accounts import AccessToken, Account
from index.storage.articles import Listed
from index.storage.versions import Superseded

if TYPE_CHECKING:
    from index.ingest.report import Report


def answer_text(answer: Answer) -> str:
    """An answer with its verdict and its citations, or with the related passages where it abstained."""
    parts = [f"{DRAFT}:\n{answer.draft}"] if answer.draft else []
    parts += filter(None, [answer.text, answer.verified])
    if answer.citations:
        parts.append("\n\n".join(_cited(citation) for citation in answer.citations))
    if answer.related:
        parts.append("\n\n".join(["Related passages, not an answer:", *map(_cited, answer.related)]))
    if answer.standalone_question not in ("", answer.question):
        parts.append(f"Question as understood: {answer.standalone_question}")
    return printable("\n\n".join([*parts, *answer.notes]))


def articles_text(rows: Sequence[Listed], superseded: Sequence[Superseded] = ()) -> str:
    """A line for each article: id, date, passages, source, title; then one for each version that was replaced."""
    lines = [
        f"{row.id}  {row.date.isoformat() if row.date else 'unknown   '}  {row.passages:>4}  "
        f"{(row.source or 'source unknown')[:24]:<24}  {row.title}{_readers(row.groups)}"
        for row in rows
    ]
    if superseded:
        lines += ["", "Superseded by a later version of the same URL, and not answered from:"]
    lines += [
        f"{version.article_id}  {version.date.isoformat() if version.date else 'unknown   '}     -  "
        f"{(version.source or 'source unknown')[:24]:<24}  {version.title} (replaced on {version.replaced[:10]})"
        for version in superseded
    ]
    return printable("\n".join([f"{'id':<16}  {'date':<10}  pass  {'source':<24}  title", *lines]))


def _readers(groups: Sequence[str]) -> str:
    return f" (for {', '.join(groups)})" if groups else ""


def feedback_text(records: Sequence[Record]) -> str:
    """A table of ratings, with the comment under each; a word where there are none."""
    if not records:
        return "Nobody has rated an answer yet."
    lines = [_rated("time", "rating", "answered by", "verified", "question")]
    for record in records:
        when = datetime.datetime.fromisoformat(str(record["time"])).astimezone().strftime("%Y-%m-%d %H:%M")
        verified = str(record.get("verified") or "").removesuffix(" verified")
        known = [str(record.get(name) or "") for name in ("rating", "answered_by", "question")]
        lines.append(_rated(when, known[0], known[1], verified, known[2]))
        if comment := record.get("comment"):
            lines.append(f"{'':<16}  “{comment}”")
    return printable("\n".join(lines))


def _rated(when: str, rating: str, by: str, verified: str, question: str) -> str:
    question = " ".join(question.split())
    return f"{when:<16}  {rating:<6}  {by[:24]:<24}  {verified[:20]:<20}  {question}"


def users_text(
    users: Sequence[tuple[Account, Sequence[AccessToken]]], ends: Callable[[AccessToken], datetime.date]
) -> str:
    """A line for each account, with its tokens under it; a word where there are none."""
    if not users:
        return "Nobody has an account yet."
    lines = [_user("name", "role", "made", "last used   valid until")]
    for account, tokens in users:
        lines.append(_user(account.name, account.role, account.made))
        lines += [f"  in {', '.join(account.groups)}"] if account.groups else []
        for token in tokens:
            used = f"{token.used or 'never':<10}  {ends(token).isoformat()}"
            lines.append(_user(f"  token {token.id}", "", token.made, used))
    return printable("\n".join(lines))


def _user(name: str, role: str, made: str, used: str = "") -> str:
    return f"{name:<24}  {role:<6}  {made:<10}  {used}".rstrip()


def report_text(report: "Report") -> str:
    """What an indexing run did, as a table; what it left out is named with the reason."""
    lines = [
        "\n".join([f"{name:<10}  {len(items):>6}", *(f"    {item}" for item in items if not isinstance(item, str))])
        for name, items in report.outcomes().items()
    ]
    if report.passages:
        rate = f"{report.passages / max(report.seconds, 0.1):.0f} a second"
        lines.append(f"{'passages':<10}  {report.passages:>6}  in {report.seconds:.0f} seconds, {rate}")
    return printable("\n".join(lines))


def print_report(report: "Report", *, as_json: bool, error: str | None = None) -> None:
    """Prints a table, or one object; with an error it is of a run that broke off."""
    if as_json:
        print(json_line(report.to_json() | ({"error": error} if error else {})), flush=True)
    else:
        print(report_text(report), flush=True)
    if error:
        print("The run broke off. What the table lists is kept; the same command does the rest.", file=sys.stderr)


def print_summary(report: "Report") -> None:
    """Prints one line on a run, and to the standard error what it refused."""
    for reason in report.refused:
        print(f"Refused: {printable(str(reason))}", file=sys.stderr)
    print(report.line(), flush=True)


def mention_ollama(settings: Settings) -> None:
    """Names the models of a running Ollama where no model is set."""
    from chatbot.llm.ollama_hint import hint

    if settings.model is None and (line := hint()):
        print(line, file=sys.stderr, flush=True)


def printable(text: str) -> str:
    """`text` without the control characters with which an article could steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def json_line(value: object) -> str:
    """`value` as one line of JSON that cannot steer a terminal: what is not printable stands as \\u and its number."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


def _cited(citation: Citation) -> str:
    known = [citation.title, citation.source or "source unknown", long_date(citation.date), citation.page_label]
    origin = ", ".join(filter(None, known))
    address = citation.url or f"article {citation.article_id}"
    return f"[{citation.n}] {origin}\n    “{citation.sentence}”\n    {address}"
