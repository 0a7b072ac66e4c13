"""Publishers: whose boilerplate an article can have, and how much is cut of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from recommender.store.base import StoredArticle
    from recommender.types.article import Card

__all__ = ["CutCounts", "count_cuts", "publisher_of"]

NAMED_PUBLISHERS = 20  # in the record of a night, because an aggregator can have thousands


@dataclass(frozen=True, slots=True)
class CutCounts:
    """How much is cut as boilerplate.

    Attributes:
        articles: The articles from which anything is cut.
        words: The words that are cut.
        by_publisher: "articles" and "words" of each publisher, most words first; at most
            `NAMED_PUBLISHERS` of them.
    """

    articles: int
    words: int
    by_publisher: dict[str, dict[str, int]]


def publisher_of(card: "Card") -> str:
    """Whose articles an article's text is compared with.

    Args:
        card: The article.

    Returns:
        Its source, or the host of its URL where it names none; "" with neither.

    Example:
        >>> from recommender.types.article import Card
        >>> publisher_of(Card("a", "Tide", "https://www.quay.example/a", *[None] * 5))
        'quay.example'
    """
    if card.source or not card.url:
        return card.source or ""
    try:
        host = urlsplit(card.url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def count_cuts(articles: Iterable["StoredArticle"]) -> CutCounts:
    """Count what is cut from articles.

    Args:
        articles: All stored articles.

    Returns:
        The counts.
    """
    counts: dict[str, dict[str, int]] = {}
    for article in articles:
        if article.cut_words:
            of_publisher = counts.setdefault(
                publisher_of(article.card), {"articles": 0, "words": 0}
            )
            of_publisher["articles"] += 1
            of_publisher["words"] += article.cut_words
    most = sorted(counts.items(), key=lambda item: (-item[1]["words"], item[0]))
    return CutCounts(
        sum(of_publisher["articles"] for of_publisher in counts.values()),
        sum(of_publisher["words"] for of_publisher in counts.values()),
        dict(most[:NAMED_PUBLISHERS]),
    )
