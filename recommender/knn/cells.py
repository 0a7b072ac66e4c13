"""All neighbours of all texts without comparing all pairs: search by cells.

The texts are divided into cells by spherical k-means (`partition`). First all texts of a cell are
compared with all texts of the nearest cells. Then each text is compared with further cells that are
near to it (`cell_search`), and finally with the neighbours of its neighbours (`nn_descent`).
"""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from recommender._typing import Array
from recommender.knn.cell_search import search_near_cells, search_probed_cells
from recommender.knn.index import Found, sorted_found
from recommender.knn.nn_descent import try_neighbours_of_neighbours
from recommender.knn.pairs import check_count, pair_similarities
from recommender.knn.parallel import torch_pool
from recommender.knn.partition import Cells, Effort, partition
from recommender.knn.products import BLOCK, COPIED, product_dtype
from recommender.knn.scan import fill_short_lists
from recommender.knn.topk import SPARE, TopK
from recommender.progress import Advance, ignore

if TYPE_CHECKING:
    import torch

__all__ = ["Effort", "all_neighbours"]


def all_neighbours(
    vectors: Array,
    k: int,
    threads: int,
    *,
    effort: Effort = Effort(),  # noqa: B008 - immutable
    bfloat16: bool | None = None,
    advance: Advance = ignore,
) -> Found:
    """Find nearly all of the `k` most similar other texts of each text.

    Args:
        vectors: (texts, dimension) float32, of unit length.
        k: How many neighbours are wanted.
        threads: How many blocks are computed at a time.
        effort: How much is compared.
        bfloat16: Whether candidates are found by products in bfloat16; None if the processor has
            the instructions. The similarities in the result are float32 in any case.
        advance: Called with numbers of texts that add up to all texts.

    Returns:
        (texts, min(k, texts - 1)), the same bits for any number of threads.

    Raises:
        ValueError: There are more than `MAX_TEXTS` texts.
    """
    count = len(vectors)
    check_count(count)
    k = min(k, count - 1)
    if k <= 0:
        return Found(np.empty((count, 0), np.int32), np.empty((count, 0), np.float32))
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    dtype = product_dtype(bfloat16)
    with torch_pool(threads) as pool:
        found = _search(vectors, k, effort, dtype, pool, advance)
        fill_short_lists(vectors, found, dtype, pool)
        advance(count - 3 * (count // 4))
    return found


def _search(
    vectors: Array,
    k: int,
    effort: Effort,
    dtype: "torch.dtype",
    pool: ThreadPoolExecutor,
    advance: Advance,
) -> Found:
    """The steps of the search; after each of three, a quarter of the texts is reported."""
    quarter = len(vectors) // 4
    cells = partition(vectors, effort, dtype, pool)
    advance(quarter)
    lists = search_near_cells(cells, k + SPARE, effort.columns, pool)
    advance(quarter)
    search_probed_cells(cells, lists, pool)
    # The vectors by position are the largest array, and no longer needed.
    cells = cells._replace(rows=cells.rows[:0].clone())
    lists = _exactly_best(vectors, cells, lists, k, pool)
    advance(quarter)
    lists = try_neighbours_of_neighbours(vectors, cells, lists, effort.width, pool)
    return _by_text(cells.order.numpy(), lists)


def _exactly_best(
    vectors: Array, cells: Cells, lists: TopK, k: int, pool: ThreadPoolExecutor
) -> TopK:
    """The `k` best candidates of each list by their float32 similarities."""
    import torch

    order = cells.order.numpy()
    count, width = lists.values.shape
    exact = TopK.empty(count, k)

    def score(first: int) -> None:
        rows = slice(first, min(first + BLOCK, count))
        indices = lists.indices[rows]
        others = np.where(indices.numpy() < 0, -1, order[indices.numpy()])
        values = pair_similarities(vectors, np.repeat(order[rows], width), others.ravel())
        scored = TopK(torch.from_numpy(values).view(-1, width), indices)
        exact.overwrite(rows, scored.best(k))

    list(pool.map(score, range(0, count, BLOCK)))
    return exact


def _by_text(order: Array, lists: TopK) -> Found:
    """Turn lists of positions, by position, into lists of texts, by text."""
    indices, values = lists.indices.numpy(), lists.values.numpy()
    found = Found(np.empty(indices.shape, np.int32), np.empty(indices.shape, np.float32))
    for first in range(0, len(indices), COPIED):
        rows = slice(first, first + COPIED)
        texts = np.where(indices[rows] < 0, -1, order[indices[rows]])
        similarities = np.where(texts < 0, np.float32(-np.inf), values[rows])
        # The lists are sorted already, except for the order of ties.
        tied = (similarities[:, 1:] == similarities[:, :-1]).any(axis=1)
        texts[tied], similarities[tied] = sorted_found(texts[tied], similarities[tied])
        found.texts[order[rows]], found.similarities[order[rows]] = texts, similarities
    return found
