"""Shows what an answer rests on: the cards of its passages, and the page of one article with the cited sentence
marked."""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from markupsafe import Markup

from chatbot.answer import Answer, Citation, long_date
from chatbot.markdown import shown_host, web_address
from chatbot.web.templating import render
from index.article import Article

NEAR_CHARACTERS = 110
SPARE_CHARACTERS = 60
BLANK = re.compile(r"(?<!\s)[^\S\n]*+\n\s*+")


@dataclass(frozen=True)
class Card:
    """A passage around its sentence; what is `far` before it and `distant` behind it is folded."""

    citation: Citation
    before: str
    sentence: str = ""
    after: str = ""
    far: str = ""
    distant: str = ""
    home: str = ""

    @property
    def origin(self) -> str:
        """Where the passage comes from, such as: Desk · 5 December 2024 · p. 3."""
        return _origin(self.citation.source, self.citation.date, self.citation.page_label)

    @property
    def link(self) -> str:
        """The article on our own server, which shows the cited sentence marked."""
        return self.home + article_link(self.citation)

    @property
    def address(self) -> str | None:
        """Where the article was published, if that is on the web."""
        return web_address(self.citation.url)

    @property
    def host(self) -> str:
        """The host that `address` leads to, as readers may trust it."""
        return shown_host(self.address) if self.address else ""


def section(answer: Answer, turn: int, *, shown: bool) -> Markup:
    """The cards of one answer under their heading: what it cites or, of one that abstains, what comes near."""
    cards = [card(citation) for citation in (answer.related if answer.abstained else answer.citations)]
    return render("cards.html", answer=answer, turn=turn, shown=shown, cards=cards)


def card(citation: Citation, home: str = "") -> Card:
    """The card of a citation; `home` is the path from the page that shows it to the chatbot's page."""
    at = citation.passage.find(citation.sentence) if citation.sentence else -1
    if at < 0:
        return Card(citation, _lines(citation.passage), home=home)
    far, before = _cut_before(citation.passage[:at])
    after, distant = _cut_after(citation.passage[at + len(citation.sentence) :])
    return Card(citation, _lines(before), citation.sentence, _lines(after), _lines(far), _lines(distant), home)


def _lines(text: str) -> str:
    return BLANK.sub("\n", text)


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


def article_page(article: Article, start: int, end: int) -> Markup:
    """The whole article, with `text[start:end]` marked when these are offsets of it."""
    text = article.text
    if not 0 <= start < end <= len(text):
        start = end = 0
    address = web_address(article.url)
    return render(
        "article.html",
        home="../",
        title=article.title,
        origin=_origin(article.source, article.date),
        author=article.author,
        address=address,
        host=shown_host(address) if address else "",
        before=text[:start],
        cited=text[start:end],
        after=text[end:],
    )


def message_page(title: str, message: str) -> Markup:
    """A page that only says something, such as that there is no such article."""
    return render("message.html", home="../", title=title, message=message)


def _origin(source: str | None, day: date | None, position: str | None = None) -> str:
    return " · ".join(filter(None, (source, long_date(day), position)))
