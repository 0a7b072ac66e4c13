"""All neighbours of all texts without comparing all pairs: search by cells.

The vectors are cut into cells by spherical k-means. Each cell's texts are compared with all texts
of the nearest cells at once, by one matrix product; then each text with the further cells that it
lies near to itself, where only what beats its list so far is looked at; at last with the
neighbours of its neighbours (Dong, Charikar and Li: Efficient k-nearest neighbor graph
construction, WWW 2011).

Texts in the order of their cells are called *places*.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.knn.blocks import (
    BLOCK,
    GROUPS,
    MOST_TEXTS,
    NOTHING,
    PIECE,
    SPARE,
    TopK,
    append_found,
    best_of,
    each,
    kind_of,
    padded,
    pieces,
    similarities_of,
    taken,
    workers,
)
from recommender.knn.index import Found
from recommender.knn.scan import fill
from recommender.progress import Advance, ignore

if TYPE_CHECKING:
    import torch
    from torch import Tensor

__all__ = ["Effort", "all_neighbours"]

PROBE_BLOCK = 1024  # texts compared at once with one further cell
FOLD_AT = 48  # finds per text that are held before they are merged into the lists
JOBS = 64  # blocks between two looks at how many finds are held


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
    kind = kind_of(bfloat16)
    with workers(threads) as pool:
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
        fill(vectors, found, kind, pool)
        advance(count - 3 * (count // 4))
    return found


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
        rows[first : first + PIECE] = taken(vectors, numbers[first : first + PIECE], kind)

    each(pool, sort, pieces(count, PIECE))
    probes = probes[order]
    return _Cells(order, start, probes[:, 0].long(), probes, near, covered, rows)


def _centroids(
    vectors: Array, number: int, kind: "torch.dtype", seed: int, pool: ThreadPoolExecutor
) -> "Tensor":
    """(number, dimension) float32 of unit length: spherical k-means on 32 texts a cell."""
    import torch

    rng = np.random.default_rng(seed)
    chosen = np.sort(rng.choice(len(vectors), min(len(vectors), 32 * number), replace=False))
    sample = taken(vectors, chosen, torch.float32)
    compared = sample.to(kind)
    centroids = sample[torch.from_numpy(rng.choice(len(sample), number, replace=False))]
    nearest = torch.empty(len(sample), dtype=torch.int64)
    for _turn in range(5):
        columns = centroids.to(kind).T

        def assign(first: int, columns: "Tensor" = columns) -> None:
            products = compared[first : first + 512] @ columns
            # In float32, of which torch finds the greatest far sooner.
            nearest[first : first + 512] = products.float().argmax(dim=1)

        each(pool, assign, pieces(len(sample), 512))
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
        products = taken(vectors, slice(first, first + 512), kind) @ columns
        best = torch.topk(products.float(), probes, dim=1).indices
        nearest[first : first + 512] = best
        return (best[:, :1] * number + best[:, :8]).view(-1)

    votes = torch.zeros(number * number)
    for pairs in pool.map(assign, pieces(len(vectors), 512)):
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


def _near_cells(cells: _Cells, width: int, columns: int, pool: ThreadPoolExecutor) -> TopK:
    """Each text's `width` best of its own cell and the cells that go with it."""
    import torch

    count, start = len(cells.order), cells.start
    lists = TopK(
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
        products = (padded(cells.rows[first:end], BLOCK) @ others.T)[: end - first]
        products[:, used:] = NOTHING
        own = torch.arange(end - first)
        products[own, own + first - start[cell]] = NOTHING  # the own cell comes first
        values, found = best_of(products, width)
        lists.places[first:end], lists.values[first:end] = places[found], values

    each(pool, search, blocks)
    lists.places[lists.values == NOTHING] = -1
    return lists


def _further_cells(cells: _Cells, lists: TopK, pool: ThreadPoolExecutor) -> None:
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
        theirs = padded(cells.rows[a:b], -(-(b - a) // 64) * 64)
        products = padded(cells.rows[rows], PROBE_BLOCK) @ theirs.T
        above = lists.values[rows, -1].to(products.dtype)[:, None]
        return _keys(products[: len(rows)], above, rows, a, b - a)

    held: list[Array] = []
    for turn in range(0, len(jobs), JOBS):
        held += each(pool, search, jobs[turn : turn + JOBS])
        if sum(map(len, held)) > FOLD_AT * count:
            _fold(np.concatenate(held), lists, pool)
            held = []
    if held:
        _fold(np.concatenate(held), lists, pool)


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
    return torch.bitwise_or(((rows[at] << 23) + column + first) << 16, value).numpy()


def _fold(keys: Array, lists: TopK, pool: ThreadPoolExecutor) -> None:
    """Merge finds into the lists that they were found for; each list stays as long as it is."""
    import torch

    keys.sort()
    count, width = lists.places.shape
    firsts = list(pieces(count, BLOCK))
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
        values, places = append_found(lists.values[rows], lists.places[rows], at, value, place)
        values, best = torch.topk(values, width, dim=1)
        lists.values[rows], lists.places[rows] = values, places.gather(1, best)

    each(pool, merge, range(len(firsts)))


def _exact(vectors: Array, cells: _Cells, lists: TopK, k: int, pool: ThreadPoolExecutor) -> TopK:
    """The `k` best of each list by their exact similarities."""
    import torch

    order = cells.order.numpy()
    count, width = lists.places.shape
    best = TopK(torch.empty(count, k, dtype=torch.int32), torch.empty(count, k))

    def score(first: int) -> None:
        rows = slice(first, min(first + BLOCK, count))
        places = lists.places[rows]
        others = np.where(places.numpy() < 0, -1, order[places.numpy()])
        values = similarities_of(vectors, np.repeat(order[rows], width), others.ravel())
        best.values[rows], at = torch.topk(torch.from_numpy(values).view(-1, width), k, dim=1)
        best.places[rows] = places.gather(1, at)

    each(pool, score, pieces(count, BLOCK))
    return best


def _neighbours_of_neighbours(
    vectors: Array, cells: _Cells, lists: TopK, width: int, pool: ThreadPoolExecutor
) -> TopK:
    """The lists after one look at the neighbours of the neighbours, in cells not yet seen."""
    import torch

    order = cells.order.numpy()
    count, k = lists.places.shape
    better = TopK(torch.empty_like(lists.places), torch.empty_like(lists.values))

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
            similarities_of(vectors, order[(at + first).numpy()], order[place.numpy()])
        )
        good = value > lists.values[rows, -1][at]
        values, places = append_found(
            lists.values[rows], lists.places[rows], at[good], value[good], place[good].int()
        )
        better.values[rows], best = torch.topk(values, k, dim=1)
        better.places[rows] = places.gather(1, best)

    each(pool, look, pieces(count, BLOCK))
    return better


def _numbered(order: Array, lists: TopK) -> Found:
    """Lists by place as lists by text, ordered by similarity, then by number."""
    places, values = lists.places.numpy(), lists.values.numpy()
    count, k = places.shape
    found = Found(np.empty((count, k), np.int32), np.empty((count, k), np.float32))
    for first in pieces(count, PIECE):
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
