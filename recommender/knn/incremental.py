"""Tonight's neighbours made from last night's lists: new texts are entered, lost texts removed."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from recommender._ranks import rank_within_groups
from recommender._typing import Array
from recommender.knn.cells import all_neighbours
from recommender.knn.index import Found, sorted_found
from recommender.knn.pairs import NO_SIMILARITY, check_count, pair_similarities, unpack_pairs
from recommender.knn.parallel import torch_pool
from recommender.knn.products import COPIED, product_dtype
from recommender.knn.scan import NewTexts, fill_short_lists, scan, write_lists
from recommender.knn.topk import TopK
from recommender.progress import Advance, ignore

if TYPE_CHECKING:
    import torch

__all__ = ["update_neighbours"]

ROUNDING = 2.0**-7  # how much less than the cosine a product in bfloat16 may be
REFILLED = 64  # lists that are filled up at once
WIDTH = 32  # to fill a list up, this many neighbours of as many neighbours are tried


def update_neighbours(
    previous: Found,
    numbers: Array,
    vectors: Array,
    k: int,
    threads: int,
    *,
    bfloat16: bool | None = None,
    advance: Advance = ignore,
) -> Found:
    """Find the same neighbours as `all_neighbours`, starting from the lists of a previous night.

    New texts are compared with all others and entered into the lists that they belong to. Lists
    that lost texts are filled up from the neighbours of their neighbours, or searched again if they
    lost more than half. This costs about as much as comparing the new texts with all texts.

    Args:
        previous: (previous texts, k) neighbours of the previous texts.
        numbers: (previous texts,) int64, each one's number tonight, -1 if gone or embedded again.
        vectors: (texts, dimension) float32, tonight's, of unit length.
        k: How many neighbours are wanted.
        threads: How many blocks are computed at a time.
        bfloat16: Whether products are in bfloat16; None if the processor has the instructions.
        advance: Called with the number of texts at the end.

    Returns:
        (texts, min(k, texts - 1)), the same bits for any number of threads.

    Raises:
        ValueError: There are more than `MAX_TEXTS` texts.
    """
    count = len(vectors)
    check_count(count)
    k = min(k, count - 1)
    if k <= 0 or previous.texts.shape[1] < k:
        return all_neighbours(vectors, k, threads, bfloat16=bfloat16, advance=advance)
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    dtype = product_dtype(bfloat16)
    lists, lost = _renumbered(previous, numbers, count, k)
    is_new = np.ones(count, dtype=bool)
    is_new[numbers[numbers >= 0]] = False
    with torch_pool(threads) as pool:
        _update(vectors, lists, lost, is_new, dtype, pool)
    advance(count)
    return lists


def _update(
    vectors: Array,
    lists: Found,
    lost: Array,
    is_new: Array,
    dtype: "torch.dtype",
    pool: ThreadPoolExecutor,
) -> None:
    """Complete the lists, which have `lost` texts and lack the new ones."""
    searched = is_new | (lost > lists.texts.shape[1] // 2)
    # No product reaches 2, so no new text is entered into lists that are searched for anyway.
    least = np.where(searched, np.float32(2), lists.similarities[:, -1] - ROUNDING)
    keys = scan(vectors, np.flatnonzero(searched), lists, NewTexts(is_new, least), dtype, pool)
    _insert(vectors, keys, lists, pool)
    _refill(vectors, np.flatnonzero((lost > 0) & ~searched), lists, pool)
    fill_short_lists(vectors, lists, dtype, pool)


def _renumbered(previous: Found, numbers: Array, count: int, k: int) -> tuple[Found, Array]:
    """The previous lists under tonight's numbers, without the texts that are gone.

    The second result, (texts,) int64, counts the texts that each list has lost; 0 for new texts.
    """
    kept = np.flatnonzero(numbers >= 0)
    lists = Found(np.full((count, k), -1, np.int32), np.full((count, k), -np.inf, dtype=np.float32))
    lost = np.zeros(count, dtype=np.int64)
    for first in range(0, len(kept), COPIED):
        rows = kept[first : first + COPIED]
        texts = previous.texts[rows]
        texts = np.where(texts < 0, -1, numbers[texts])
        gone_last = np.argsort(texts < 0, axis=1, kind="stable")[:, :k]
        texts = np.take_along_axis(texts, gone_last, axis=1)
        similarities = np.take_along_axis(previous.similarities[rows], gone_last, axis=1)
        lists.texts[numbers[rows]] = texts
        lists.similarities[numbers[rows]] = np.where(texts < 0, -np.inf, similarities)
        lost[numbers[rows]] = (texts < 0).sum(axis=1)
    return lists, lost


def _insert(vectors: Array, keys: Array, lists: Found, pool: ThreadPoolExecutor) -> None:
    """Enter new texts into the lists that they belong to; `keys` are the pairs of `scan`."""
    import torch

    keys.sort()
    entered, starts = np.unique(unpack_pairs(keys)[0], return_index=True)
    ends = np.append(starts, len(keys))

    def insert(first: int) -> None:
        rows = entered[first : first + COPIED]
        pairs = keys[ends[first] : ends[min(first + COPIED, len(entered))]]
        old, new = unpack_pairs(pairs)
        values = pair_similarities(vectors, old, new)
        enters = values >= lists.similarities[old, -1]
        own = TopK(torch.from_numpy(lists.similarities[rows]), torch.from_numpy(lists.texts[rows]))
        longer = own.extended(
            torch.from_numpy(np.searchsorted(rows, old[enters])),
            torch.from_numpy(new[enters]).int(),
            torch.from_numpy(values[enters]),
        )
        write_lists(lists, rows, longer.indices.numpy(), longer.values.numpy())

    list(pool.map(insert, range(0, len(entered), COPIED)))


def _refill(vectors: Array, short: Array, lists: Found, pool: ThreadPoolExecutor) -> None:
    """Fill up the lists of the texts `short` from the neighbours of their neighbours."""

    def refill(first: int) -> tuple[Array, Found]:
        rows = short[first : first + REFILLED]
        own = lists.texts[rows].astype(np.int64)
        pairs = _neighbours_of_neighbours(rows, own, lists)
        row, other = np.divmod(pairs, len(vectors))
        column = rank_within_groups(row)
        shape = len(rows), int(column.max(initial=-1)) + 1
        values, texts = np.full(shape, NO_SIMILARITY, np.float32), np.full(shape, -1, np.int64)
        values[row, column] = pair_similarities(vectors, rows[row], other)
        texts[row, column] = other
        similarities = np.where(own < 0, np.float32(NO_SIMILARITY), lists.similarities[rows])
        texts, values = np.hstack([own, texts]), np.hstack([similarities, values])
        return rows, sorted_found(texts, values, own.shape[1])

    # Written only when all are done: no thread may change lists that another one reads.
    for rows, found in list(pool.map(refill, range(0, len(short), REFILLED))):
        write_lists(lists, rows, *found)


def _neighbours_of_neighbours(rows: Array, own: Array, lists: Found) -> Array:
    """The texts with which the lists of `rows`, which hold the texts `own`, may be filled up.

    (pairs,) int64, ascending: place in `rows` times the number of texts, plus the text.
    """
    near = own[:, :WIDTH]
    tried = np.where(near[:, :, None] < 0, -1, lists.texts[near][:, :, :WIDTH])
    tried = tried.reshape(len(rows), -1)
    place = np.arange(len(rows))[:, None] * len(lists.texts)
    known = np.append(place + own, place + rows[:, None])
    return np.setdiff1d((place + tried)[tried >= 0], known)
