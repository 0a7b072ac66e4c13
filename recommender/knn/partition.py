"""Divide texts into cells of similar texts, and plan which cells are compared with each other.

The cells are clusters of spherical k-means. Texts are reordered so that those of a cell are next to
each other in memory; a text's place in that order is called its *position*.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from recommender._typing import Array
from recommender.knn.kmeans import spherical_kmeans
from recommender.knn.products import COPIED, rows_as_tensor

if TYPE_CHECKING:
    import torch
    from torch import Tensor

__all__ = ["Cells", "Effort", "partition"]

ASSIGNED = 512  # texts that are compared with all centroids at once
VOTES = 8  # each text votes for its nearest cells to be compared with its own


class Effort(NamedTuple):
    """How much a search by cells compares. More comparisons raise the recall and take longer.

    Attributes:
        cells: The number of cells; 0 for 1.15 times the square root of the number of texts.
        columns: How many texts of near cells all texts of a cell are compared with.
        probes: How many cells each text is compared with on its own, those of nearest centroid.
        width: In the last step, how many neighbours are looked at, and how many neighbours of each.
    """

    cells: int = 0
    columns: int = 2048
    probes: int = 36
    width: int = 28


class Cells(NamedTuple):
    """The texts by cell.

    Attributes:
        order: (texts,) int64, position → text.
        start: (cells + 1,), cell → the first position of its texts.
        cell_of: (texts,) int64, position → cell.
        probes: (texts, probes) int16 or int32, position → its nearest cells, the nearest first.
        near: Per cell, the cells that all its texts are compared with, itself first.
        covered: (cells, cells) bool, the same as a table.
        rows: (texts, dimension), the vectors by position, in the dtype of products.
    """

    order: "Tensor"
    start: list[int]
    cell_of: "Tensor"
    probes: "Tensor"
    near: list[list[int]]
    covered: "Tensor"
    rows: "Tensor"


def partition(
    vectors: Array, effort: Effort, dtype: "torch.dtype", pool: ThreadPoolExecutor
) -> Cells:
    """Divide texts into cells.

    Args:
        vectors: (texts, dimension) float32, of unit length.
        effort: How many cells, columns and probes.
        dtype: The dtype of products.
        pool: Threads that compute.

    Returns:
        The cells, the same for any number of threads.
    """
    import torch

    count = len(vectors)
    wanted = effort.cells or round(1.15 * count**0.5)
    clusters = max(1, min(wanted, count))
    centroids = torch.from_numpy(spherical_kmeans(vectors, clusters))
    number = len(centroids)
    probes, votes = _nearest_centroids(vectors, centroids, min(effort.probes, number), dtype, pool)
    order = torch.argsort(probes[:, 0], stable=True)
    sizes = torch.bincount(probes[:, 0].long(), minlength=number)
    near = _plan(votes, centroids, sizes.tolist(), effort.columns)
    covered = torch.zeros(number, number, dtype=torch.bool)
    for cell, others in enumerate(near):
        covered[cell, others] = True
    rows = torch.empty(count, vectors.shape[1], dtype=dtype)
    texts = order.numpy()

    def copy(first: int) -> None:
        rows[first : first + COPIED] = rows_as_tensor(vectors, texts[first : first + COPIED], dtype)

    list(pool.map(copy, range(0, count, COPIED)))
    probes = probes[order]
    start = [0, *sizes.cumsum(0).tolist()]
    return Cells(order, start, probes[:, 0].long(), probes, near, covered, rows)


def _nearest_centroids(
    vectors: Array, centroids: "Tensor", probes: int, dtype: "torch.dtype", pool: ThreadPoolExecutor
) -> tuple["Tensor", "Tensor"]:
    """The nearest cells of each text, and how often texts of one cell are near to another.

    Returns:
        nearest: (texts, probes) int16 or int32, nearest first; votes: (cells, cells) float32, how
        many texts of the first cell have the second among their `VOTES` nearest.
    """
    import torch

    number = len(centroids)
    columns = centroids.to(dtype).T
    small = torch.int16 if number <= 1 << 15 else torch.int32
    nearest = torch.empty(len(vectors), probes, dtype=small)

    def assign(first: int) -> "Tensor":
        rows = slice(first, first + ASSIGNED)
        products = rows_as_tensor(vectors, rows, dtype) @ columns
        best = torch.topk(products.float(), probes, dim=1).indices
        nearest[rows] = best
        return (best[:, :1] * number + best[:, :VOTES]).view(-1)

    votes = torch.zeros(number * number)
    for pairs in pool.map(assign, range(0, len(vectors), ASSIGNED)):
        votes.index_add_(0, pairs, torch.ones(len(pairs)))
    return nearest, votes.view(number, number)


def _plan(votes: "Tensor", centroids: "Tensor", sizes: list[int], columns: int) -> list[list[int]]:
    """The cells that each cell is compared with: itself, then those with the most votes.

    Of cells with equally many votes, the one with the nearer centroid comes first.
    """
    import torch

    nearness = votes + 1e-3 * (centroids @ centroids.T)
    nearness.fill_diagonal_(float("inf"))
    ranked = torch.argsort(nearness, dim=1, descending=True, stable=True)
    return [_that_fit(row, sizes, columns) for row in ranked.tolist()]


def _that_fit(ranked: list[int], sizes: list[int], columns: int) -> list[int]:
    """The first cells of `ranked` that hold at most `columns` texts together.

    The first one, the cell itself, is always taken. A cell that is too large for the remaining
    columns is skipped, and smaller ones may follow.
    """
    taken = [ranked[0]]
    left = columns - sizes[ranked[0]]
    for cell in ranked[1:]:
        if left <= 0:
            break
        if 0 < sizes[cell] <= left:
            taken.append(cell)
            left -= sizes[cell]
    return taken
