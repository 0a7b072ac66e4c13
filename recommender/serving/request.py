"""What ranking takes and what it gives: a request, and the articles ranked for it."""

from typing import NamedTuple

from recommender._typing import Array
from recommender.scoring.word_overlap import WeightedWords
from recommender.serving.backend import Backend
from recommender.serving.filters import RowFilter
from recommender.serving.query import Query
from recommender.serving.rules import ArticleRules
from recommender.snapshot.reader import Snapshot

__all__ = ["QueryItem", "RankedArticle", "Request"]


class QueryItem(NamedTuple):
    """What the related articles are related to.

    Attributes:
        row: Row of the article; None for a text that is not published under an id.
        text: Number of its text; None for a text that the snapshot does not hold.
        vector: Embedding of a text that the snapshot does not hold, (dimension,) float32.
        words: The words of a text that the snapshot does not hold.
    """

    row: int | None
    text: int | None
    vector: Array | None = None
    words: WeightedWords | None = None


class Request(NamedTuple):
    """One question for related articles, with everything that answers it.

    Attributes:
        snapshot: The snapshot that it is answered from.
        backend: The neighbour graph and the vectors of that snapshot.
        item: What the answers are related to.
        query: The checked options.
        row_filter: The rows that may be answered.
        rules: The publisher's rules about the item.
    """

    snapshot: Snapshot
    backend: Backend
    item: QueryItem
    query: Query
    row_filter: RowFilter
    rules: ArticleRules = ArticleRules()


class RankedArticle(NamedTuple):
    """One article of an answer.

    Attributes:
        row: Its row.
        text: The number of its text.
        score: How related it is, in [0, 1].
        pinned: Whether a rule of the publisher put it there.
        filler: "section" or "topic" where it is not related and only fills a short list.
        fill: Whether it lies below the floor and fills a short list.
    """

    row: int
    text: int
    score: float
    pinned: bool = False
    filler: str | None = None
    fill: bool = False
