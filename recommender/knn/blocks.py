"""Products of vectors in blocks, and lists of finds: the same bits on any number of threads.

Every block of work has a size that no number of threads changes, and is computed by one thread.
Products may be of bfloat16, which propose; what is answered is the float32 similarity, pair by
pair.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from recommender._cpu import uses_bfloat16
from recommender._typing import Array

if TYPE_CHECKING:
    import torch
    from torch import Tensor

__all__ = [
    "BLOCK",
    "GROUPS",
    "MOST_TEXTS",
    "NOTHING",
    "PIECE",
    "SPARE",
    "TopK",
    "append_found",
    "best_of",
    "each",
    "kind_of",
    "padded",
    "pieces",
    "pool_of",
    "similarities_of",
    "taken",
    "workers",
]

MOST_TEXTS = 1 << 23  # two numbers of 23 bits and a similarity of 16 make one sortable key
SPARE = 14  # candidates kept beyond k, for bfloat16 may order the last ones wrongly
BLOCK = 256  # texts compared at once
PIECE = 4096  # texts converted at once
GROUPS = 8  # values of which only the greatest is compared at first
NOTHING = -2.0  # less than any cosine

T = TypeVar("T")
R = TypeVar("R")


@dataclass(slots=True)
class TopK:
    """Best so far: `places` (texts, width) int32, -1 for none; `values` the same, float32."""

    places: "Tensor"
    values: "Tensor"


def kind_of(bfloat16: bool | None) -> "torch.dtype":
    """The type of products; None is bfloat16 where the processor has the instructions."""
    import torch

    bfloat16 = uses_bfloat16() if bfloat16 is None else bfloat16
    return torch.bfloat16 if bfloat16 else torch.float32


def pool_of(threads: int) -> ThreadPoolExecutor:
    """So many threads, in each of which FAISS computes by one."""
    import faiss

    return ThreadPoolExecutor(threads, initializer=faiss.omp_set_num_threads, initargs=(1,))


@contextmanager
def workers(threads: int) -> Iterator[ThreadPoolExecutor]:
    """Threads in which torch and FAISS compute by one thread each."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with pool_of(threads) as pool:
            yield pool
    finally:
        torch.set_num_threads(before)


def each(pool: ThreadPoolExecutor, work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """`work` on each of `items`, results in their order; an exception in one is raised."""
    return list(pool.map(work, items))


def taken(vectors: Array, rows: Array | slice, kind: "torch.dtype") -> "Tensor":
    """Some rows as a tensor of their own, so that a read-only array will do."""
    import torch

    return torch.from_numpy(np.array(vectors[rows])).to(kind)


def pieces(count: int, size: int) -> range:
    """Where pieces of `size` begin."""
    return range(0, count, size)


def padded(rows: "Tensor", count: int) -> "Tensor":
    """`rows` with as many rows of zeros behind as make `count`."""
    import torch

    return torch.nn.functional.pad(rows, (0, 0, 0, count - len(rows)))


def best_of(products: "Tensor", width: int) -> tuple["Tensor", "Tensor"]:
    """The `width` greatest of each row, and their columns; greatest first.

    The greatest `width` values lie in the `width` groups whose maxima are the greatest.
    """
    import torch

    groups = products.shape[1] // GROUPS
    maxima = products.view(len(products), GROUPS, groups).amax(dim=1)
    best = torch.topk(maxima, min(width, groups), dim=1, sorted=False).indices
    columns = (best[:, None, :] + torch.arange(0, GROUPS * groups, groups)[:, None]).flatten(1)
    values, at = torch.topk(products.gather(1, columns).float(), width, dim=1)
    return values, columns.gather(1, at)


def append_found(
    values: "Tensor", places: "Tensor", at: "Tensor", value: "Tensor", place: "Tensor"
) -> tuple["Tensor", "Tensor"]:
    """Lists (rows, width), with the finds of each row behind its own; `at` ascends."""
    import torch

    rows, width = values.shape
    many = torch.bincount(at, minlength=rows)
    rank = torch.arange(len(at)) - (many.cumsum(0) - many)[at] + width
    room = width + int(many.max())
    wide_values = torch.full((rows, room), NOTHING)
    wide_places = torch.full((rows, room), -1, dtype=torch.int32)
    wide_values[:, :width], wide_places[:, :width] = values, places
    wide_values[at, rank], wide_places[at, rank] = value, place
    return wide_values, wide_places


def similarities_of(vectors: Array, rows: Array, others: Array) -> Array:
    """Exact similarities of pairs: (pairs,) float32 of texts `rows` and `others`, int64.

    The same bits whichever comes first, and whatever else is asked; NOTHING where `others` is -1.
    """
    import faiss

    rows, others = (np.ascontiguousarray(side, dtype=np.int64) for side in (rows, others))
    found = np.empty(len(rows), dtype=np.float32)
    safe = np.maximum(others, 0)
    faiss.pairwise_indexed_inner_product(
        vectors.shape[1],
        len(rows),
        faiss.swig_ptr(vectors),
        faiss.swig_ptr(rows),
        faiss.swig_ptr(vectors),
        faiss.swig_ptr(safe),
        faiss.swig_ptr(found),
    )
    found[others < 0] = NOTHING
    return found
