"""Ranks the sentences of retrieved passages by the probability that they answer a question."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chatbot.extractive.claim_lookup import claims_about
from chatbot.extractive.features import QuestionContext, Stories, glance_features
from chatbot.extractive.lexical_features import Candidate, asks_of_days, holds_quoted, terms_of, weigh
from chatbot.extractive.untrusted_text import addresses_reader
from chatbot.extractive.weights import model, threshold
from chatbot.question.entity_linking import alias_concepts
from chatbot.question.parse import ParsedQuestion
from chatbot.question.query import Query, query_of
from index.article import Article
from index.claim import Claim
from index.claims.days import day_alone, is_time_alone
from index.claims.table_rows import as_prose, row_of
from index.collection import Collection
from index.language.annotations import Annotation
from index.language.time_expressions import TimeExpression, find_times
from index.language.words import all_stems, stem, words
from index.passage import RetrievedPassage

# So many of the best sentences are read together with the question, and of those so many once more with as many
# characters of the sentence before them.
READ_TOGETHER = 8
READ_IN_CONTEXT = 2
BEFORE_CHARACTERS = 250


@dataclass(frozen=True)
class Ranked:
    """A candidate with the probability that it answers, what it claims about the question's names, and its features.

    `is_settled` is whether it was read together with the question; before that `score` is a first guess.
    """

    candidate: Candidate
    score: float
    claim: Claim | None
    features: Mapping[str, float]
    is_settled: bool = False


class Ranker:
    """Ranks sentences of one collection: at a glance by what is kept of them, then the best by reading them."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def rank(self, reading: ParsedQuestion, passages: Sequence[RetrievedPassage]) -> list[Ranked]:
        """The sentences of `passages`, the likeliest answer first; none where the question turns on nothing.

        Where it turns on nothing but dates, these are what the articles of those days open with.
        """
        return self.reread(reading, self.glance(reading, passages))

    def glance(self, reading: ParsedQuestion, passages: Sequence[RetrievedPassage]) -> list[Ranked]:
        """The same sentences in an order that the embedding model has not settled yet."""
        candidates = self.candidates(reading, passages)
        if asks_of_days(reading):
            leads = [
                Ranked(candidate, 1.0, None, {}, is_settled=True)
                for candidate in candidates
                if candidate.is_lead and _is_of(reading, candidate)
            ]
            if leads:
                return leads
        rows = self.rows(reading, passages, candidates)
        if not rows:
            return []
        scores = model("glance").scores([features for features, _ in rows])
        ranked = [
            Ranked(candidate, float(score), claim, features)
            for candidate, score, (features, claim) in zip(candidates, scores, rows, strict=True)
        ]
        return sorted(ranked, key=lambda sentence: _reading_order(reading, sentence))

    def reread(self, reading: ParsedQuestion, ranked: Sequence[Ranked]) -> list[Ranked]:
        """`ranked` with its best sentences read together with the question, and in the order that this gives."""
        if not ranked or all(sentence.is_settled for sentence in ranked):
            return list(ranked)
        likely, unlikely = _parted(ranked[:READ_TOGETHER])
        # What is so unlikely that it could not even stand beside an answer is not read once more.
        rows = self.together(reading, likely, least=threshold("answer") * threshold("near"))
        scores = model("answer").scores(rows)
        best = [
            replace(sentence, score=float(score), features=row, is_settled=True)
            for sentence, score, row in zip(likely, scores, rows, strict=True)
        ]
        rest = [replace(sentence, score=0.0) for sentence in (*unlikely, *ranked[READ_TOGETHER:])]
        return sorted(best, key=lambda sentence: -sentence.score) + rest

    def is_relevant(self, ranked: Sequence[Ranked]) -> bool:
        """Whether one of `ranked`, as `glance` gives them, may have to do with the question."""
        return any(sentence.score >= threshold("relevant") for sentence in ranked)

    def rows(
        self, reading: ParsedQuestion, passages: Sequence[RetrievedPassage], candidates: Sequence[Candidate]
    ) -> list[tuple[dict[str, float], Claim | None]]:
        """The features of each candidate that need no run of a model, with its claim; empty where nothing is asked."""
        vocabulary = self._collection.vocabulary
        terms = terms_of(reading, vocabulary.frequency, max(vocabulary.passages(), 1))
        if not terms or not candidates:
            return []
        vector = self._collection.question_vector(reading.standalone)
        context = self._context(reading, passages, candidates)
        rows = []
        for candidate in candidates:
            evidence = weigh(reading, terms, candidate, float(candidate.vector @ vector), context.aliases)
            annotation = self._collection.annotations(candidate.article).at(candidate.start)
            allowed = allows(reading, candidate, annotation)
            features = glance_features(context, candidate, evidence, annotation, allowed=allowed)
            rows.append((features, context.claims.get((candidate.article.id, candidate.start))))
        return rows

    def together(
        self, reading: ParsedQuestion, ranked: Sequence[Ranked], *, in_context: int = READ_IN_CONTEXT,
        least: float = 0.0,
    ) -> list[dict[str, float]]:
        """The features of these, with what reading each together with the question adds. The likeliest of them, so many
        as `in_context` says and with a score of at least `least`, are read behind the sentence before them, too."""
        # A sentence seldom names what its whole article is about, and often leans on the one before it.
        named = [self._with_names(sentence.candidate) for sentence in ranked]
        alone = [f"{each.candidate.article.title}: {text}" for each, text in zip(ranked, named, strict=True)]
        rows = [
            {**sentence.features, "reader": answer, "reader_word": word, "reader_context": answer}
            for sentence, (answer, word) in zip(ranked, self._read(reading, alone), strict=True)
        ]
        likeliest = sorted(range(len(rows)), key=lambda n: -rows[n]["reader"])[:in_context]
        scores = model("answer").scores(rows) if least else [1.0] * len(rows)
        read_again = [n for n in likeliest if ranked[n].candidate.before and scores[n] >= least]
        texts = [
            f"{ranked[n].candidate.article.title}: {behind(ranked[n].candidate.before, named[n])}" for n in read_again
        ]
        for n, (answer, _) in zip(read_again, self._read(reading, texts), strict=True):
            rows[n]["reader_context"] = answer
        return rows

    def _read(self, reading: ParsedQuestion, texts: Sequence[str]) -> list[tuple[float, float]]:
        return self._collection.read_together(reading.standalone, texts)

    def _with_names(self, candidate: Candidate) -> str:
        """The sentence with names in the place of the pronouns that stand for them, a table's row as prose."""
        if cells := row_of(candidate.text):
            return as_prose(cells)
        annotation = self._collection.annotations(candidate.article).at(candidate.start)
        if annotation is None or not annotation.resolved:
            return candidate.text
        names = {word: known[0] for word, known in annotation.resolved if len(known) == 1}
        text = candidate.text
        for token in reversed(annotation.parsed.tokens):
            name = names.get(token.text.lower())
            # A line whose label was written out for the parser stands otherwise in the article.
            if name and token.tag == "PRP" and text[token.start : token.end] == token.text:
                text = text[: token.start] + name + text[token.end :]
        return text

    def candidates(self, reading: ParsedQuestion, passages: Sequence[RetrievedPassage]) -> list[Candidate]:
        """The sentences of the passages, each once. Of a passage that is here for what it names alone, and not since it
        fits the question, only what names what is asked about, stands behind what names it, or claims something."""
        names = tuple(filter(None, (all_stems(name) for name in reading.subjects)))
        claims = self._collection.claims_by_sentence()
        seen: set[tuple[str, int]] = set()
        candidates = []
        for retrieved in passages:
            vectors = self._collection.sentence_vectors(retrieved.passage)
            annotations = self._collection.annotations(retrieved.article)
            before = ""
            for (start, end), vector in zip(retrieved.passage.sentences, vectors, strict=True):
                text, place = retrieved.article.text[start:end], (retrieved.article.id, start)
                is_near = retrieved.score > 0 or not names or place in claims or _names(names, before, text)
                if place not in seen and is_near and _is_statement(retrieved.article, text, annotations.at(start)):
                    seen.add(place)
                    candidates.append(Candidate(retrieved.passage, retrieved.article, start, end, vector, before))
                before = text
        return candidates

    def _context(
        self, reading: ParsedQuestion, passages: Sequence[RetrievedPassage], candidates: Sequence[Candidate]
    ) -> QuestionContext:
        claims = claims_about(reading, self._collection)
        days = sorted({candidate.article.date for candidate in candidates if candidate.article.date is not None})
        ranks = {retrieved.passage.id: n for n, retrieved in reversed(list(enumerate(passages)))}
        names = tuple(filter(None, (frozenset(stem(word) for word in words(name)) for name in reading.names)))
        stories = Stories.of(names, (candidate.article for candidate in candidates))
        aliases = alias_concepts(self._collection.vocabulary)
        return QuestionContext(
            reading, self._query(reading), names, tuple(days), stories, claims,
            self._collection.claims_by_sentence(), ranks, aliases,
        )

    def _query(self, reading: ParsedQuestion) -> Query:
        """The question's syntax; "When?" alone asks of the clause of the question before it."""
        query = query_of(self._collection.parse(reading.own))
        if query.clause is not None or not reading.context:
            return query
        before = query_of(self._collection.parse(reading.context))
        return replace(before, gap=query.gap, role=None, focus=query.focus)


def _parted(ranked: Sequence[Ranked]) -> tuple[list[Ranked], list[Ranked]]:
    """The sentences that are worth reading with the question, and those that a glance takes for far less likely than
    the first, which need not be the likeliest: it may hold the words that are quoted."""
    least = threshold("likely") * ranked[0].score
    likely = [sentence for sentence in ranked if sentence.score >= least]
    return likely, [sentence for sentence in ranked if sentence.score < least]


def _is_statement(article: Article, text: str, annotation: Annotation | None) -> bool:
    """Whether a sentence states something: neither a date alone, the heading of what follows, nor an address to the
    reader."""
    if is_time_alone(text) or day_alone(text, article.date) is not None:
        return False
    return not addresses_reader(text, annotation.parsed if annotation else None)


def _names(names: Sequence[frozenset[str]], before: str, text: str) -> bool:
    """Whether a sentence or the one before it holds a word of one of these names, given by their stems."""
    held = all_stems(text) | all_stems(before)
    return any(name & held for name in names)


def _reading_order(reading: ParsedQuestion, sentence: Ranked) -> tuple[bool, bool, float]:
    """Only so many are read together with the question: first what holds the words that it quotes, last what its dates
    leave out."""
    is_quoted = holds_quoted(reading, sentence.candidate.text)
    return not is_quoted, sentence.features.get("allowed") == 0.0, -sentence.score


def allows(reading: ParsedQuestion, candidate: Candidate, annotation: Annotation | None = None) -> bool:
    """Whether the dates in the question let this sentence answer it: the sentence or the heading above it names such a
    time, or its article is of that time; of who holds something, the last report before the date tells as well."""
    if reading.since is None and reading.until is None:
        return True
    since, until = reading.since or datetime.date.min, reading.until or datetime.date.max
    day = candidate.article.date
    if any(time.first <= until and since <= time.last for time in _times(reading, candidate, annotation)):
        return True
    if day is None or day > until:
        return False
    return since <= day or reading.control


def behind(before: str, sentence: str) -> str:
    """A sentence behind the one before it, as the cross-encoder is fitted on: the last of these characters."""
    return f"{before[-BEFORE_CHARACTERS:]} | {sentence}" if before else sentence


def _times(reading: ParsedQuestion, candidate: Candidate, annotation: Annotation | None) -> list[TimeExpression]:
    """The times that a sentence and the heading above it name."""
    named = find_times(candidate.text, candidate.article.date or _day_meant(reading))
    return [annotation.day, *named] if annotation is not None and annotation.day is not None else named


def _day_meant(reading: ParsedQuestion) -> datetime.date | None:
    """The last day that a question means by "on Saturday" or the like. A report without a date that says "on Saturday",
    too, may mean the same; to "on 30 November" it tells nothing."""
    if reading.since is None or reading.until is None:
        return None
    relative = any(time.relative for time in find_times(reading.own, reading.until))
    return reading.until if relative else None


def _is_of(reading: ParsedQuestion, candidate: Candidate) -> bool:
    """Whether the candidate's article is of the days that the question names."""
    day, since, until = candidate.article.date, reading.since, reading.until
    return None not in (day, since, until) and since <= day <= until  # type: ignore[operator]
