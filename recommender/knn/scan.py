"""A scan: some texts compared with all, block by block, exact but for the last of each list."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from recommender._typing import Array
from recommender.knn.blocks import (
    BLOCK,
    NOTHING,
    SPARE,
    TopK,
    best_of,
    each,
    padded,
    pieces,
    similarities_of,
    taken,
)
from recommender.knn.index import Found

if TYPE_CHECKING:
    import torch
    from torch import Tensor

__all__ = ["fill", "first_of", "scan", "write"]

SCANNED = 16384  # texts that a block is compared with at once


def scan(
    vectors: Array,
    asked: Array,
    lists: Found,
    bar: Array,
    fresh: Array,
    kind: "torch.dtype",
    pool: ThreadPoolExecutor,
) -> Array:
    """Search the texts `asked` among all texts, and write what is found into `lists`.

    Returns keys of what is near to the `fresh` (texts,) bool among them: (finds,) int64 of 23 bits
    of the text whose `bar` (texts,) the similarity exceeds and 23 of the fresh text.
    """
    import torch

    count, k = lists.texts.shape
    width = k + SPARE
    blocks = [asked[first : first + BLOCK] for first in pieces(len(asked), BLOCK)]
    queries = [padded(taken(vectors, rows, kind), BLOCK) for rows in blocks]
    best = [
        TopK(torch.empty(len(rows), 0, dtype=torch.int32), torch.empty(len(rows), 0))
        for rows in blocks
    ]
    keys: list[Array] = []
    for first in pieces(count, SCANNED):
        theirs = padded(taken(vectors, slice(first, first + SCANNED), kind), SCANNED)
        bars = torch.from_numpy(bar[first : first + SCANNED])

        def compare(
            block: int, first: int = first, theirs: "Tensor" = theirs, bars: "Tensor" = bars
        ) -> Array:
            rows, found = torch.from_numpy(blocks[block]), best[block]
            products = (queries[block] @ theirs.T)[: len(rows)]
            products[:, len(bars) :] = NOTHING
            here = ((rows >= first) & (rows < first + len(bars))).nonzero()[:, 0]
            products[here, rows[here] - first] = NOTHING
            values, columns = best_of(products, width)
            places = torch.where(values > NOTHING, columns + first, -1).int()
            values, at = torch.topk(torch.cat([found.values, values], 1), width, dim=1)
            found.places = torch.cat([found.places, places], 1).gather(1, at)
            found.values = values
            new = rows[torch.from_numpy(fresh)[rows]]
            near = products[torch.from_numpy(fresh)[rows]][:, : len(bars)] > bars
            at, column = near.nonzero().unbind(1)
            return (((column + first) << 23) | new[at]).numpy()

        keys += each(pool, compare, range(len(blocks)))

    def score(block: int) -> None:
        rows, places = blocks[block], best[block].places.numpy().astype(np.int64)
        places.sort(axis=1)  # so that equal ones stay in the order of their numbers
        values = similarities_of(vectors, np.repeat(rows, width), places.ravel()).reshape(-1, width)
        write(lists, rows, places, values)

    each(pool, score, range(len(blocks)))
    return np.concatenate(keys) if keys else np.empty(0, np.int64)


def fill(vectors: Array, found: Found, kind: "torch.dtype", pool: ThreadPoolExecutor) -> None:
    """Search anew among all texts for the rows that are short, which cells of odd sizes leave."""
    short = np.flatnonzero((found.texts < 0).any(axis=1))
    if len(short):
        none = np.zeros(len(vectors), dtype=bool)
        bar = np.full(len(vectors), np.float32(2))
        scan(vectors, short, found, bar, none, kind, pool)


def write(lists: Found, rows: Array, texts: Array, values: Array) -> None:
    """The best of `texts` (rows, candidates) become the lists of `rows`; -1 where there is none."""
    texts, values = first_of(texts, values, lists.texts.shape[1])
    lists.texts[rows] = texts
    lists.similarities[rows] = np.where(texts < 0, -np.inf, values)


def first_of(texts: Array, values: Array, width: int) -> tuple[Array, Array]:
    """The `width` best of each row, best first, ties by number."""
    order = np.lexsort((texts, -values), axis=-1)[:, :width]
    return np.take_along_axis(texts, order, axis=1), np.take_along_axis(values, order, axis=1)
