import pytest

from index.article import Article
from index.language.sentences import sentence_spans
from index.language.tokens import count_tokens
from index.passage import Passage, cut
from index.search.embedder import Embedder

HOSTILE = {
    "no space": "x" * 50_000,
    "no full stop": "word " * 3000,
    "emoji": "😀👩‍👩‍👧‍👦🇸🇾" * 300,
    "arabic": "دخلت القوات مدينة حلب يوم السبت " * 80,
    "chinese": "反对派武装进入阿勒颇市" * 150,
    "korean": "반군이 알레포에 진입했다 " * 100,
    "marks": "-" * 3000 + " " * 9000 + "—…" * 500,
    "ligatures": "ﷺﬃ" * 400,
    "newlines": "a\n" * 200,
}


def of(text: str, title: str = "A title") -> Article:
    return Article("a1", text, title)


def cut_by_words(text: str, most: int) -> list[Passage]:
    return cut(of(text), sentence_spans(text), fits=lambda part: len(part.split()) <= most)


def test_a_worked_example() -> None:
    #       0         10        20        30        40        50
    text = "One two three. Four five. Six seven eight. Nine ten."
    passages = cut_by_words(text, 5)
    assert [(p.number, p.start, p.end, p.text) for p in passages] == [
        (0, 0, 25, "One two three. Four five."),
        (1, 15, 42, "Four five. Six seven eight."),
        (2, 26, 52, "Six seven eight. Nine ten."),
    ]
    assert passages[1].sentences == ((15, 25), (26, 42))
    assert passages[1].id == "a1:1"


def test_no_overlap_where_it_leaves_no_room_for_a_new_sentence() -> None:
    passages = cut_by_words("It rained. The river rose fast. Two old bridges broke. Nobody drowned.", 5)
    sentences = ["It rained.", "The river rose fast.", "Two old bridges broke.", "Nobody drowned."]
    assert [p.text for p in passages] == sentences


def test_every_passage_holds_a_sentence_that_the_one_before_has_not() -> None:
    passages = cut_by_words(" ".join(f"Word {'x ' * (n % 7)}end." for n in range(60)), 12)
    pairs = zip(passages, passages[1:], strict=False)
    assert all(after.sentences[-1] not in before.sentences for before, after in pairs)


def test_a_sentence_that_alone_does_not_fit_is_cut_between_words() -> None:
    passages = cut_by_words("one two three four five six seven.", 3)
    assert [p.text for p in passages] == ["one two three", "four five six", "seven."]


@pytest.mark.parametrize("most", [1, 7, 40, 900, 1000, 5000])
def test_each_passage_holds_as_many_sentences_as_fit(most: int) -> None:
    text = "\n".join("word " * (1 + n * n % 37) for n in range(200))
    spans = sentence_spans(text)

    def fits(part: str) -> bool:
        return len(part) <= most

    passages = cut(of(text), spans, fits=fits)
    for passage in passages[:-1]:
        after = next((end for start, end in passages[passage.number + 1].sentences if start >= passage.end), None)
        assert after is None or not fits(text[passage.start : after])
    assert passages[-1].end == spans[-1][1]


def test_the_end_of_a_passage_is_found_in_few_tries() -> None:
    text = "\n".join(f"Sentence {n} is of about the length that sentences have in the news." for n in range(1000))
    tried: list[str] = []

    def fits(part: str) -> bool:
        tried.append(part)
        return len(part) <= 900

    passages = cut(of(text), sentence_spans(text), fits=fits)
    # Each sentence once on its own, and of each passage what is in it, what is one more, and where the next begins.
    assert len(tried) <= 1000 + 4 * len(passages)


def test_a_text_without_sentences_has_no_passages() -> None:
    assert cut(of(""), [], fits=lambda part: True) == []


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_passage_is_longer_than_the_model_reads(embedder: Embedder, text: str) -> None:
    article = of(text, title="반군이 알레포에 진입했다 " * 20)
    heading = embedder.heading(article)
    passages = cut(
        article, sentence_spans(text),
        fits=lambda part: count_tokens(part) <= 200 and embedder.fits(heading, part),
    )
    assert max(count_tokens(p.text) for p in passages) <= 200
    assert max(embedder.pieces(embedder.heading(article) + p.text) for p in passages) <= 256
    assert all(text[p.start : p.end] == p.text for p in passages)
    new = "".join(text[max(p.start, q.end) : p.end] for q, p in zip(passages, passages[1:], strict=False))
    assert "".join((passages[0].text + new).split()) == "".join(text.split())
