from index.article import article_id


def test_the_id_depends_on_the_origin_alone() -> None:
    assert article_id("https://news.example/a") == article_id("https://news.example/a")
    assert article_id("https://news.example/a") != article_id("https://news.example/b")


def test_the_id_is_16_hex_digits() -> None:
    assert len(article_id("/articles/a.md")) == 16
    int(article_id("/articles/å.md"), 16)
