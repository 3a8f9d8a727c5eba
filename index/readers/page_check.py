"""Tells pages that are no articles: walls against robots, shells that a script fills, pages that say there is none, and
front pages. Each is refused with its reason; a redirecting page names where the article is."""

import re
from typing import Any
from urllib.parse import urljoin

from index.message import Message, joined

# A page that says only this is short; an article may be about walls and missing pages.
MOST_WORDS = 50
FEWEST_TEASERS = 4
MOST_TEASERS = 0.7
_FIRST_BYTES = 4096

_WALL = re.compile(
    r"just a moment|checking (?:if the site connection is secure|your browser)"
    r"|verify(?:ing)? (?:that )?you are (?:a )?human"
    r"|enable (?:javascript and )?cookies|are you a (?:robot|human)|not a robot|review the security of your conn"
    r"|unusual (?:traffic|activity)|access (?:to this page has been |is )?denied|attention required|captcha"
    r"|ddos protection|request (?:was )?blocked|pardon our interruption",
    re.IGNORECASE,
)
_SHELL = re.compile(
    r"(?:enable|requires?|turn on|activate|without|need) (?:you to enable )?javascript"
    r"|javascript (?:is|to be) (?:disabled|required|enabled)"
    r"|(?:browser|javascript) (?:is )?not supported",
    re.IGNORECASE,
)
_MISSING = re.compile(
    r"(?:page|article|story|content) (?:(?:can ?not|could not|was not|not) (?:be )?found"
    r"|(?:does not|doesn['’]t|no longer) exists?|is (?:no longer|not) available|has (?:been (?:re)?moved|expired))"
    r"|^\s*(?:error )?404\b|^\s*not found",
    re.IGNORECASE,
)
_REFRESH = re.compile(
    rb"""<meta[^>]{0,80}http-equiv\s*=\s*["']?refresh["']?[^>]{0,80}content\s*=\s*+["']?+"""
    rb"""\s*+\d{1,3}\s*;\s*url\s*=\s*["']?([^"'>\s]{1,2000})""",
    re.IGNORECASE,
)


def redirected_to(body: bytes, url: str) -> str | None:
    """The address that a page of HTML sends its readers on to by itself, or None."""
    match = _REFRESH.search(body[:_FIRST_BYTES])
    try:
        to = urljoin(url, match[1].decode("utf-8", "replace").replace("&amp;", "&")) if match else None
    except ValueError:
        return None
    return to if to != url else None


def no_article(tree: Any, text: str | None) -> Message | None:  # noqa: ANN401 - the parser's own element
    """Why a page is no article, as a sentence, or None. `text` is what was taken for the article, if anything was."""
    body = tree.find("body")
    seen = " ".join((tree if body is None else body).text_content().split())
    heads = " ".join(element.text_content() for element in [*tree.iter("title"), *tree.iter("h1")][:4])
    # A text that no reader of the page sees was taken from its metadata, and is the article.
    words = " ".join((text or "").split())
    is_seen = words[:80].replace(" ", "") in seen.replace(" ", "")
    if is_seen and len(words.split()) <= MOST_WORDS and (reason := _notice(heads, seen)):
        return reason
    if text and (teasers := teasers_of(tree, text)):
        front_page = Message("it is a front page with %(count)s teasers, no article.", count=str(teasers))
        return joined(front_page, _feeds(tree))
    return None


def _notice(heads: str, seen: str) -> Message | None:
    """Why a page of few words is none: what it says in place of an article."""
    words = len(seen.split())
    if words <= 2 * MOST_WORDS and (_WALL.search(heads) or (words <= MOST_WORDS and _WALL.search(seen))):
        return Message(
            "the server shows a wall against robots in place of the page. Save the page in a browser and add the file."
        )
    if words <= 2 * MOST_WORDS and _MISSING.search(heads):
        return Message("the page says that there is no such article.")
    if words <= MOST_WORDS and _SHELL.search(seen):
        return Message("the page is empty without a script. Save the page in a browser and add the file.")
    return None


def teasers_of(tree: Any, text: str) -> int:  # noqa: ANN401
    """How many blocks of a page that consists of them are a linked headline with a line or two; 0 for an article."""
    lines = {" ".join(line.split()) for line in text.splitlines() if line.strip()}
    cards = {card for card in map(_card, _linked_heads(tree)) if card is not None and len(list(card.iter("p"))) <= 2}
    texts = (element for card in cards for element in card.iter("p", "h2", "h3", "h4", "span", "a"))
    inside = {" ".join(element.text_content().split()) for element in texts}
    return len(cards) if len(cards) >= FEWEST_TEASERS and len(lines & inside) >= MOST_TEASERS * len(lines) else 0


def _card(head: Any) -> Any:  # noqa: ANN401
    """The block that a headline stands in."""
    parent = head.getparent()
    return parent.getparent() if parent is not None and parent.tag == "a" else parent


def _linked_heads(tree: Any) -> list[Any]:  # noqa: ANN401
    """The headlines that lead to another page."""
    return [
        head for head in tree.iter("h2", "h3", "h4")
        if head.find(".//a[@href]") is not None or (head.getparent() is not None and head.getparent().tag == "a")
    ]


def _feeds(tree: Any) -> Message:  # noqa: ANN401
    kinds = ("application/rss+xml", "application/atom+xml", "application/feed+json")
    links = (link for link in tree.iter("link") if (link.get("type") or "").lower() in kinds)
    feeds = [link.get("href") for link in links if link.get("href")]
    if not feeds:
        return Message("Add the addresses of its articles, or its feed.")
    return Message("Add its feed: %(address)s", address=feeds[0][:200])
