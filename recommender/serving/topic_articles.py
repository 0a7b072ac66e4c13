"""The articles of a topic, the newest or the most central first."""

from typing import Literal, get_args

import numpy as np

from recommender._slices import slice_positions
from recommender._typing import Array
from recommender.serving.filters import RowFilter
from recommender.snapshot.reader import Snapshot
from recommender.types.groups import Topic

__all__ = ["ORDERS", "Order", "topic_rows"]

Order = Literal["newest", "central"]
ORDERS: tuple[Order, ...] = get_args(Order)


def topic_rows(
    snapshot: Snapshot, topic: Topic, k: int, order: Order, row_filter: RowFilter
) -> list[int]:
    """The articles of a topic and of the finer topics within it.

    Args:
        snapshot: The snapshot.
        topic: One of its topics, of any level.
        k: How many articles at most.
        order: "newest" by date, those without one last; "central" begins with the topic's
            representatives and goes on with the articles that belong to it most surely.
        row_filter: The rows that may be shown.

    Returns:
        Their rows. Of articles with nearly the same text the first one stands for all.
    """
    arrays = snapshot.arrays
    rows, texts = _first_rows(snapshot, _texts_of(snapshot, topic), row_filter)
    if order == "newest":
        # Where there is no date, the number is the least of all.
        ranking = np.lexsort((rows, ~arrays.published.take(rows)))
    else:
        ahead = {article_id: place for place, article_id in enumerate(topic.representatives)}
        found = map(snapshot.lookup.row_of, ahead)
        first = [int(arrays.text_of[row]) for row in found if row is not None]
        place = np.full(snapshot.manifest.texts, len(first))
        place[first] = np.arange(len(first))
        ranking = np.lexsort((rows, -arrays.topic_strength.take(texts), place.take(texts)))
    chosen: list[int] = rows.take(ranking[:k]).tolist()
    return chosen


def _texts_of(snapshot: Snapshot, topic: Topic) -> Array:
    """The texts of a topic and of those below it, ascending."""
    within = {topic.id}
    for other in snapshot.topics:  # level by level, so that parents come before their children
        if other.parent in within:
            within.add(other.id)
    # The last place is that of texts without a topic, -1.
    is_within = np.array([*(other.id in within for other in snapshot.topics), False])
    return np.flatnonzero(is_within.take(snapshot.arrays.finest_of, mode="wrap"))


def _first_rows(snapshot: Snapshot, texts: Array, row_filter: RowFilter) -> tuple[Array, Array]:
    """The first admitted article of each text, its lead if possible, and their texts."""
    arrays = snapshot.arrays
    start = arrays.copies_start
    first = start.take(texts)
    rows = arrays.copies.take(slice_positions(first, start.take(texts + 1) - first))
    rows = rows[row_filter.admits(rows)]
    texts = arrays.text_of.take(rows)
    _, first = np.unique(texts, return_index=True)
    return rows.take(first), texts.take(first)
