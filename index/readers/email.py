"""Reads mail messages: of a message's parts the one that holds the text, as a mail program shows it. Of a forwarded
message the original is the article, with its sender and day."""

import re
from collections.abc import Iterator
from email import policy
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.utils import parsedate_to_datetime

from index.errors import ReadError
from index.limits import FileLimits
from index.message import Message
from index.readers.block_text import block_lines
from index.readers.encodings import decoded_text
from index.readers.parsed_document import Draft
from index.readers.plain import text_lines

# An HTML part that has so many more words than the plain one is the message; the plain one says where to find it.
MORE_WORDS = 1.3
MORE_AT_LEAST_WORDS = 15
# A footer is short: what stands behind two dashes may as well be most of the text.
LONGEST_FOOTER_LINES = 15
_DEEPEST = 5

_FORWARDED = re.compile(
    r"\A[ \t>]*+(?:-{2,}+\s*+(?:forwarded|original|weitergeleitete|ursprüngliche)\s+(?:message|nachricht|mail)[^\n]*+"
    r"|begin forwarded message:?|_{20,}+)[ \t]*+", re.IGNORECASE,
)
_HEADER = re.compile(
    r"\A[ \t>]*+\*?(?P<name>from|von|de|date|sent|datum|gesendet|subject|betreff|to|an|cc|reply-to)\*?\s*+:\*?"
    r"[ \t]*+(?P<value>.*+)", re.IGNORECASE,
)
_NAMES = {"from": "from", "von": "from", "de": "from", "date": "date", "sent": "date", "datum": "date",
          "gesendet": "date", "subject": "subject", "betreff": "subject"}
_SENDER = re.compile(r"\A[ \t>]*+\*?(?:from|von):\*?[ \t]*+\S", re.IGNORECASE)
_ANSWER = re.compile(r"\A\s*+(?:re|aw|sv)\s*+:", re.IGNORECASE)
_PREFIX = re.compile(r"\A\s*+(?:(?:fwd?|wg|tr|re|aw)\s*+:\s*+)++", re.IGNORECASE)
_SERVICE_LINE = re.compile(
    r"(?:un-?subscribe|view (?:it |this )?(?:e-?mail )?(?:in|on) (?:(?:your|a|the) )?browser"
    r"|(?:manage|update|email) (?:your )?preferences|forward (?:this )?to a friend|privacy policy"
    r"|update profile)\b.{0,80}", re.IGNORECASE,
)
_FOOTER = re.compile(
    r"--|(?:you (?:are receiving|received|'re receiving) this|this (?:e-?mail|message|newsletter) was sent to|to stop "
    r"receiving|no longer wish to receive|copyright ©|©).*", re.IGNORECASE,
)


def read_mail(raw: bytes, limits: FileLimits) -> Draft:
    """The draft of a message. Raises ReadError where it has no text that can be read."""
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        if not message.keys():
            raise ReadError(Message("the message has no text."))
        lines, stated = _text(message), _metadata(message)
    except (MessageError, LookupError, ValueError, AttributeError, TypeError) as exc:
        raise ReadError(Message(
            "the message is broken (%(error)s). Save it anew and index it again.", error=str(exc)
        )) from exc
    if not lines:
        raise ReadError(Message("the message has no text."))
    original: dict[str, object] = {}
    # An answer holds what it answers, too, and is an own text.
    if not _ANSWER.match(str(stated.get("title", ""))):
        lines, original = _original(lines)
    return Draft(_without_footer(lines), stated | original, stated_in="mail header")


def read_mailbox(raw: bytes, limits: FileLimits) -> Iterator[Draft | ReadError]:
    """The drafts of the messages in a file of several (mbox), each begun by a line with "From "."""
    for message in re.split(rb"(?:\A|(?<=\n))From [^\n]*\n", raw):
        if message.strip():
            try:
                yield read_mail(re.sub(rb"(?m)^>(>*From )", rb"\1", message), limits)
            except ReadError as exc:
                yield exc


def _text(message: EmailMessage, depth: int = 0) -> list[str]:
    """The lines of the part that holds the text: the body, or an attached text or message that is far longer."""
    plain, html = (_lines(message.get_body(preferencelist=(kind,))) for kind in ("plain", "html"))
    best = html if _is_more(html, plain) else plain
    for part in message.iter_attachments() if message.is_multipart() else ():
        if part.get_content_type() == "message/rfc822" and depth < _DEEPEST:
            inner = part.get_content()
            attached = [*_header_lines(inner), *_text(inner, depth + 1)] if isinstance(inner, EmailMessage) else []
        else:
            attached = _lines(part) if part.get_content_type() in ("text/plain", "text/html") else []
        best = attached if _is_more(attached, best) else best
    return best


def _header_lines(message: EmailMessage) -> list[str]:
    return ["---------- Forwarded message ---------", *(
        f"{name}: {' '.join(str(message[name]).split())}" for name in ("From", "Date", "Subject") if message[name]
    ), "", ""]


def _is_more(lines: list[str], than: list[str]) -> bool:
    words, others = (sum(len(line.split()) for line in each) for each in (lines, than))
    return words > 0 and (others == 0 or words > max(MORE_WORDS * others, others + MORE_AT_LEAST_WORDS))


def _lines(part: MIMEPart | None) -> list[str]:
    """The lines of a part. Raises ValueError where its encoding cannot be told."""
    if part is None:
        return []
    content = part.get_payload(decode=True)
    text, _ = decoded_text(content if isinstance(content, bytes) else b"", part.get_content_charset())
    text = re.sub(r"\r\n?", "\n", text)
    if part.get_content_subtype() == "html":
        return block_lines(text)
    if str(part.get_param("format", "")).lower() == "flowed":
        text = _reflowed(text, str(part.get_param("delsp", "")).lower() == "yes")
        return [line.strip() for line in text.split("\n")]
    return text_lines(text)


def _reflowed(text: str, delete_space: bool) -> str:
    """A text in the format "flowed" (RFC 3676) with its paragraphs on one line each."""
    paragraphs: list[str] = []
    open_quote: int | None = None
    for line in text.split("\n"):
        quote = len(line) - len(line.lstrip(">"))
        line = line[quote:].removeprefix(" ")
        flows = line.endswith(" ") and line != "-- "
        if flows and delete_space:
            line = line[:-1]
        if open_quote == quote and line != "-- ":
            paragraphs[-1] += line
        else:
            paragraphs.append(line)
        open_quote = quote if flows else None
    return "\n".join(paragraphs)


def _original(lines: list[str]) -> tuple[list[str], dict[str, object]]:
    """The lines of the message that was forwarded in `lines`, and what its headers state; else `lines` as they are."""
    for at, line in enumerate(lines):
        marked = bool(_FORWARDED.fullmatch(line))
        if not marked and not _SENDER.match(line):
            continue
        headers, end = _inline_headers(lines, at + marked)
        if "from" in headers and len(headers) > (1 if marked else 2):
            rest = [re.sub(r"^[ \t]*>[ \t]?", "", line) for line in lines[end:]]
            # It may have been forwarded more than once.
            inner, stated = _original(rest)
            return inner, _of_headers(headers) | stated
    return lines, {}


def _inline_headers(lines: list[str], at: int) -> tuple[dict[str, str], int]:
    """The headers of a forwarded message by our names, and where its text begins."""
    headers: dict[str, str] = {}
    while at < len(lines):
        match = _HEADER.fullmatch(lines[at])
        if match is None and (headers or lines[at].strip(" >\t")):
            break
        if match is not None and (name := _NAMES.get(match["name"].lower())):
            headers.setdefault(name, match["value"].strip())
        at += 1
    return headers, at


def _of_headers(headers: dict[str, str]) -> dict[str, object]:
    named = re.sub(r"(?<!\s)\s*(?:<[^<>]*>|\[mailto:[^\]]*\])\s*$", "", headers["from"])
    sender = named.strip(" \"'*") or headers["from"]
    known = {"author": sender, "date": headers.get("date"), "title": _PREFIX.sub("", headers.get("subject", ""), 1)}
    # Without a day of its own the original is of an unknown day, and not of that on which it was forwarded.
    return {key: value for key, value in known.items() if value or key == "date"}


def _without_footer(lines: list[str]) -> list[str]:
    """The lines without what a sender's program puts below a message, and the links beside it."""
    filled = [line for line in lines if line.strip()]
    for at, line in enumerate(filled):
        if at and len(filled) - at <= LONGEST_FOOTER_LINES and _FOOTER.fullmatch(line.strip()):
            filled = filled[:at]
            break
    return [line for line in filled if not _SERVICE_LINE.fullmatch(line.strip())] or filled


def _metadata(message: EmailMessage) -> dict[str, object]:
    sender = message["from"]
    addresses = sender.addresses if sender is not None and hasattr(sender, "addresses") else ()
    date = None
    if message["date"]:
        try:
            # Its day where it was sent; the offset is no reason to shift it.
            date = parsedate_to_datetime(str(message["date"])).date().isoformat()
        except ValueError:
            date = str(message["date"])
    known = {
        "title": str(message["subject"] or ""),
        "author": addresses[0].display_name or addresses[0].addr_spec if addresses else None,
        "date": date,
    }
    return {key: value for key, value in known.items() if value}
