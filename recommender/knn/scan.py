"""A scan: some texts are compared with all texts, block by block, and the best of each are kept.

Products propose candidates, and their float32 similarities decide. The scan also finds the other
texts whose lists a new text may enter, because it is near enough.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.knn.index import Found, sorted_found
from recommender.knn.pairs import NO_SIMILARITY, pack_pairs, pair_similarities
from recommender.knn.products import BLOCK, pad_rows, rows_as_tensor
from recommender.knn.topk import SPARE, TopK, topk_of_rows

if TYPE_CHECKING:
    import torch
    from torch import Tensor

__all__ = ["NewTexts", "fill_short_lists", "scan", "write_lists"]

SCANNED = 16384  # texts that a block is compared with at once


class NewTexts(NamedTuple):
    """What decides which lists a new text may enter.

    Attributes:
        is_new: (texts,) bool, which texts are new.
        least: (texts,) float32; a new text may enter a list if their product exceeds this.
    """

    is_new: Array
    least: Array


def scan(
    vectors: Array,
    queries: Array,
    lists: Found,
    new: NewTexts | None,
    dtype: "torch.dtype",
    pool: ThreadPoolExecutor,
) -> Array:
    """Search for the neighbours of some texts among all texts.

    Args:
        vectors: (texts, dimension) float32, of unit length.
        queries: (queries,) int64, the numbers of the texts to search for.
        lists: (texts, k); the rows of the `queries` are overwritten.
        new: Which of the queries are new texts, which may enter the lists of others; None if there
            are none.
        dtype: The dtype of products.
        pool: Threads that compute.

    Returns:
        (pairs,) int64, packed pairs of a text and a new one that may enter its list.
    """
    width = lists.texts.shape[1] + SPARE
    blocks = [queries[first : first + BLOCK] for first in range(0, len(queries), BLOCK)]
    query_vectors = [pad_rows(rows_as_tensor(vectors, rows, dtype), BLOCK) for rows in blocks]
    best = [TopK.empty(len(rows), 0) for rows in blocks]
    keys: list[Array] = []
    for first in range(0, len(vectors), SCANNED):
        piece = slice(first, min(first + SCANNED, len(vectors)))
        others = pad_rows(rows_as_tensor(vectors, piece, dtype), SCANNED)

        def compare(block: int, piece: slice = piece, others: "Tensor" = others) -> Array:
            products = _products(blocks[block], query_vectors[block], piece, others)
            best[block] = _with_columns(best[block], products, piece.start, width)
            return _near_new(blocks[block], products, piece, new)

        keys += pool.map(compare, range(len(blocks)))

    def write(block: int) -> None:
        rows, texts = blocks[block], best[block].indices.numpy().astype(np.int64)
        values = pair_similarities(vectors, np.repeat(rows, width), texts.ravel())
        write_lists(lists, rows, texts, values.reshape(-1, width))

    list(pool.map(write, range(len(blocks))))
    return np.concatenate(keys) if keys else np.empty(0, np.int64)


def fill_short_lists(
    vectors: Array, lists: Found, dtype: "torch.dtype", pool: ThreadPoolExecutor
) -> None:
    """Search again for the texts whose lists have gaps, as cells of unequal sizes may leave them.

    Args:
        vectors: (texts, dimension) float32, of unit length.
        lists: (texts, k); rows that hold a -1 are overwritten.
        dtype: The dtype of products.
        pool: Threads that compute.
    """
    short = np.flatnonzero((lists.texts < 0).any(axis=1))
    if len(short):
        scan(vectors, short, lists, None, dtype, pool)


def write_lists(lists: Found, rows: Array, texts: Array, similarities: Array) -> None:
    """Overwrite some lists with the best of their candidates.

    Args:
        lists: (texts, k).
        rows: (rows,) integers, which lists.
        texts: (rows, candidates), at least k candidates, -1 for none.
        similarities: (rows, candidates) float32, `NO_SIMILARITY` where `texts` is -1.
    """
    best = sorted_found(texts, similarities, lists.texts.shape[1])
    lists.texts[rows] = best.texts
    lists.similarities[rows] = np.where(best.texts < 0, -np.inf, best.similarities)


def _products(rows: Array, own: "Tensor", piece: slice, others: "Tensor") -> "Tensor":
    """Products of a block with a piece of all texts, without those of a text with itself."""
    products = (own @ others.T)[: len(rows)]
    products[:, piece.stop - piece.start :] = NO_SIMILARITY  # the columns after these are padding
    here = np.flatnonzero((rows >= piece.start) & (rows < piece.stop))
    products[here, rows[here] - piece.start] = NO_SIMILARITY
    return products


def _with_columns(best: TopK, products: "Tensor", first: int, width: int) -> TopK:
    """The best of the previous candidates and of new columns, which are texts from `first` on."""
    import torch

    values, columns = topk_of_rows(products, width)
    texts = torch.where(values > NO_SIMILARITY, columns + first, -1).int()
    wide = TopK(torch.cat([best.values, values], 1), torch.cat([best.indices, texts], 1))
    return wide.best(width)


def _near_new(rows: Array, products: "Tensor", piece: slice, new: NewTexts | None) -> Array:
    """Pairs of a text of `piece` and a new one of `rows` that is near enough to enter its list."""
    import torch

    if new is None:
        return np.empty(0, np.int64)
    is_new = new.is_new[rows]
    near = products[torch.from_numpy(is_new)][:, : piece.stop - piece.start]
    at, column = (near > torch.from_numpy(new.least[piece])).nonzero().unbind(1)
    return pack_pairs(column.numpy() + piece.start, rows[is_new][at.numpy()])
