"""Writes answers and turns as text for elsewhere: plain for the clipboard, and Markdown in which nothing that an
article, a model or a reader wrote is markup, and only web addresses are links."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import quote, urlsplit

from chatbot.answer import Answer, Citation, long_date

DRAFT = "What the LLM had written when it failed, unchecked"
_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~$&!@^=]|(?<=[a-z]):(?=//)|(?<=\bwww)\.", re.IGNORECASE)
_LINE_OPENING = re.compile(r"^(\d{0,9})([-+.)])")
_IN_ADDRESS = "%/:?#[]@!$&'()*+,;=~-._"


def plain(answer: Answer) -> str:
    """The answer with its verdict and its numbered sources as plain text."""
    listed = [f"{_known(c)} “{c.sentence}”{f' {c.url}' if c.url else ''}" for c in answer.citations]
    return "\n".join([answer.text, *_after("", filter(None, [answer.verified])), *_after("Sources", listed)])


def markdown(answer: Answer) -> str:
    """The answer with its verdict and its numbered sources as Markdown."""
    lines = [escaped(line) for line in answer.text.splitlines()]
    verdict = [f"*{escaped(answer.verified)}*"] if answer.verified else []
    sources = ["\n".join(["**Sources**", "", *map(_listed, answer.citations)])] if answer.citations else []
    return "\n\n".join(filter(None, [*lines, *verdict, *sources]))


def turn_markdown(
    question: str, asked: datetime, within: str, answer: Answer | None, *, otherwise: Sequence[str] = ()
) -> str:
    """One question with its answer, who gave it and when; `within` is what it was narrowed to, `otherwise` what stands
    there where there is no whole answer."""
    heading = [f"## {escaped(' '.join(question.split()))}"]
    when = f"{long_date(asked.date())}, {asked:%H:%M %Z}".strip()
    if answer is None:
        lines = [line for text in otherwise for line in text.splitlines()]
        return "\n\n".join(filter(None, [*heading, *map(escaped, lines), _small(f"Asked on {when}", within)]))
    understood = answer.standalone_question if answer.standalone_question != answer.question else ""
    return "\n\n".join(
        [
            *heading,
            *_draft(answer.draft),
            markdown(answer),
            *_related(answer),
            *map(escaped, answer.notes),
            *([f"Question as understood: {escaped(understood)}"] if understood else []),
            _small(f"Answered on {when}", answer.answered_by, within),
        ]
    )


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


def _known(citation: Citation) -> str:
    known = ", ".join(filter(None, (citation.title, citation.source, long_date(citation.date), citation.page_label)))
    return f"[{citation.n}] {known}."


def _listed(citation: Citation) -> str:
    link = host_link(citation.url)
    return f"- {escaped(f'{_known(citation)} “{citation.sentence}”')}{f' {link}' if link else ''}"


def _related(answer: Answer) -> list[str]:
    if not answer.related:
        return []
    reason = [escaped(answer.reason)] if answer.reason and answer.reason not in answer.text else []
    return [*reason, "\n".join(["**Related passages, not an answer**", "", *map(_listed, answer.related)])]


def _draft(draft: str) -> list[str]:
    lines = [escaped(line) for line in draft.splitlines() if line.strip()]
    return ["\n>\n".join(f"> {line}" for line in [f"**{DRAFT}**", *lines])] if lines else []


def _small(*parts: str) -> str:
    return f"*{' · '.join(escaped(part) for part in parts if part)}*"
