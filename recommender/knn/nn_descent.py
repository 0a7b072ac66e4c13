"""One step of NN-descent: a neighbour of a neighbour is likely to be a neighbour.

Dong, Charikar and Li: Efficient k-nearest neighbor graph construction for generic similarity
measures, WWW 2011.
"""

from concurrent.futures import ThreadPoolExecutor

from recommender._typing import Array
from recommender.knn.pairs import pair_similarities
from recommender.knn.partition import Cells
from recommender.knn.products import BLOCK
from recommender.knn.topk import TopK

__all__ = ["try_neighbours_of_neighbours"]


def try_neighbours_of_neighbours(
    vectors: Array, cells: Cells, lists: TopK, width: int, pool: ThreadPoolExecutor
) -> TopK:
    """Compare each text with the neighbours of its neighbours in cells that it has not seen.

    Args:
        vectors: (texts, dimension) float32, of unit length.
        cells: The texts by cell.
        lists: (texts, k) positions with exact similarities, best first.
        width: How many neighbours are looked at, and how many neighbours of each.
        pool: Threads that compute.

    Returns:
        New lists, (texts, k) positions, best first.
    """
    import torch

    order = cells.order.numpy()
    count, k = lists.values.shape
    better = TopK.empty(count, k)

    def look(first: int) -> None:
        rows = slice(first, min(first + BLOCK, count))
        own = lists.of_rows(rows)
        near = own.indices[:, :width].long()
        # A missing neighbour (-1) reads the list of the last text, which does no harm.
        tried = lists.indices[near.flatten(), :width].view(len(near), -1).long()
        seen = cells.covered[cells.cell_of[rows]]
        seen.scatter_(1, cells.probes[rows].long(), value=True)
        unseen = (tried >= 0) & ~seen.gather(1, cells.cell_of[tried])
        at, column = unseen.nonzero().unbind(1)
        pairs = torch.unique(at * count + tried[at, column])
        at, position = pairs // count, pairs % count
        value = torch.from_numpy(
            pair_similarities(vectors, order[(at + first).numpy()], order[position.numpy()])
        )
        enters = value > own.values[:, -1][at]
        longer = own.extended(at[enters], position[enters].int(), value[enters])
        better.overwrite(rows, longer.best(k))

    list(pool.map(look, range(0, count, BLOCK)))
    return better
