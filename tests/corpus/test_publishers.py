"""Whose boilerplate an article can have, and how much is cut of each."""

import pytest

from recommender.corpus.publishers import NAMED_PUBLISHERS, CutCounts, count_cuts, publisher_of
from recommender.store.base import StoredArticle
from recommender.types.article import Card


def card(source: str | None = None, url: str | None = None) -> Card:
    return Card("a", "Tide", url, source, None, None, None, None)


@pytest.mark.parametrize(
    ("source", "url", "publisher"),
    [
        ("Quay Post", "https://www.other.example/1", "Quay Post"),
        (None, "https://www.quay.example:80/a?b", "quay.example"),
        (None, "HTTPS://News.Quay.example", "news.quay.example"),
        (None, "not a url", ""),
        (None, "https://[broken", ""),
        (None, None, ""),
        ("", "", ""),
    ],
)
def test_the_source_or_else_the_host_is_the_publisher(
    source: str | None, url: str | None, publisher: str
) -> None:
    assert publisher_of(card(source, url)) == publisher


def test_cuts_are_counted_for_each_publisher_most_words_first() -> None:
    articles = [
        StoredArticle(card("A"), b"", b"", 3),
        StoredArticle(card("B"), b"", b"", 9),
        StoredArticle(card("A"), b"", b"", 2),
        StoredArticle(card("C"), b"", b"", 0),
    ]
    assert count_cuts(articles) == CutCounts(
        3, 14, {"B": {"articles": 1, "words": 9}, "A": {"articles": 2, "words": 5}}
    )
    assert list(count_cuts(articles).by_publisher) == ["B", "A"]


def test_of_many_publishers_those_with_most_words_are_named_and_all_are_counted() -> None:
    articles = [StoredArticle(card(str(n)), b"", b"", n) for n in range(1, 31)]
    counts = count_cuts(articles)
    assert (counts.articles, counts.words) == (30, sum(range(31)))
    assert list(counts.by_publisher) == [str(n) for n in range(30, 30 - NAMED_PUBLISHERS, -1)]
