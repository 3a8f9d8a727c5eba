"""Annotates articles: the parse of their sentences and the claims drawn from it, made once and kept in the ledger."""

import datetime
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import lru_cache
from threading import Lock

from index.article import Article
from index.claim import Claim
from index.claims.annotation_process import AnnotationProcess
from index.claims.extract import LONGEST_ARTICLE_SENTENCES, annotate, claims_of
from index.claims.tagger import tags_of
from index.errors import IndexingError
from index.language import annotations
from index.language.annotations import Annotation, Annotations
from index.language.parser import BUNDLED, Parser, Sentence
from index.language.questions import parse_question
from index.language.sentences import sentence_spans
from index.passage import Span
from index.storage.ledger import Ledger

CACHED_ARTICLES = 200
CACHED_QUESTIONS = 64
log = logging.getLogger(__name__)


class Annotator:
    """Parses articles and questions. The parser is loaded when it is first needed. Safe between threads."""

    def __init__(self, ledger: Ledger, model: str = BUNDLED) -> None:
        self._ledger = ledger
        self._model = model
        self._parser: Parser | None = None
        self._loading = Lock()
        self._lock = Lock()
        self._cached: OrderedDict[tuple[str, int], Annotations] = OrderedDict()
        # The stages of an answer look at the same question again and again.
        self.parse_question = lru_cache(maxsize=CACHED_QUESTIONS)(self._parse_question)

    @property
    def parser(self) -> Parser:
        """The loaded parser. Raises ModelError."""
        with self._loading:
            if self._parser is None:
                self._parser = Parser(self._model)
            return self._parser

    def _parse_question(self, question: str) -> Sentence:
        return parse_question(question, lambda text: self.parser.parse([text])[0])

    def close(self) -> None:
        """Let the parser end what it is at; it is not to be used afterwards."""
        with self._loading:
            if self._parser is not None:
                self._parser.close()

    def annotate(
        self, article: Article, spans: Sequence[Span], pause: Callable[[], None] = lambda: None
    ) -> tuple[list[Annotation], list[Claim]]:
        """The annotated sentences of an article, whose spans are given, and its claims. `pause` is called now and then.

        Of a book only the first 5,000 sentences are annotated; the others are found by their words and vectors.
        """
        made = annotate(article.text, article.date, spans[:LONGEST_ARTICLE_SENTENCES], self.parser, pause)
        return made, claims_of(article.title, article.date, made, tags_of(made, pause))

    def process(self) -> AnnotationProcess:
        """A process that annotates beside this one, with the same parser; to be closed."""
        return AnnotationProcess(self._model)

    def annotate_indexed(self, article: Article, spans: Sequence[Span]) -> tuple[list[Annotation], list[Claim]]:
        """The same of an article that is in the index already: one that the parser fails on has no annotations, and is
        found by its words and vectors. Raises ModelError."""
        try:
            return self.annotate(article, spans)
        except IndexingError:
            raise
        except Exception:
            log.exception("Article %s could not be annotated", article.id)
            return [], []

    def read(self, sentences: Sequence[str], day: datetime.date | None) -> tuple[list[Annotation], list[Claim]]:
        """Sentences that follow each other, such as a question and its answer, as a text of `day`: annotated, and their
        claims. Each is one line."""
        text = "\n".join(sentences)
        starts = [sum(len(sentence) + 1 for sentence in sentences[:n]) for n in range(len(sentences))]
        spans = [(start, start + len(sentence)) for start, sentence in zip(starts, sentences, strict=True)]
        made = annotate(text, day, spans, self.parser)
        return made, claims_of("", day, made)

    def annotations(self, article: Article) -> Annotations:
        """What is known of an article's sentences: as it is kept, else made now and remembered."""
        # Days such as "on Thursday" were worked out from its date, which an editor may change.
        key = (article.id, hash((article.text, article.date)))
        with self._lock:
            if key in self._cached:
                self._cached.move_to_end(key)
                return self._cached[key]
        data = self._ledger.annotations.get(article.id, annotations.VERSION)
        if data is None:
            data = annotations.encode(self.annotate_indexed(article, sentence_spans(article.text))[0])
        annotated = annotations.decode(data)
        with self._lock:
            self._cached[key] = annotated
            while len(self._cached) > CACHED_ARTICLES:
                self._cached.popitem(last=False)
        return annotated
