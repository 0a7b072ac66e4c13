"""The languages of a night: by labels, else by the texts, else as usual in the source."""

import numpy as np

from recommender.corpus.languages import LanguageCounts, find_languages
from recommender.language.tokens import read_tokens
from recommender.store.base import StoredArticle
from recommender.types.article import Card
from tests.language.test_detect import TEXTS


def stored(number: int, language: str | None, source: str | None = None) -> StoredArticle:
    card = Card(f"a-{number}", "", None, source, None, language, None, None)
    return StoredArticle(card, b"", b"")


def test_a_label_decides_then_the_text_then_the_source() -> None:
    labels = ["en-GB", "FRA", None, "news", None, "und", None]
    sources = ["Post", "Gazette", "Gazette", "Post", "Gazette", "Post", "Elsewhere"]
    texts = [TEXTS["fr"], TEXTS["en"], TEXTS["fr"], TEXTS["de"], "PSG", "FC", "1:0"]
    articles = [stored(*entry) for entry in zip(range(7), labels, sources, strict=True)]
    found = find_languages(articles, np.arange(7), read_tokens(texts))
    assert found.of_articles == ["en", "fr", "fr", "de", None, None, None]
    assert found.of_contents[:5] == ["en", "fr", "fr", "de", "fr"]
    # "Post" has one article each in English and German: of equals the last in the alphabet.
    assert found.of_contents[5:] == ["en", "fr"]
    assert found.counts == LanguageCounts(
        {"fr": 2, "en": 1, "de": 1}, {"fr": 1, "de": 1}, 3, {"news": 1}
    )


def test_articles_of_one_content_share_its_language() -> None:
    articles = [stored(0, None), stored(1, "nl"), stored(2, None)]
    found = find_languages(articles, np.array([0, 0, 1]), read_tokens(["PSG", "FC"]))
    assert found.of_articles == ["nl", "nl", None]
    assert found.of_contents == ["nl", "nl"]
    assert found.counts.detected == {"nl": 1}


def test_where_nothing_tells_the_language_there_is_none() -> None:
    found = find_languages([stored(0, None)], np.array([0]), read_tokens([""]))
    assert found.of_articles == [None]
    assert found.of_contents == [""]
    assert found.counts == LanguageCounts({}, {}, 1, {})
