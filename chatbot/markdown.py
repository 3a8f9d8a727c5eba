"""Writes answers and turns as text for elsewhere: plain for the clipboard, and Markdown in which nothing that an
article, a model or a reader wrote is markup, and only web addresses are links."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import count
from urllib.parse import quote, urlsplit

from chatbot.answer import Answer, Citation, Words, text_of
from chatbot.paragraphs import LIST, PARAGRAPH, TABLE, Group, grouped
from index.message import Message, day_message

DRAFT = Message("What the LLM had written when it failed, unchecked")
SOURCES, RELATED = Message("Sources"), Message("Related passages, not an answer")
ASKED_ON, ANSWERED_ON = Message("Asked on"), Message("Answered on")
UNDERSTOOD = Message("Question as understood:")
_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~$&!@^=]|(?<=[a-z]):(?=//)|(?<=\bwww)\.", re.IGNORECASE)
_LINE_OPENING = re.compile(r"^(\d{0,9})([-+.)])")
_IN_ADDRESS = "%/:?#[]@!$&'()*+,;=~-._"


def plain(answer: Answer, words: Words = str) -> str:
    """The answer with its verdict and its numbered sources as plain text; `words` says the rest."""
    listed = [f"{_known(c, words)} “{c.sentence}”{f' {c.url}' if c.url else ''}" for c in answer.citations]
    verdict = _after("", filter(None, [words(answer.verified)]))
    return "\n".join([text_of(answer.blocks, words), *verdict, *_after(words(SOURCES), listed)])


def markdown(answer: Answer, words: Words = str) -> str:
    """The answer with its verdict and its numbered sources as Markdown. An LLM's lists and tables are such."""
    lines = [part for group in grouped(answer.blocks) for part in _grouped_lines(group, words)]
    verdict = [f"*{escaped(words(answer.verified))}*"] if answer.verified else []
    listed = [_listed(citation, words) for citation in answer.citations]
    sources = ["\n".join([f"**{words(SOURCES)}**", "", *listed])] if listed else []
    return "\n\n".join(filter(None, [*lines, *verdict, *sources]))


def turn_markdown(
    question: str, asked: datetime, within: str, answer: Answer | None, *, otherwise: Sequence[str] = (),
    words: Words = str,
) -> str:
    """One question with its answer, who gave it and when; `within` is what it was narrowed to, `otherwise` what stands
    there where there is no whole answer."""
    heading = [f"## {escaped(' '.join(question.split()))}"]
    when = f"{words(day_message(asked.date()))}, {asked:%H:%M %Z}".strip()
    if answer is None:
        lines = [line for text in otherwise for line in text.splitlines()]
        asked_on = _small(f"{words(ASKED_ON)} {when}", within)
        return "\n\n".join(filter(None, [*heading, *map(escaped, lines), asked_on]))
    understood = answer.standalone_question if answer.standalone_question != answer.question else ""
    return "\n\n".join(
        [
            *heading,
            *_draft(answer.draft, words),
            markdown(answer, words),
            *_related(answer, words),
            *map(escaped, answer.notes),
            *([f"{words(UNDERSTOOD)} {escaped(understood)}"] if understood else []),
            _small(f"{words(ANSWERED_ON)} {when}", words(answer.answered_by), within),
        ]
    )


def _grouped_lines(group: Group, words: Words) -> list[str]:
    """Paragraphs, or one list, or one table, with nothing in them that is markup."""
    if group.shape == PARAGRAPH:
        lines = [line for each in group.paragraphs for line in text_of(each.blocks, words).splitlines()]
        return [escaped(line) for line in lines]
    rows = [[*map(escaped, each.cells), escaped(text_of(each.blocks, words))] for each in group.paragraphs]
    if group.shape == TABLE:
        return [_table(rows, headed=group.headed)]
    marks = ("-" if group.shape == LIST else f"{number}." for number in count(1))
    return ["\n".join(f"{mark} {point}" for mark, [point] in zip(marks, rows, strict=False))]


def _table(rows: list[list[str]], *, headed: bool) -> str:
    """The rows as a table, which has heads, perhaps empty ones; none of its rows may be longer than these."""
    width = max(map(len, rows))
    heads, *others = rows if headed else [[], *rows]
    rule = ["---"] * width
    padded = [row + [""] * (width - len(row)) for row in (heads, rule, *others)]
    return "\n".join(f"| {' | '.join(row)} |" for row in padded)


def escaped(text: str) -> str:
    """One line of text such that a Markdown reader shows it as it is."""
    visible = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return _LINE_OPENING.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", visible))


def web_address(url: str | None) -> str | None:
    """`url` where it is an address of the web, else None."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def shown_host(address: str) -> str:
    """The host that a web address leads to, as readers may trust it: without the user's name and the port.

    A name in another script is shown as it is looked up, xn--..., and so are letters that turn the writing direction:
    no other host looks like it.
    """
    host = urlsplit(address).hostname or ""
    if host.isascii() and host.isprintable():
        return host
    shown = ".".join(label if label.isascii() else f"xn--{_punycode(label)}" for label in host.split("."))
    return "".join(c for c in shown if c.isprintable())


def host_link(url: str | None) -> str:
    """A link to a web address under the name of its host; nothing where `url` is none."""
    address = web_address(url)
    if not address:
        return ""
    target = quote(address, safe=_IN_ADDRESS).replace("&", "&amp;")
    return f"[{escaped(shown_host(address))}](<{target}>)"


def _punycode(label: str) -> str:
    return label.encode("utf-8", "replace").decode().encode("punycode").decode()


def _after(heading: str, lines: Iterable[str]) -> list[str]:
    listed = list(lines)
    return ["", *filter(None, [heading]), *listed] if listed else []


def _known(citation: Citation, words: Words) -> str:
    day, page = words(day_message(citation.date)), words(citation.page_label or "")
    known = ", ".join(filter(None, (citation.title, citation.source, day, page)))
    return f"[{citation.n}] {known}."


def _listed(citation: Citation, words: Words) -> str:
    link = host_link(citation.url)
    return f"- {escaped(f'{_known(citation, words)} “{citation.sentence}”')}{f' {link}' if link else ''}"


def _related(answer: Answer, words: Words) -> list[str]:
    if not answer.related:
        return []
    heading = f"**{words(RELATED)}**"
    return ["\n".join([heading, "", *(_listed(citation, words) for citation in answer.related)])]


def _draft(draft: str, words: Words) -> list[str]:
    lines = [escaped(line) for line in draft.splitlines() if line.strip()]
    return ["\n>\n".join(f"> {line}" for line in [f"**{words(DRAFT)}**", *lines])] if lines else []


def _small(*parts: str) -> str:
    return f"*{' · '.join(escaped(part) for part in parts if part)}*"
