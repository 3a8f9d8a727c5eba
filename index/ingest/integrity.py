"""Does all that the index keeps fit together? Every article, passage, vector and word row is checked against the rest;
what is wrong is said in sentences, and mended where it is asked for, from the articles' own texts."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from index.article import Article
from index.claim import Origin
from index.claims.reading_check import is_in_sentence
from index.collection import Collection
from index.errors import DataFolderError
from index.ingest.prepare import Passages, unheard
from index.ingest.run import Progress, reembed_articles
from index.storage.connection import MEND
from index.storage.passages import StoredPassage
from index.storage.text_check import damaged_texts

UNIT_TOLERANCE = 1e-3


@dataclass
class Findings:
    """What is wrong: a sentence for each fault, and the articles whose passages, word rows or claims have to be made
    anew, or whose text is lost."""

    faults: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    misread: list[str] = field(default_factory=list)


def audit(collection: Collection) -> Findings:
    """Check everything. Raises DataFolderError where the ledger cannot be read at all."""
    try:
        findings = audit_ledger(collection)
    except DataFolderError:
        collection.trust(False)
        raise
    if not findings.broken and (fault := collection.dense_fault()):
        findings.faults.append(f"Chroma differs from the ledger: {fault}.")
    collection.trust(not findings.faults)
    return findings


def audit_ledger(collection: Collection) -> Findings:
    """Check all but the dense index. Raises DataFolderError where the ledger cannot be read at all."""
    findings = Findings(_ledger_faults(collection))
    dimension = int(collection.ledger.settings.get("dimension") or 0)
    findings.lost += damaged_texts(collection.ledger)
    for listed in collection.articles():
        if listed.id in findings.lost:
            findings.faults.append(
                f"Article {listed.id} ('{listed.title}', {listed.path}): its text is not the one that was indexed. "
                "--repair removes it; index it again then."
            )
        else:
            _audit_article(collection, collection.article(listed.id), dimension, findings)
    return findings


def _ledger_faults(collection: Collection) -> list[str]:
    """What is wrong with the ledger as a whole."""
    faults = []
    if damage := collection.ledger.maintenance.damage():
        faults.append(f"The ledger's file is damaged: {damage}. {MEND}")
    if not collection.ledger.full_text.is_sound():
        faults.append("The word index is damaged.")
    if lacks := collection.ledger.maintenance.lacks:
        faults.append(f"The last {lacks} changes to the ledger are missing. Index the same articles again.")
    if stray := collection.ledger.maintenance.strays():
        faults.append(f"{stray} passages or rows of the word index belong to no article.")
    return faults


def _audit_article(collection: Collection, article: Article, dimension: int, findings: Findings) -> None:
    """Check the passages and word rows of an article, and add what is wrong with them to `found`."""
    stored = collection.ledger.passages.stored(article.id)
    if fault := next(_passage_faults(article, stored, dimension), None):
        # Where its sentences are is known only once it is mended.
        findings.broken.append(article.id)
        findings.faults.append(f"Article {article.id} ('{article.title}'): {fault}.")
        return
    if any((row.title, row.body) != (article.title, article.text[row.start : row.end]) for row in stored):
        findings.unlisted.append(article.id)
        findings.faults.append(f"Article {article.id} ('{article.title}'): the word index has another text of it.")
    if fault := _claim_fault(collection, article):
        findings.misread.append(article.id)
        findings.faults.append(f"Article {article.id} ('{article.title}'): {fault}.")


def repair(
    collection: Collection, findings: Findings, start: Callable[[int], Progress], passages: Passages = unheard
) -> Findings:
    """Mend what `audit` found, embedding only the articles whose passages are broken; what is wrong afterwards."""
    if not findings.faults:
        return findings
    with collection.writing():
        if not collection.ledger.full_text.is_sound():
            collection.ledger.full_text.rebuild()
        collection.ledger.maintenance.remove_strays()
        for ident in findings.lost:
            collection.ledger.remove(ident)
        for ident in findings.misread:
            collection.claim_store.forget(ident)
        for ident in findings.unlisted:
            collection.ledger.full_text.refill(collection.article(ident))
        reembed_articles(collection, [collection.article(ident) for ident in findings.broken], start, passages)
        collection.ledger.maintenance.go_on()
    return audit(collection)


def _claim_fault(collection: Collection, article: Article) -> str | None:
    """What is wrong with the claims of an article, or None."""
    sentences = set(collection.ledger.passages.sentences(article.id))
    for claim in collection.ledger.annotations.claims_of(article.id):
        if (claim.start, claim.end) not in sentences:
            return f"a claim about {claim.place} points at no sentence, from {claim.start} to {claim.end}"
        if claim.origin is Origin.LLM and not is_in_sentence(claim, article):
            return f"a claim that an LLM read names {claim.place}, of which its sentence says nothing"
    return None


def _passage_faults(article: Article, passages: list[StoredPassage], dimension: int) -> Iterator[str]:
    if not passages and article.text.strip():
        yield "it has no passages"
    if [passage.number for passage in passages] != list(range(len(passages))):
        yield "passages are missing or numbered wrongly"
    for passage in passages:
        yield from _faults_of_passage(article, passage, dimension)


def _faults_of_passage(article: Article, passage: StoredPassage, dimension: int) -> Iterator[str]:
    number, start, end = passage.number, passage.start, passage.end
    if not 0 <= start < end <= len(article.text):
        yield f"passage {number} lies outside its text, from {start} to {end}"
    spans = _spans(passage.sentences)
    if not spans or any(not start <= first < last <= end for first, last in spans):
        yield f"the sentences of passage {number} lie outside it"
    if not _is_unit(passage.vector, np.dtype(np.float32), 1, dimension):
        yield f"the vector of passage {number} does not have {dimension} numbers and the length 1"
    if not _is_unit(passage.sentence_vectors, np.dtype(np.float16), len(spans), dimension):
        yield f"the sentence vectors of passage {number} do not have {dimension} numbers and the length 1"


def _spans(sentences: str) -> list[tuple[int, int]]:
    try:
        return [(int(start), int(end)) for start, end in json.loads(sentences)]
    except (ValueError, TypeError):
        return []


def _is_unit(stored: bytes, kind: "np.dtype[np.floating]", rows: int, dimension: int) -> bool:
    if len(stored) != rows * dimension * kind.itemsize or not dimension:
        return False
    lengths = np.linalg.norm(np.frombuffer(stored, kind).astype(np.float32).reshape(rows, dimension), axis=1)
    # Sixteen bits round a sentence's numbers.
    return bool(np.all(np.abs(lengths - 1) < UNIT_TOLERANCE * 10 / kind.itemsize))
