"""Compare the texts of cells: with all texts of near cells, then with further cells, one by one.

Results are lists by position; see `partition`. Similarities have the dtype of the matrix products.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.knn.pairs import (
    NO_SIMILARITY,
    pack_scored_pairs,
    row_starts,
    unpack_scored_pairs,
)
from recommender.knn.partition import Cells
from recommender.knn.products import BLOCK, pad_rows
from recommender.knn.topk import GROUP_SIZE, TopK, topk_of_rows

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["search_near_cells", "search_probed_cells"]

PROBE_BLOCK = 1024  # texts that are compared at once with a cell that they probe
MERGE_AT = 48  # candidates per text that are collected before they are merged into the lists
JOBS = 64  # blocks after which the collected candidates are counted
WIDTH_STEP, CELL_STEP = 1024, 64  # numbers of columns are rounded up to multiples of these


class _Block(NamedTuple):
    """Rows from `first` to `end` that are compared with the cell `cell`, or with its near cells."""

    cell: int
    first: int
    end: int


def search_near_cells(cells: Cells, width: int, columns: int, pool: ThreadPoolExecutor) -> TopK:
    """Compare each cell's texts with all texts of its near cells, one matrix product per block.

    Args:
        cells: The texts by cell.
        width: How many candidates are kept for each text.
        columns: How many texts the near cells hold together, approximately.
        pool: Threads that compute.

    Returns:
        (texts, width) positions, best first.
    """
    import torch

    lists = TopK.empty(len(cells.order), width)

    def search(block: _Block) -> None:
        cell, first, end = block
        spans = [(cells.start[near], cells.start[near + 1]) for near in cells.near[cell]]
        used = sum(b - a for a, b in spans)
        room = max(columns, _rounded_up(max(used, GROUP_SIZE * width), WIDTH_STEP))
        others = torch.zeros(room, cells.rows.shape[1], dtype=cells.rows.dtype)
        torch.cat([cells.rows[a:b] for a, b in spans], out=others[:used])
        positions = torch.full((room,), -1, dtype=torch.int32)
        positions[:used] = torch.cat([torch.arange(a, b, dtype=torch.int32) for a, b in spans])
        products = (pad_rows(cells.rows[first:end], BLOCK) @ others.T)[: end - first]
        products[:, used:] = NO_SIMILARITY
        own = torch.arange(end - first)
        # A text is no candidate for itself; the first columns are the texts of its own cell.
        products[own, own + first - cells.start[cell]] = NO_SIMILARITY
        values, at = topk_of_rows(products, width)
        lists.overwrite(slice(first, end), TopK(values, positions[at]))

    list(pool.map(search, _blocks(cells.start, BLOCK)))
    lists.indices[lists.values == NO_SIMILARITY] = -1
    return lists


def search_probed_cells(cells: Cells, lists: TopK, pool: ThreadPoolExecutor) -> None:
    """Compare each text with the cells that it probes, unless its own cell was compared with them.

    Only the few texts that are more similar than the last candidate of a list are looked at.

    Args:
        cells: The texts by cell.
        lists: (texts, width) positions; better candidates are entered in place.
        pool: Threads that compute.
    """
    import torch

    left = (~cells.covered[cells.cell_of[:, None], cells.probes.long()]).nonzero()
    probing, probed = left[:, 0].int(), cells.probes[left[:, 0], left[:, 1]]
    del left  # the largest array here, for a large corpus
    probing = probing[torch.argsort(probed, stable=True)]
    per_cell = torch.bincount(probed.long(), minlength=len(cells.start) - 1)
    blocks = [
        block
        for block in _blocks([0, *per_cell.cumsum(0).tolist()], PROBE_BLOCK)
        if cells.start[block.cell + 1] > cells.start[block.cell]
    ]

    def search(block: _Block) -> Array:
        rows = probing[block.first : block.end].long()
        first, end = cells.start[block.cell], cells.start[block.cell + 1]
        others = pad_rows(cells.rows[first:end], _rounded_up(end - first, CELL_STEP))
        products = pad_rows(cells.rows[rows], PROBE_BLOCK) @ others.T
        least = lists.values[rows, -1].to(products.dtype)[:, None]
        return _candidates_above(least, products[: len(rows)], rows, first, end - first)

    held: list[Array] = []
    for turn in range(0, len(blocks), JOBS):
        held += pool.map(search, blocks[turn : turn + JOBS])
        if sum(map(len, held)) > MERGE_AT * len(cells.order):
            _merge(np.concatenate(held), lists, pool)
            held = []
    if held:
        _merge(np.concatenate(held), lists, pool)


def _blocks(start: list[int], size: int) -> list[_Block]:
    """Cut each cell's rows, from `start[cell]` to `start[cell + 1]`, into blocks."""
    return [
        _Block(cell, first, min(first + size, start[cell + 1]))
        for cell in range(len(start) - 1)
        for first in range(start[cell], start[cell + 1], size)
    ]


def _rounded_up(count: int, step: int) -> int:
    """The least multiple of `step` that is not less than `count`."""
    return -(-count // step) * step


def _candidates_above(
    least: "Tensor", products: "Tensor", rows: "Tensor", first: int, used: int
) -> Array:
    """The products of the first `used` columns that exceed `least`, (rows, 1), as scored pairs.

    Each pair consists of the number that `rows` has for its row, and of the position of its column,
    which is `first` + column.
    """
    import torch

    above = products > least
    # Hardly any do, so eight flags at a time are tested as one integer of 64 bits.
    at, octet = above.view(torch.int64).nonzero().unbind(1)
    within, byte = above.view(len(above), -1, 8)[at, octet].nonzero().unbind(1)
    column = octet[within] * 8 + byte
    real = column < used  # the columns after these are padding
    at, column = at[within][real], column[real]
    return pack_scored_pairs(rows[at], column + first, products[at, column])


def _merge(keys: Array, lists: TopK, pool: ThreadPoolExecutor) -> None:
    """Enter candidates, packed as scored pairs, into the lists of their rows."""
    import torch

    keys.sort()
    count, width = lists.values.shape
    firsts = list(range(0, count, BLOCK))
    ends = row_starts(keys, np.array([*firsts, count], dtype=np.int64))

    def merge(block: int) -> None:
        entering = torch.from_numpy(keys[ends[block] : ends[block + 1]])
        if not len(entering):
            return
        rows = slice(firsts[block], min(firsts[block] + BLOCK, count))
        row, position, value = unpack_scored_pairs(entering)
        longer = lists.of_rows(rows).extended(row - firsts[block], position.int(), value)
        lists.overwrite(rows, longer.best(width))

    list(pool.map(merge, range(len(firsts))))
