"""Reads mail messages with the standard library: the plain text, else the HTML. Attachments are not read."""

import re
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime

from index.errors import ReadError
from index.limits import FileLimits
from index.readers.html import read_html
from index.readers.parsed_document import Draft
from index.readers.plain import text_lines


def read_mail(raw: bytes, limits: FileLimits) -> Draft:
    """The draft of a message. Raises ReadError where it has no text that can be read."""
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        part = message.get_body(preferencelist=("plain", "html"))
        if part is None or not message.keys():
            raise ReadError("the message has no text.")
        content = part.get_content()
        stated = _metadata(message)
    except (MessageError, LookupError, ValueError, AttributeError) as exc:
        raise ReadError(f"the message is broken ({exc}). Save it anew and index it again.") from exc
    lines = text_lines(re.sub(r"\r\n?", "\n", str(content)))
    if part.get_content_subtype() == "html":
        lines = read_html(str(content).encode("utf-8", "replace"), limits).lines
    return Draft(lines, stated, stated_in="mail header")


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
