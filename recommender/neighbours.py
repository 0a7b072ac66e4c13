"""The neighbour graph: each text's nearest texts, found once, read by everything downstream."""

from typing import NamedTuple

import numpy as np

from recommender.arrays import Array
from recommender.index import Index
from recommender.progress import Advance

__all__ = ["Graph", "neighbour_graph"]


class Graph(NamedTuple):
    """`neighbours` (texts, k) int32, best first, -1 for none; `similarities` the same, float32."""

    neighbours: Array
    similarities: Array


def neighbour_graph(index: Index, vectors: Array, k: int, threads: int, advance: Advance) -> Graph:
    """The `k` nearest other texts of every text by cosine similarity, exact.

    `vectors` (texts, dimension) are the unit vectors that `index` holds.
    """
    found = index.search_blocks(vectors, k + 1, threads, advance)
    # A text is not its own neighbour. Where its like (equal vectors of different texts) push it
    # out of its own list, the last entry goes instead.
    own = found.texts == np.arange(len(vectors), dtype=np.int32)[:, None]
    own[~own.any(axis=1), -1] = True
    width = found.texts.shape[1] - 1
    neighbours = found.texts[~own].reshape(len(vectors), width)
    similarities = found.similarities[~own].reshape(len(vectors), width)
    return Graph(np.ascontiguousarray(neighbours), np.ascontiguousarray(similarities))
