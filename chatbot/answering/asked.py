"""A question on its way through the chain: what was asked, then what each stage adds to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.answer import Answer
from chatbot.answering.analysis import Analysing
from chatbot.answering.quoted import Quoted
from chatbot.answering.quoting import Task
from chatbot.answering.small_talk import Topic
from chatbot.extractive.ranker import Ranked
from chatbot.filters import EVERYWHERE, QuestionFilter
from chatbot.question.entity_linking import Named
from index.passage import RetrievedPassage

# An answer that nothing was found for does not end what a conversation is about.
STORY_ANSWERS = 3


@dataclass(frozen=True)
class Asked:
    """A question, the answers before it and what narrows it; each stage gives a copy with what it adds.

    `talk` is what small talk is about, None for a question about the news. `thing` is what articles are asked for that
    mention it. `story` holds the ids of the articles that the conversation is at. `analysing` is what an LLM is at work
    on where the parser is not sure, `quoted` the quoted answer that is made meanwhile, and `is_wide` whether the LLM
    says that many passages answer. `answer` is a quoted one that may still be replaced.
    """

    question: str
    history: Sequence[Answer] = ()
    scope: QuestionFilter = EVERYWHERE
    named: Named | None = None
    talk: Topic | None = None
    thing: str | None = None
    story: tuple[str, ...] = ()
    passages: Sequence[RetrievedPassage] = ()
    ranked: Sequence[Ranked] = ()
    analysing: Analysing | None = None
    quoted: Quoted | None = None
    is_wide: bool = False
    answer: Answer | None = None

    @classmethod
    def after(cls, answers: Sequence[Answer], question: str, scope: QuestionFilter = EVERYWHERE) -> "Asked":
        """A question asked after these answers, oldest first."""
        # Small talk is no context: "And Homs?" after "Thanks" still refers to the question before.
        history = [answer for answer in answers if answer.understood.own]
        return cls(question, history, scope, story=story_of(history))

    @property
    def task(self) -> Task:
        """What an answerer is given, once all is found."""
        assert self.named is not None
        return Task(self.named, self.passages, self.ranked, self.history, self.is_wide, self.scope)


def story_of(history: Sequence[Answer]) -> tuple[str, ...]:
    """The ids of the articles that the last answer cites which cites any, of the last ones."""
    cited = next((answer.citations for answer in reversed(history[-STORY_ANSWERS:]) if answer.citations), ())
    return tuple(dict.fromkeys(citation.article_id for citation in cited))
