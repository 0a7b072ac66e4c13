"""All neighbours of all texts: exact, by cells, or from last night's, whichever is cheapest."""

from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.knn.cells import all_neighbours
from recommender.knn.exact import exact_search
from recommender.knn.incremental import update_neighbours
from recommender.knn.index import Found
from recommender.progress import Advance

__all__ = ["Nearest", "PreviousNearest", "nearest"]

EXACT_UP_TO = 20_000  # texts; comparing all pairs of more takes longer than a search by cells
UPDATE_UP_TO = 0.05  # share of new texts; with more of them a full search costs about as much


class Nearest(NamedTuple):
    """The candidates of the neighbour graph.

    Attributes:
        lists: (texts, k), the nearest other texts of each text and their cosines.
        exact: whether all pairs were compared. It is cheap to do so again; other lists are worth
            keeping for the next night.
        updated_from: the digest of the previous lists that these were made from, "" if from none.
    """

    lists: Found
    exact: bool
    updated_from: str


class PreviousNearest(NamedTuple):
    """The candidates of a previous night.

    Attributes:
        lists: (previous texts, k), with the texts' numbers of that night.
        numbers: (previous texts,) int64, each one's number tonight, -1 where it is gone or has
            another vector.
        digest: identifies these lists.
    """

    lists: Found
    numbers: Array
    digest: str


def nearest(
    vectors: Array,
    k: int,
    threads: int,
    advance: Advance,
    previous: PreviousNearest | None = None,
) -> Nearest:
    """Find the `k` nearest other texts of every text by cosine similarity.

    Up to `EXACT_UP_TO` texts all pairs are compared. Of more texts a few neighbours of a hundred
    are missed for slightly farther ones: lists of a previous night are updated where at most
    `UPDATE_UP_TO` of the texts are new, else the search is by cells.

    Args:
        vectors: (texts, dimension) float32, of unit length.
        k: how many neighbours are wanted.
        threads: how many blocks are computed at a time.
        advance: called with numbers of texts that add up to all texts.
        previous: the lists of a previous night.

    Returns:
        Lists of min(k, texts - 1) texts, the same bits on any number of threads.

    Example:
        >>> east, north = [1.0, 0.0], [0.0, 1.0]
        >>> vectors = np.array([east, north, [0.6, 0.8]], dtype=np.float32)
        >>> nearest(vectors, 1, threads=1, advance=lambda done: None).lists.texts.tolist()
        [[2], [2], [1]]
    """
    if len(vectors) <= EXACT_UP_TO:
        return Nearest(_exact(vectors, k, threads, advance), exact=True, updated_from="")
    if previous is None or not _update_pays(previous, len(vectors), k):
        lists = all_neighbours(vectors, k, threads, advance=advance)
        return Nearest(lists, exact=False, updated_from="")
    lists = update_neighbours(
        previous.lists, previous.numbers, vectors, k, threads, advance=advance
    )
    return Nearest(lists, exact=False, updated_from=previous.digest)


def _update_pays(previous: PreviousNearest, count: int, k: int) -> bool:
    """Whether few enough of the `count` texts are new, and the lists are as long as wanted."""
    new = count - int((previous.numbers >= 0).sum())
    return new <= UPDATE_UP_TO * count and previous.lists.texts.shape[1] == min(k, count - 1)


def _exact(vectors: Array, k: int, threads: int, advance: Advance) -> Found:
    found = exact_search(vectors, vectors, k + 1, threads, advance)
    # A text is not its own neighbour. Where equal vectors push it out of its own list, the last
    # entry is left out instead.
    own = found.texts == np.arange(len(vectors), dtype=np.int32)[:, None]
    own[~own.any(axis=1), -1] = True
    shape = len(vectors), found.texts.shape[1] - 1
    return Found(*(column[~own].reshape(shape) for column in found))
