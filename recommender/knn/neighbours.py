"""The neighbours of all texts, by the cheapest of three searches: exact, by cells, incremental."""

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
        exact: Whether all pairs were compared. Such lists are cheap to compute again; others are
            worth keeping for the next night.
        updated_from: The digest of the previous lists that were updated; "" after a full search.
    """

    lists: Found
    exact: bool
    updated_from: str


class PreviousNearest(NamedTuple):
    """The candidates of a previous night.

    Attributes:
        lists: (previous texts, k), in which texts have the numbers of that night.
        numbers: (previous texts,) int64, each one's number tonight, -1 if it is gone or has another
            vector.
        digest: A digest of these lists.
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

    Up to `EXACT_UP_TO` texts, all pairs are compared. For more texts, the lists of a previous night
    are updated if at most the share `UPDATE_UP_TO` of the texts is new; otherwise the search is by
    cells. Both miss a few neighbours in a hundred and list slightly farther texts instead.

    Args:
        vectors: (texts, dimension) float32, of unit length.
        k: How many neighbours are wanted.
        threads: How many blocks are computed at a time.
        advance: Called with numbers of texts that add up to all texts.
        previous: The lists of a previous night.

    Returns:
        Lists of min(k, texts - 1) texts, the same bits for any number of threads.

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
    """Compare all pairs, and leave each text out of its own list."""
    found = exact_search(vectors, vectors, k + 1, threads, advance)
    # Where many equal vectors keep a text out of its own list, the last entry is left out instead.
    own = found.texts == np.arange(len(vectors), dtype=np.int32)[:, None]
    own[~own.any(axis=1), -1:] = True
    shape = len(vectors), max(found.texts.shape[1] - 1, 0)
    return Found(*(column[~own].reshape(shape) for column in found))
