"""All neighbours of all texts without comparing all pairs: search by cells, and its nightly update.

The vectors are cut into cells by spherical k-means. Each cell's texts are compared with all texts
of the nearest cells at once, by one matrix product; then each text with the further cells that it
lies near to itself, where only what beats its list so far is looked at; at last with the
neighbours of its neighbours (Dong, Charikar and Li: Efficient k-nearest neighbor graph
construction, WWW 2011). Products may be of bfloat16; what is answered is the float32 similarity.

Texts in the order of their cells are called *places*. Every block of work has a size that no
number of threads changes, and is computed by one thread: so results are the same bits on any.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from recommender.arrays import Array
from recommender.embedding import uses_bfloat16
from recommender.index import Found
from recommender.progress import Advance, ignore

if TYPE_CHECKING:
    import torch
    from torch import Tensor

__all__ = ["MOST_TEXTS", "Effort", "all_neighbours", "updated_neighbours"]

MOST_TEXTS = 1 << 23  # two numbers of 23 bits and a similarity of 16 make one sortable key
SPARE = 14  # candidates kept beyond k, for bfloat16 may order the last ones wrongly
BLOCK = 256  # texts of one cell compared at once
PROBE_BLOCK = 1024  # texts compared at once with one further cell
PIECE = 4096  # texts converted at once
SCANNED = 16384  # texts that a block is compared with at once where all are
FOLD_AT = 48  # finds per text that are held before they are merged into the lists
JOBS = 64  # blocks between two looks at how many finds are held
GROUPS = 8  # values of which only the greatest is compared at first
ROUNDING = 2.0**-7  # what a product of bfloat16 may lack of a cosine
NOTHING = -2.0  # less than any cosine

T = TypeVar("T")
R = TypeVar("R")


class Effort(NamedTuple):
    """How much is compared: more gives greater recall and takes longer.

    `cells`: number of cells, 0 for 1.15 times the square root of the texts; `columns`: texts of
    near cells that each cell is compared with; `probes`: cells that each text is compared with by
    its own distance to them; `width`: that many neighbours of as many neighbours are tried.
    """

    cells: int = 0
    columns: int = 2048
    probes: int = 36
    width: int = 28


@dataclass(slots=True)
class _Lists:
    """Best so far: `places` (texts, width) int32, -1 for none; `values` the same, float32."""

    places: "Tensor"
    values: "Tensor"


class _Cells(NamedTuple):
    """The texts by cell.

    `order` (texts,) int64: place → text; `start` (cells + 1): cell → its first place; `cell_of`
    (texts,) int64: place → cell; `probes` (texts, probes) int64-able: place → its nearest cells;
    `near`: each cell's plan, the cells that it is compared with as a whole; `covered`
    (cells, cells) bool: the same as a table; `rows` (texts, dimension): vectors by place.
    """

    order: "Tensor"
    start: list[int]
    cell_of: "Tensor"
    probes: "Tensor"
    near: list[list[int]]
    covered: "Tensor"
    rows: "Tensor"


def all_neighbours(
    vectors: Array,
    k: int,
    threads: int,
    *,
    seed: int = 0,
    effort: Effort = Effort(),  # noqa: B008 - immutable
    bfloat16: bool | None = None,
    advance: Advance = ignore,
) -> Found:
    """The `k` most similar other texts of each text, nearly all of them.

    `vectors` (texts, dimension) float32 are of unit length. Answers (texts, min(k, texts - 1)),
    best first, ties by number, exact similarities. `bfloat16` None means: where the processor has
    the instructions. `advance` is told of texts, as many in all as there are.

    Raises:
        ValueError: more than `MOST_TEXTS` texts.
    """
    import torch

    count = len(vectors)
    if count > MOST_TEXTS:
        raise ValueError(f"{count:,} texts; at most {MOST_TEXTS:,} are searched by cells")
    k = min(k, count - 1)
    if k <= 0:
        empty = np.empty((count, 0))
        return Found(empty.astype(np.int32), empty.astype(np.float32))
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    bfloat16 = uses_bfloat16() if bfloat16 is None else bfloat16
    kind = torch.bfloat16 if bfloat16 else torch.float32
    with _workers(threads) as pool:
        cells = _partition(vectors, effort, kind, seed, pool)
        advance(count // 4)
        lists = _near_cells(cells, k + SPARE, effort.columns, pool)
        advance(count // 4)
        _further_cells(cells, lists, pool)
        cells = cells._replace(rows=torch.empty(0))  # no longer needed, and the largest thing held
        lists = _exact(vectors, cells, lists, k, pool)
        advance(count // 4)
        lists = _neighbours_of_neighbours(vectors, cells, lists, effort.width, pool)
        found = _numbered(cells.order.numpy(), lists)
        _fill(vectors, found, kind, pool)
        advance(count - 3 * (count // 4))
    return found


def updated_neighbours(
    former: Found,
    numbers: Array,
    vectors: Array,
    k: int,
    threads: int,
    *,
    bfloat16: bool | None = None,
    advance: Advance = ignore,
) -> Found:
    """`all_neighbours` of tonight's texts, from the `former` ones: (former texts, k).

    `numbers` (former texts,) is each one's number tonight, -1 where it is gone or has another
    vector; `vectors` (texts, dimension) are tonight's. New texts are compared with all others and
    enter the lists that they belong to; lists that lost texts are filled up from the neighbours of
    their neighbours, or searched anew where they lost more than half. Costs about new x all.
    """
    import torch

    count = len(vectors)
    k = min(k, count - 1)
    if k <= 0 or former.texts.shape[1] < k:
        return all_neighbours(vectors, k, threads, bfloat16=bfloat16, advance=advance)
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    bfloat16 = uses_bfloat16() if bfloat16 is None else bfloat16
    kind = torch.bfloat16 if bfloat16 else torch.float32
    kept = np.flatnonzero(numbers >= 0)
    lists, lost = _renumbered(former, numbers, kept, count, k)
    fresh = np.ones(count, dtype=bool)
    fresh[numbers[kept]] = False
    anew = fresh | (lost > k // 2)
    with _workers(threads) as pool:
        # Rows of values that no text can beat take no text in: they are searched for themselves.
        bar = np.where(anew, np.float32(2), lists.similarities[:, -1] - ROUNDING)
        keys = _scan(vectors, np.flatnonzero(anew), lists, bar, fresh, kind, pool)
        _insert(vectors, keys, lists, pool)
        short = np.flatnonzero((lost > 0) & ~anew)
        _refill(vectors, short, lists, pool)
        _fill(vectors, lists, kind, pool)
    advance(count)
    return lists


@contextmanager
def _workers(threads: int) -> Iterator[ThreadPoolExecutor]:
    """Threads in which torch and FAISS compute by one thread each."""
    import faiss
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with ThreadPoolExecutor(
            threads, initializer=faiss.omp_set_num_threads, initargs=(1,)
        ) as pool:
            yield pool
    finally:
        torch.set_num_threads(before)


def _each(pool: ThreadPoolExecutor, work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """`work` on each of `items`, results in their order; an exception in one is raised."""
    return list(pool.map(work, items))


def _taken(vectors: Array, rows: Array | slice, kind: "torch.dtype") -> "Tensor":
    """Some rows as a tensor of their own, so that a read-only array will do."""
    import torch

    return torch.from_numpy(np.array(vectors[rows])).to(kind)


def _pieces(count: int, size: int) -> range:
    return range(0, count, size)


# -- cells ------------------------------------------------------------------------------------


def _partition(
    vectors: Array, effort: Effort, kind: "torch.dtype", seed: int, pool: ThreadPoolExecutor
) -> _Cells:
    """Cut `vectors` into cells, put them into their order, and plan what each is compared with."""
    import torch

    count = len(vectors)
    wanted = effort.cells or round(1.15 * count**0.5)
    centroids = _centroids(vectors, max(1, min(wanted, count)), kind, seed, pool)
    number = len(centroids)
    probes, votes = _nearest_centroids(vectors, centroids, min(effort.probes, number), kind, pool)
    order = torch.argsort(probes[:, 0], stable=True)
    size = torch.bincount(probes[:, 0].long(), minlength=number)
    start = [0, *size.cumsum(0).tolist()]
    # Cells that a cell's own texts lie near to, most named first; the rest by their centroids.
    nearness = votes + 1e-3 * (centroids @ centroids.T)
    nearness.fill_diagonal_(float("inf"))
    ranked = torch.argsort(nearness, dim=1, descending=True, stable=True)
    near = [_fitting(row, size.tolist(), effort.columns) for row in ranked.tolist()]
    covered = torch.zeros(number, number, dtype=torch.bool)
    for cell, chosen in enumerate(near):
        covered[cell, chosen] = True
    rows = torch.empty(count, vectors.shape[1], dtype=kind)
    numbers = order.numpy()

    def sort(first: int) -> None:
        rows[first : first + PIECE] = _taken(vectors, numbers[first : first + PIECE], kind)

    _each(pool, sort, _pieces(count, PIECE))
    probes = probes[order]
    return _Cells(order, start, probes[:, 0].long(), probes, near, covered, rows)


def _centroids(
    vectors: Array, number: int, kind: "torch.dtype", seed: int, pool: ThreadPoolExecutor
) -> "Tensor":
    """(number, dimension) float32 of unit length: spherical k-means on 32 texts a cell."""
    import torch

    rng = np.random.default_rng(seed)
    chosen = np.sort(rng.choice(len(vectors), min(len(vectors), 32 * number), replace=False))
    sample = _taken(vectors, chosen, torch.float32)
    compared = sample.to(kind)
    centroids = sample[torch.from_numpy(rng.choice(len(sample), number, replace=False))]
    nearest = torch.empty(len(sample), dtype=torch.int64)
    for _turn in range(5):
        columns = centroids.to(kind).T

        def assign(first: int, columns: "Tensor" = columns) -> None:
            products = compared[first : first + 512] @ columns
            # In float32, of which torch finds the greatest far sooner.
            nearest[first : first + 512] = products.float().argmax(dim=1)

        _each(pool, assign, _pieces(len(sample), 512))
        sums = torch.zeros_like(centroids).index_add_(0, nearest, sample)
        empty = torch.bincount(nearest, minlength=number) == 0
        again = rng.choice(len(sample), int(empty.sum()), replace=False)
        sums[empty] = sample[torch.from_numpy(again)]
        centroids = torch.nn.functional.normalize(sums, dim=1)
    return centroids


def _nearest_centroids(
    vectors: Array, centroids: "Tensor", probes: int, kind: "torch.dtype", pool: ThreadPoolExecutor
) -> tuple["Tensor", "Tensor"]:
    """Each text's nearest cells, nearest first: (texts, probes) int16 or int32.

    And (cells, cells) float32: how many texts of one cell have the other among their nearest 8.
    """
    import torch

    number = len(centroids)
    columns = centroids.to(kind).T
    small = torch.int16 if number <= 1 << 15 else torch.int32
    nearest = torch.empty(len(vectors), probes, dtype=small)

    def assign(first: int) -> "Tensor":
        products = _taken(vectors, slice(first, first + 512), kind) @ columns
        best = torch.topk(products.float(), probes, dim=1).indices
        nearest[first : first + 512] = best
        return (best[:, :1] * number + best[:, :8]).view(-1)

    votes = torch.zeros(number * number)
    for pairs in pool.map(assign, _pieces(len(vectors), 512)):
        votes.index_add_(0, pairs, torch.ones(len(pairs)))
    return nearest, votes.view(number, number)


def _fitting(ranked: list[int], size: list[int], columns: int) -> list[int]:
    """The first cells of `ranked`, whole ones, that have `columns` texts together.

    The cell itself comes first and always; a cell too large for what is left is passed over.
    """
    chosen = [ranked[0]]
    left = columns - size[ranked[0]]
    for cell in ranked[1:]:
        if left <= 0:
            break
        if 0 < size[cell] <= left:
            chosen.append(cell)
            left -= size[cell]
    return chosen


# -- the search -------------------------------------------------------------------------------


def _near_cells(cells: _Cells, width: int, columns: int, pool: ThreadPoolExecutor) -> _Lists:
    """Each text's `width` best of its own cell and the cells that go with it."""
    import torch

    count, start = len(cells.order), cells.start
    lists = _Lists(
        torch.empty(count, width, dtype=torch.int32), torch.empty(count, width, dtype=torch.float32)
    )
    blocks = [
        (cell, first, min(first + BLOCK, start[cell + 1]))
        for cell in range(len(start) - 1)
        for first in range(start[cell], start[cell + 1], BLOCK)
    ]

    def search(block: tuple[int, int, int]) -> None:
        cell, first, end = block
        spans = [(start[other], start[other + 1]) for other in cells.near[cell]]
        used = sum(b - a for a, b in spans)
        # Few different shapes: the library makes code for each it meets.
        room = max(columns, -(-max(used, GROUPS * width) // 1024) * 1024)
        others = torch.zeros(room, cells.rows.shape[1], dtype=cells.rows.dtype)
        torch.cat([cells.rows[a:b] for a, b in spans], out=others[:used])
        places = torch.full((room,), -1, dtype=torch.int32)
        places[:used] = torch.cat([torch.arange(a, b, dtype=torch.int32) for a, b in spans])
        products = (_padded(cells.rows[first:end], BLOCK) @ others.T)[: end - first]
        products[:, used:] = NOTHING
        own = torch.arange(end - first)
        products[own, own + first - start[cell]] = NOTHING  # the own cell comes first
        values, found = _best(products, width)
        lists.places[first:end], lists.values[first:end] = places[found], values

    _each(pool, search, blocks)
    lists.places[lists.values == NOTHING] = -1
    return lists


def _best(products: "Tensor", width: int) -> tuple["Tensor", "Tensor"]:
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


def _further_cells(cells: _Cells, lists: _Lists, pool: ThreadPoolExecutor) -> None:
    """Compare each text with the cells near to it that its own cell was not compared with."""
    import torch

    start, count = cells.start, len(cells.order)
    left = (~cells.covered[cells.cell_of[:, None], cells.probes.long()]).nonzero()
    asked, chosen = left[:, 0].int(), cells.probes[left[:, 0], left[:, 1]]
    del left
    asked = asked[torch.argsort(chosen, stable=True)]
    many = torch.bincount(chosen.long(), minlength=len(start) - 1)
    ends = [0, *many.cumsum(0).tolist()]
    jobs = [
        (cell, first, min(first + PROBE_BLOCK, ends[cell + 1]))
        for cell in range(len(start) - 1)
        for first in range(ends[cell], ends[cell + 1], PROBE_BLOCK)
        if start[cell + 1] > start[cell]
    ]

    def search(job: tuple[int, int, int]) -> Array:
        cell, first, end = job
        rows = asked[first:end].long()
        a, b = start[cell], start[cell + 1]
        theirs = _padded(cells.rows[a:b], -(-(b - a) // 64) * 64)
        products = _padded(cells.rows[rows], PROBE_BLOCK) @ theirs.T
        above = lists.values[rows, -1].to(products.dtype)[:, None]
        return _keys(products[: len(rows)], above, rows, a, b - a)

    held: list[Array] = []
    for turn in range(0, len(jobs), JOBS):
        held += _each(pool, search, jobs[turn : turn + JOBS])
        if sum(map(len, held)) > FOLD_AT * count:
            _fold(np.concatenate(held), lists, pool)
            held = []
    if held:
        _fold(np.concatenate(held), lists, pool)


def _padded(rows: "Tensor", count: int) -> "Tensor":
    """`rows` with as many rows of zeros behind as make `count`."""
    import torch

    return torch.nn.functional.pad(rows, (0, 0, 0, count - len(rows)))


def _keys(products: "Tensor", above: "Tensor", rows: "Tensor", first: int, used: int) -> Array:
    """What exceeds `above` in the first `used` columns, as keys that sort by row, then by place.

    (finds,) int64: 23 bits of the row, 23 of the place (`first` plus the column), 16 of the value.
    """
    import torch

    beats = products > above
    # Hardly any do: eight at a time are passed over.
    at, octet = beats.view(torch.int64).nonzero().unbind(1)
    within, bit = beats.view(len(beats), -1, 8)[at, octet].nonzero().unbind(1)
    column = octet[within] * 8 + bit
    real = column < used
    at, column = at[within][real], column[real]
    value = ((products[at, column].float().clamp(-1.0, 1.0) + 1.0) * 32767.0).long()
    keys: Array = torch.bitwise_or(((rows[at] << 23) + column + first) << 16, value).numpy()
    return keys


def _fold(keys: Array, lists: _Lists, pool: ThreadPoolExecutor) -> None:
    """Merge finds into the lists that they were found for; each list stays as long as it is."""
    import torch

    keys.sort()
    count, width = lists.places.shape
    firsts = list(_pieces(count, BLOCK))
    ends = np.searchsorted(keys, np.array([*firsts, count], dtype=np.int64) << 39)

    def merge(block: int) -> None:
        found = torch.from_numpy(keys[ends[block] : ends[block + 1]])
        if not len(found):
            return
        first = firsts[block]
        rows = slice(first, min(first + BLOCK, count))
        at = (found >> 39) - first
        value = (found & 0xFFFF).float() / 32767.0 - 1.0
        place = ((found >> 16) & (MOST_TEXTS - 1)).int()
        values, places = _beside(lists.values[rows], lists.places[rows], at, value, place)
        values, best = torch.topk(values, width, dim=1)
        lists.values[rows], lists.places[rows] = values, places.gather(1, best)

    _each(pool, merge, range(len(firsts)))


def _beside(
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


def _similarities(vectors: Array, rows: Array, others: Array) -> Array:
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


def _exact(
    vectors: Array, cells: _Cells, lists: _Lists, k: int, pool: ThreadPoolExecutor
) -> _Lists:
    """The `k` best of each list by their exact similarities."""
    import torch

    order = cells.order.numpy()
    count, width = lists.places.shape
    best = _Lists(torch.empty(count, k, dtype=torch.int32), torch.empty(count, k))

    def score(first: int) -> None:
        rows = slice(first, min(first + BLOCK, count))
        places = lists.places[rows]
        others = np.where(places.numpy() < 0, -1, order[places.numpy()])
        values = _similarities(vectors, np.repeat(order[rows], width), others.ravel())
        best.values[rows], at = torch.topk(torch.from_numpy(values).view(-1, width), k, dim=1)
        best.places[rows] = places.gather(1, at)

    _each(pool, score, _pieces(count, BLOCK))
    return best


def _neighbours_of_neighbours(
    vectors: Array, cells: _Cells, lists: _Lists, width: int, pool: ThreadPoolExecutor
) -> _Lists:
    """The lists after one look at the neighbours of the neighbours, in cells not yet seen."""
    import torch

    order = cells.order.numpy()
    count, k = lists.places.shape
    better = _Lists(torch.empty_like(lists.places), torch.empty_like(lists.values))

    def look(first: int) -> None:
        rows = slice(first, min(first + BLOCK, count))
        near = lists.places[rows, :width].long()
        # Of none (-1) the neighbours of some text are tried: any text may be.
        tried = lists.places[near.flatten(), :width].view(len(near), -1).long()
        seen = cells.covered[cells.cell_of[rows]]
        seen.scatter_(1, cells.probes[rows].long(), value=True)
        unseen = (tried >= 0) & ~seen.gather(1, cells.cell_of[tried])
        at, column = unseen.nonzero().unbind(1)
        pairs = torch.unique(at * count + tried[at, column])
        at, place = pairs // count, pairs % count
        value = torch.from_numpy(
            _similarities(vectors, order[(at + first).numpy()], order[place.numpy()])
        )
        good = value > lists.values[rows, -1][at]
        values, places = _beside(
            lists.values[rows], lists.places[rows], at[good], value[good], place[good].int()
        )
        better.values[rows], best = torch.topk(values, k, dim=1)
        better.places[rows] = places.gather(1, best)

    _each(pool, look, _pieces(count, BLOCK))
    return better


def _numbered(order: Array, lists: _Lists) -> Found:
    """Lists by place as lists by text, ordered by similarity, then by number."""
    places, values = lists.places.numpy(), lists.values.numpy()
    count, k = places.shape
    found = Found(np.empty((count, k), np.int32), np.empty((count, k), np.float32))
    for first in _pieces(count, PIECE):
        rows = slice(first, first + PIECE)
        texts = np.where(places[rows] < 0, -1, order[places[rows]])
        similarities = np.where(texts < 0, np.float32(-np.inf), values[rows])
        found.texts[order[rows]], found.similarities[order[rows]] = _ties(texts, similarities)
    return found


def _ties(texts: Array, similarities: Array) -> tuple[Array, Array]:
    """Rows that descend by similarity, with equal ones ordered by number."""
    tied = np.flatnonzero((similarities[:, 1:] == similarities[:, :-1]).any(axis=1))
    again = np.lexsort((texts[tied], -similarities[tied]), axis=-1)
    texts[tied] = np.take_along_axis(texts[tied], again, axis=-1)
    return texts, similarities


def _fill(vectors: Array, found: Found, kind: "torch.dtype", pool: ThreadPoolExecutor) -> None:
    """Search anew among all texts for the rows that are short, which cells of odd sizes leave."""
    short = np.flatnonzero((found.texts < 0).any(axis=1))
    if len(short):
        none = np.zeros(len(vectors), dtype=bool)
        bar = np.full(len(vectors), np.float32(2))
        _scan(vectors, short, found, bar, none, kind, pool)


# -- the update -------------------------------------------------------------------------------


def _renumbered(
    former: Found, numbers: Array, kept: Array, count: int, k: int
) -> tuple[Found, Array]:
    """The former lists under tonight's numbers, without the texts that are gone.

    And (texts,) int64: how many entries each former list is short of `k`; 0 for new texts.
    """
    lists = Found(np.full((count, k), -1, np.int32), np.full((count, k), -np.inf, dtype=np.float32))
    lost = np.zeros(count, dtype=np.int64)
    for first in _pieces(len(kept), PIECE):
        rows = kept[first : first + PIECE]
        texts = former.texts[rows]
        texts = np.where(texts < 0, -1, numbers[texts])
        last = np.argsort(texts < 0, axis=1, kind="stable")[:, :k]  # what is gone goes behind
        texts = np.take_along_axis(texts, last, axis=1)
        similarities = np.take_along_axis(former.similarities[rows], last, axis=1)
        lists.texts[numbers[rows]] = texts
        lists.similarities[numbers[rows]] = np.where(texts < 0, -np.inf, similarities)
        lost[numbers[rows]] = (texts < 0).sum(axis=1)
    return lists, lost


def _scan(
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
    blocks = [asked[first : first + BLOCK] for first in _pieces(len(asked), BLOCK)]
    queries = [_padded(_taken(vectors, rows, kind), BLOCK) for rows in blocks]
    best = [
        _Lists(torch.empty(len(rows), 0, dtype=torch.int32), torch.empty(len(rows), 0))
        for rows in blocks
    ]
    keys: list[Array] = []
    for first in _pieces(count, SCANNED):
        theirs = _padded(_taken(vectors, slice(first, first + SCANNED), kind), SCANNED)
        bars = torch.from_numpy(bar[first : first + SCANNED])

        def compare(
            block: int, first: int = first, theirs: "Tensor" = theirs, bars: "Tensor" = bars
        ) -> Array:
            rows, found = torch.from_numpy(blocks[block]), best[block]
            products = (queries[block] @ theirs.T)[: len(rows)]
            products[:, len(bars) :] = NOTHING
            here = ((rows >= first) & (rows < first + len(bars))).nonzero()[:, 0]
            products[here, rows[here] - first] = NOTHING
            values, columns = _best(products, width)
            places = torch.where(values > NOTHING, columns + first, -1).int()
            values, at = torch.topk(torch.cat([found.values, values], 1), width, dim=1)
            found.places = torch.cat([found.places, places], 1).gather(1, at)
            found.values = values
            new = rows[torch.from_numpy(fresh)[rows]]
            near = products[torch.from_numpy(fresh)[rows]][:, : len(bars)] > bars
            at, column = near.nonzero().unbind(1)
            pairs: Array = (((column + first) << 23) | new[at]).numpy()
            return pairs

        keys += _each(pool, compare, range(len(blocks)))

    def score(block: int) -> None:
        rows, places = blocks[block], best[block].places.numpy().astype(np.int64)
        places.sort(axis=1)  # so that equal ones stay in the order of their numbers
        values = _similarities(vectors, np.repeat(rows, width), places.ravel()).reshape(-1, width)
        _write(lists, rows, places, values)

    _each(pool, score, range(len(blocks)))
    return np.concatenate(keys) if keys else np.empty(0, np.int64)


def _write(lists: Found, rows: Array, texts: Array, values: Array) -> None:
    """The best of `texts` (rows, candidates) become the lists of `rows`; -1 where there is none."""
    texts, values = _first(texts, values, lists.texts.shape[1])
    lists.texts[rows] = texts
    lists.similarities[rows] = np.where(texts < 0, -np.inf, values)


def _first(texts: Array, values: Array, width: int) -> tuple[Array, Array]:
    """The `width` best of each row, best first, ties by number."""
    order = np.lexsort((texts, -values), axis=-1)[:, :width]
    return np.take_along_axis(texts, order, axis=1), np.take_along_axis(values, order, axis=1)


def _insert(vectors: Array, keys: Array, lists: Found, pool: ThreadPoolExecutor) -> None:
    """Take new texts into the lists that they belong to; `keys` as of `_scan`."""
    import torch

    keys.sort()
    touched, starts = np.unique(keys >> 23, return_index=True)
    ends = np.append(starts, len(keys))

    def insert(first: int) -> None:
        rows = touched[first : first + PIECE]
        found = keys[ends[first] : ends[min(first + PIECE, len(touched))]]
        old, new = found >> 23, found & (MOST_TEXTS - 1)
        value = _similarities(vectors, old, new)
        good = value >= lists.similarities[old, -1]
        at = np.searchsorted(rows, old[good])
        values, texts = _beside(
            torch.from_numpy(lists.similarities[rows]),
            torch.from_numpy(lists.texts[rows]),
            torch.from_numpy(at),
            torch.from_numpy(value[good]),
            torch.from_numpy(new[good]).int(),
        )
        _write(lists, rows, texts.numpy(), values.numpy())

    _each(pool, insert, _pieces(len(touched), PIECE))


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
        values = _similarities(vectors, rows[row], other)
        rank = np.arange(len(row)) - np.searchsorted(row, row)
        room = int(rank.max(initial=-1)) + 1
        wide = np.full((len(rows), room), NOTHING, dtype=np.float32)
        texts = np.full((len(rows), room), -1, dtype=np.int64)
        wide[row, rank], texts[row, rank] = values, other
        similarities = np.where(own < 0, np.float32(NOTHING), lists.similarities[rows])
        texts, values = np.hstack([own, texts]), np.hstack([similarities, wide])
        return rows, *_first(texts, values, own.shape[1])

    # Written when all are done: what one looks at, no other may change meanwhile.
    for rows, texts, values in _each(pool, look, _pieces(len(short), BLOCK // 4)):
        _write(lists, rows, texts, values)
