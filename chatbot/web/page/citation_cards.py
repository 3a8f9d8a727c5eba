"""Shows what an answer rests on: the cards of its passages, and the page of one article with the cited sentence
marked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from markupsafe import Markup, escape

from chatbot.answer import Answer, Citation
from chatbot.markdown import shown_host, web_address
from chatbot.web.languages.catalogue import long_date, translated
from chatbot.web.page.article_shape import blocks, headings
from chatbot.web.templating import render
from index.article import Article
from index.digest import text_digest

NEAR_CHARACTERS = 110
SPARE_CHARACTERS = 60
BLANK = re.compile(r"(?<!\s)[^\S\n]*+\n\s*+")


@dataclass(frozen=True)
class Card:
    """A passage around its sentence; what is `far` before it and `distant` behind it is folded."""

    citation: Citation
    before: Markup
    sentence: Markup = Markup()
    after: Markup = Markup()
    far: Markup = Markup()
    distant: Markup = Markup()
    home: str = ""

    @property
    def origin(self) -> str:
        """Where the passage comes from, such as: Desk · 5 December 2024 · p. 3."""
        page = self.citation.page_label
        return _origin(self.citation.source, self.citation.date, translated(page) if page else None)

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
    passage = citation.passage
    heads = headings(passage)
    at = passage.find(citation.sentence) if citation.sentence else -1
    if at < 0:
        return Card(citation, _shown(passage, 0, len(passage), heads), home=home)
    end = at + len(citation.sentence)
    near, distant = _near_start(passage[:at]), end + _near_end(passage[end:])
    spans = ((near, at), (at, end), (end, distant), (0, near), (distant, len(passage)))
    before, sentence, after, far, beyond = (_shown(passage, *span, heads) for span in spans)
    return Card(citation, before, sentence, after, far, beyond, home)


def _shown(text: str, start: int, end: int, heads: Sequence[tuple[int, int]]) -> Markup:
    """A stretch of a passage, in which headings stand out from the text after them."""
    shown, at = Markup(), start
    for first, last in heads:
        if first < end and last > at:
            first, last = max(first, at), min(last, end)
            behind = last + len(text[last:end]) - len(text[last:end].lstrip())
            # What ends its line stands inside the heading: behind it there would be a blank line.
            shown += _lines(text[at:first]) + render("heading.html", text=_lines(text[first:behind]))
            at = behind
    return shown + escape(_lines(text[at:end]))


def _lines(text: str) -> str:
    return BLANK.sub("\n", text)


def _near_start(text: str) -> int:
    """Where what is shown of the text before a sentence begins."""
    if len(text) <= NEAR_CHARACTERS + SPARE_CHARACTERS:
        return 0
    cut = text.rfind("\n") + 1
    if len(text) - cut > NEAR_CHARACTERS:
        cut = text.find(" ", len(text) - NEAR_CHARACTERS) + 1 or len(text)
    return cut


def _near_end(text: str) -> int:
    """Where what is shown of the text behind a sentence ends."""
    if len(text) <= NEAR_CHARACTERS + SPARE_CHARACTERS:
        return len(text)
    return max(text.rfind(" ", 0, NEAR_CHARACTERS), 0)


def article_link(citation: Citation) -> str:
    """The article on our own server, as seen from the page, which shows the cited sentence marked. `of` tells the
    server that it is still the sentence that was cited."""
    cited = f"start={citation.start}&end={citation.end}&of={sentence_mark(citation.sentence)}"
    return f"article/{quote(citation.article_id, safe='')}?{cited}#cited"


def sentence_mark(sentence: str) -> str:
    """A few letters and digits by which a sentence is known again."""
    return text_digest(sentence)[:12]


def article_page(article: Article, start: int, end: int, of: str = "") -> Markup:
    """The whole article, with `text[start:end]` marked when these are offsets of it. `of` is the mark of the sentence
    that was cited there: where another stands there now, the page says so and marks nothing."""
    text = article.text
    if not 0 <= start < end <= len(text):
        start = end = 0
    changed = bool(of and end and sentence_mark(text[start:end]) != of)
    if changed:
        start = end = 0
    address = web_address(article.url)
    return render(
        "article.html",
        home="../",
        id=article.id,
        title=article.title,
        origin=_origin(article.source, article.date),
        author=article.author,
        address=address,
        host=shown_host(address) if address else "",
        blocks=blocks(text),
        text=text,
        start=start,
        end=end,
        changed=changed,
    )


def message_page(title: str, message: str) -> Markup:
    """A page that only says something, such as that there is no such article."""
    return render("message.html", home="../", title=title, message=message)


def _origin(source: str | None, day: date | None, position: str | None = None) -> str:
    return " · ".join(filter(None, (source, long_date(day), position)))
