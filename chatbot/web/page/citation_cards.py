"""What an answer rests on, as HTML strings: the cards of its passages, and the page of one article with the cited
sentence marked. Every text passes through `html.escape`."""

import re
from datetime import date
from html import escape
from urllib.parse import quote

from chatbot.answer import Answer, Citation, long_date
from chatbot.markdown import shown_host, web_address
from index.article import Article

NEAR_CHARACTERS = 110
SPARE_CHARACTERS = 60
BLANK = re.compile(r"(?<!\s)[^\S\n]*+\n\s*+")
NOTHING_YET = '<p class="empty">The passages that an answer cites will appear here.</p>'
NOTHING_NEAR = '<p class="empty">No passage comes near this question.</p>'


def section(answer: Answer, turn: int, *, shown: bool) -> str:
    """The cards of one answer under their heading: what it cites or, of one that abstains, what comes near."""
    cards = answer.related if answer.abstained else answer.citations
    heading = "Related passages, not an answer" if answer.abstained else "Passages cited in this answer"
    body = "".join(_card(c, turn, related=answer.abstained) for c in cards)
    return (
        f'<section class="cards" data-turn="{turn}"{"" if shown else " hidden"}><h2>{heading}</h2>'
        f'<p class="for" dir="auto">{escape(answer.question)}</p>'
        f"{body or NOTHING_NEAR}</section>"
    )


def _card(citation: Citation, turn: int, *, related: bool) -> str:
    c = citation
    number = "" if related else f'<span class="c">{c.n}</span>'
    back = "" if related else f'<button class="back" data-back="{c.n}">Back to the answer</button>'
    more = '<button class="more" data-more aria-expanded="false">Whole passage</button>'
    text, cut = _passage(c)
    return (
        f'<article class="card{" related" if related else ""}" id="card-{turn}-{c.n}" data-card="{c.n}" tabindex="-1">'
        f'<h3 dir="auto">{number}<span>{escape(c.title)}</span></h3>'
        f'<p class="src">{escape(_origin(c.source, c.date, c.place))}</p><p class="passage" dir="auto">{text}</p>'
        f'<p class="links"><a href="{escape(article_link(c))}" target="_blank" rel="noopener">Read the article</a>'
        f"{more if cut else ''}{back}</p></article>"
    )


def _passage(citation: Citation) -> tuple[str, bool]:
    """The passage with its sentence marked and what is far from the sentence folded, and whether anything is."""
    at = citation.passage.find(citation.sentence) if citation.sentence else -1
    if at < 0:
        return _lines(citation.passage), False
    before, after = citation.passage[:at], citation.passage[at + len(citation.sentence) :]
    far, near = _cut_before(before)
    close, distant = _cut_after(after)
    pieces = [
        f'<span class="far">{_lines(far)}</span><span class="gap">… </span>' if far else "",
        f"{_lines(near)}<mark>{escape(citation.sentence)}</mark>{_lines(close)}",
        f'<span class="gap"> …</span><span class="far">{_lines(distant)}</span>' if distant else "",
    ]
    return "".join(pieces), bool(far or distant)


def _lines(text: str) -> str:
    return escape(BLANK.sub("\n", text))


def _cut_before(text: str) -> tuple[str, str]:
    if len(text) <= NEAR_CHARACTERS + SPARE_CHARACTERS:
        return "", text
    cut = text.rfind("\n") + 1
    if len(text) - cut > NEAR_CHARACTERS:
        cut = text.find(" ", len(text) - NEAR_CHARACTERS) + 1 or len(text)
    return text[:cut], text[cut:]


def _cut_after(text: str) -> tuple[str, str]:
    if len(text) <= NEAR_CHARACTERS + SPARE_CHARACTERS:
        return text, ""
    cut = max(text.rfind(" ", 0, NEAR_CHARACTERS), 0)
    return text[:cut], text[cut:]


def article_link(citation: Citation) -> str:
    """The article on our own server, as seen from the page, which shows the cited sentence marked."""
    return f"article/{quote(citation.article_id, safe='')}?start={citation.start}&end={citation.end}#cited"


def article_page(article: Article, start: int, end: int) -> str:
    """The whole article, with `text[start:end]` marked when these are offsets of it."""
    text = article.text
    if not 0 <= start < end <= len(text):
        start = end = 0
    cited = f'<mark id="cited">{escape(text[start:end])}</mark>' if end else ""
    by = f"<span>By {escape(article.author)}</span>" if article.author else ""
    return _page(
        article.title,
        f'<h1 dir="auto">{escape(article.title)}</h1>'
        f'<p class="src"><span>{escape(_origin(article.source, article.date))}</span>{by}{_original(article.url)}</p>'
        f'<div class="text" dir="auto">{escape(text[:start])}{cited}{escape(text[end:])}</div>',
    )


def message_page(title: str, message: str) -> str:
    """A page that only says something, such as that there is no such article."""
    return _page(title, f"<h1>{escape(title)}</h1><p>{escape(message)}</p>")


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="../page.css"></head>'
        f'<body class="reading"><header id="top"><a href="../">Ask the articles</a></header>'
        f"<main>{body}</main></body></html>"
    )


def _original(url: str | None) -> str:
    address = web_address(url)
    if address is None:
        return ""
    return f'<a href="{escape(address)}" rel="noopener noreferrer nofollow">{escape(shown_host(address))}</a>'


def _origin(source: str | None, day: date | None, position: str | None = None) -> str:
    return " · ".join(filter(None, (source, long_date(day), position)))
