"""Shows one shared answer as a page that stands alone: question, answer, the cited passages, and when it was given."""

from markupsafe import Markup

from chatbot.answer import Verdict
from chatbot.answering.turn import Turn
from chatbot.messages import reworded
from chatbot.web.languages.catalogue import long_date, translated
from chatbot.web.page import answer_html, citation_cards, filter_form
from chatbot.web.templating import render


def page(turn: Turn, address: str, *, framed: bool) -> Markup:
    """The page of a turn that has an answer; `address` is its own. In a frame it has no head and nothing to press."""
    assert turn.answer is not None
    answer = reworded(turn.answer, translated)
    cited = answer.related if answer.abstained else answer.citations
    return render(
        "shared.html",
        home="../",
        title=turn.question,
        answer=answer,
        paragraphs=answer_html.linked(answer),
        unfound=any(statement.verdict is Verdict.UNFOUND for statement in answer.statements),
        cards=[citation_cards.card(citation, home="../") for citation in cited],
        when=f"{long_date(turn.asked.date())}, {turn.asked:%H:%M %Z}".strip(),
        within=filter_form.within(turn.scope),
        address=address,
        framed=framed,
    )
