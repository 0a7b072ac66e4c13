"""Nearest texts: the candidates of the neighbour graph, by cosine similarity."""

from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.knn.cells import all_neighbours
from recommender.knn.incremental import updated_neighbours
from recommender.knn.index import Found, Index
from recommender.progress import Advance

__all__ = ["EXACT_UP_TO", "Nearest", "nearest", "updated"]

EXACT_UP_TO = 20_000  # texts; comparing all pairs of more takes longer than a search by cells
UPDATED_UP_TO = 0.05  # share of new texts; with more of them a full search costs about as much


class Nearest(NamedTuple):
    """`candidates` (texts, k) int32, best first, -1 for none; `similarities` the same, float32."""

    candidates: Array
    similarities: Array


def nearest(vectors: Array, k: int, threads: int, advance: Advance) -> Nearest:
    """The `k` nearest other texts of every text by cosine similarity.

    `vectors` (texts, dimension) are unit vectors. Exact up to `EXACT_UP_TO` texts; beyond, a few
    neighbours of a hundred are missed for slightly farther ones: see `cells`.
    """
    if len(vectors) > EXACT_UP_TO:
        return Nearest(*all_neighbours(vectors, k, threads, advance=advance))
    found = Index.build(vectors).search_blocks(vectors, k + 1, threads, advance)
    # A text is not its own neighbour. Where its like (equal vectors of different texts) push it
    # out of its own list, the last entry goes instead.
    own = found.texts == np.arange(len(vectors), dtype=np.int32)[:, None]
    own[~own.any(axis=1), -1] = True
    width = found.texts.shape[1] - 1
    candidates = found.texts[~own].reshape(len(vectors), width)
    similarities = found.similarities[~own].reshape(len(vectors), width)
    return Nearest(np.ascontiguousarray(candidates), np.ascontiguousarray(similarities))


def updated(
    previous: Nearest, numbers: Array, vectors: Array, k: int, threads: int, advance: Advance
) -> Nearest | None:
    """`nearest` of tonight's texts from last night's; None where a full search is as cheap.

    `numbers` (previous texts,) is each previous text's number tonight, -1 where it is gone or has
    another vector.
    """
    new = len(vectors) - int((numbers >= 0).sum())
    width = min(k, len(vectors) - 1)
    if len(vectors) <= EXACT_UP_TO or new > UPDATED_UP_TO * len(vectors):
        return None
    if previous.candidates.shape[1] != width:
        return None
    return Nearest(
        *updated_neighbours(Found(*previous), numbers, vectors, k, threads, advance=advance)
    )
