"""All neighbours of tonight's texts from last night's: new texts enter, gone ones leave."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from recommender._ranks import rank_within_groups
from recommender._typing import Array
from recommender.knn.blocks import (
    BLOCK,
    MOST_TEXTS,
    NOTHING,
    PIECE,
    append_found,
    each,
    kind_of,
    pieces,
    similarities_of,
    workers,
)
from recommender.knn.cells import all_neighbours
from recommender.knn.index import Found
from recommender.knn.scan import fill, first_of, scan, write
from recommender.progress import Advance, ignore

__all__ = ["updated_neighbours"]

ROUNDING = 2.0**-7  # what a product of bfloat16 may lack of a cosine


def updated_neighbours(
    previous: Found,
    numbers: Array,
    vectors: Array,
    k: int,
    threads: int,
    *,
    bfloat16: bool | None = None,
    advance: Advance = ignore,
) -> Found:
    """`all_neighbours` of tonight's texts, from the `previous` ones: (previous texts, k).

    `numbers` (previous texts,) is each one's number tonight, -1 where it is gone or has another
    vector; `vectors` (texts, dimension) are tonight's. New texts are compared with all others and
    enter the lists that they belong to; lists that lost texts are filled up from the neighbours of
    their neighbours, or searched anew where they lost more than half. Costs about new x all.
    """
    count = len(vectors)
    k = min(k, count - 1)
    if k <= 0 or previous.texts.shape[1] < k:
        return all_neighbours(vectors, k, threads, bfloat16=bfloat16, advance=advance)
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    kind = kind_of(bfloat16)
    kept = np.flatnonzero(numbers >= 0)
    lists, lost = _renumbered(previous, numbers, kept, count, k)
    fresh = np.ones(count, dtype=bool)
    fresh[numbers[kept]] = False
    anew = fresh | (lost > k // 2)
    with workers(threads) as pool:
        # Rows of values that no text can beat take no text in: they are searched for themselves.
        bar = np.where(anew, np.float32(2), lists.similarities[:, -1] - ROUNDING)
        keys = scan(vectors, np.flatnonzero(anew), lists, bar, fresh, kind, pool)
        _insert(vectors, keys, lists, pool)
        short = np.flatnonzero((lost > 0) & ~anew)
        _refill(vectors, short, lists, pool)
        fill(vectors, lists, kind, pool)
    advance(count)
    return lists


def _renumbered(
    previous: Found, numbers: Array, kept: Array, count: int, k: int
) -> tuple[Found, Array]:
    """The previous lists under tonight's numbers, without the texts that are gone.

    And (texts,) int64: how many entries each previous list is short of `k`; 0 for new texts.
    """
    lists = Found(np.full((count, k), -1, np.int32), np.full((count, k), -np.inf, dtype=np.float32))
    lost = np.zeros(count, dtype=np.int64)
    for first in pieces(len(kept), PIECE):
        rows = kept[first : first + PIECE]
        texts = previous.texts[rows]
        texts = np.where(texts < 0, -1, numbers[texts])
        last = np.argsort(texts < 0, axis=1, kind="stable")[:, :k]  # what is gone goes behind
        texts = np.take_along_axis(texts, last, axis=1)
        similarities = np.take_along_axis(previous.similarities[rows], last, axis=1)
        lists.texts[numbers[rows]] = texts
        lists.similarities[numbers[rows]] = np.where(texts < 0, -np.inf, similarities)
        lost[numbers[rows]] = (texts < 0).sum(axis=1)
    return lists, lost


def _insert(vectors: Array, keys: Array, lists: Found, pool: ThreadPoolExecutor) -> None:
    """Take new texts into the lists that they belong to; `keys` as of `scan`."""
    import torch

    keys.sort()
    touched, starts = np.unique(keys >> 23, return_index=True)
    ends = np.append(starts, len(keys))

    def insert(first: int) -> None:
        rows = touched[first : first + PIECE]
        found = keys[ends[first] : ends[min(first + PIECE, len(touched))]]
        old, new = found >> 23, found & (MOST_TEXTS - 1)
        value = similarities_of(vectors, old, new)
        good = value >= lists.similarities[old, -1]
        at = np.searchsorted(rows, old[good])
        values, texts = append_found(
            torch.from_numpy(lists.similarities[rows]),
            torch.from_numpy(lists.texts[rows]),
            torch.from_numpy(at),
            torch.from_numpy(value[good]),
            torch.from_numpy(new[good]).int(),
        )
        write(lists, rows, texts.numpy(), values.numpy())

    each(pool, insert, pieces(len(touched), PIECE))


def _refill(vectors: Array, short: Array, lists: Found, pool: ThreadPoolExecutor) -> None:
    """Fill up the lists of the texts `short` from the neighbours of their first 32 neighbours."""
    count = len(lists.texts)

    def look(first: int) -> tuple[Array, Array, Array]:
        rows = short[first : first + BLOCK // 4]
        own = lists.texts[rows].astype(np.int64)
        near = own[:, :32]
        tried = np.where(near[:, :, None] < 0, -1, lists.texts[near][:, :, :32])
        at = np.arange(len(rows))[:, None]
        pairs = (at * count + tried.reshape(len(rows), -1))[tried.reshape(len(rows), -1) >= 0]
        pairs = np.setdiff1d(pairs, np.append(at * count + own, at * count + rows[:, None]))
        row, other = np.divmod(pairs, count)
        values = similarities_of(vectors, rows[row], other)
        rank = rank_within_groups(row)
        room = int(rank.max(initial=-1)) + 1
        wide = np.full((len(rows), room), NOTHING, dtype=np.float32)
        texts = np.full((len(rows), room), -1, dtype=np.int64)
        wide[row, rank], texts[row, rank] = values, other
        similarities = np.where(own < 0, np.float32(NOTHING), lists.similarities[rows])
        texts, values = np.hstack([own, texts]), np.hstack([similarities, wide])
        return rows, *first_of(texts, values, own.shape[1])

    # Written when all are done: what one looks at, no other may change meanwhile.
    for rows, texts, values in each(pool, look, pieces(len(short), BLOCK // 4)):
        write(lists, rows, texts, values)
