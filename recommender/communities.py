"""Communities of the neighbour graph, by Leiden: what stories and topics are made of."""

import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from heapq import heapify, heappop, heappush
from itertools import chain
from typing import TYPE_CHECKING, Literal

import numpy as np

from recommender.arrays import Array

if TYPE_CHECKING:
    from igraph import VertexClustering

__all__ = ["begun", "central_members", "joined", "leiden", "modularity", "numbered_by_size"]

EDGES_AT_A_TIME = 1 << 16
ITERATIONS = 50  # a safeguard: on real graphs ten are many
# Of modularity. To go on for less takes up to twice as long and gains no agreement with labels.
LEAST_GAIN = 1e-4


def leiden(
    neighbours: Array,
    scores: Array,
    resolution: float,
    seed: int,
    objective: Literal["modularity", "CPM"],
    *,
    iterations: int = ITERATIONS,
    weights: Array | None = None,
    initial: Array | None = None,
    searches: int = 1,
) -> Array:
    """Community of every text, (texts,) int32; equal seeds give equal communities.

    `neighbours` (texts, k) int32, -1 for none, with their `scores`. Leiden (Traag, Waltman & van
    Eck 2019) on the undirected graph. Under modularity two texts that name each other are tied
    twice as strongly as where one names the other; under the constant Potts model (CPM: Traag, Van
    Dooren & Nesterov 2011), where `resolution` is a score, an edge weighs the mean of what is said.
    It ends where an iteration improves next to nothing, or after so many `iterations`.

    `weights` (texts,) are those of the texts under CPM, where two must score the product of theirs
    and the resolution to be rather together than apart; without them each weighs 1. `initial`
    (texts,) numbers the communities from 0 that the search begins with, else each text's own. Of so
    many `searches`, with the seeds from `seed` on, the one of the greatest quality.
    """
    import igraph

    low, high, weight = _edges(neighbours, scores, mean=objective == "CPM")
    if objective == "CPM":
        least = resolution if weights is None else resolution * weights[low] * weights[high]
        held = _held(low, high, weight >= least, len(neighbours))
        low, high, weight = low[held], high[held], weight[held]
    graph = igraph.Graph(n=len(neighbours), edges=_each(low, high), directed=False)
    # Not as an array: igraph would take three times as long over its numbers.
    weight = memoryview(weight.astype(np.float64))
    del low, high  # of a large graph gigabytes, as weights kept with the edges would be
    # One iteration at a time: asked to go on while anything moves, igraph never ends where moves of
    # equal gain lead round in a circle, as they do among copies of a text.
    iteration = partial(
        graph.community_leiden,
        objective_function=objective,
        weights=weight,
        resolution=resolution,
        n_iterations=1,
        node_weights=None if weights is None else weights.tolist(),
    )
    begin = None if initial is None else initial.tolist()
    found = [_search(iteration, begin, seed + search, iterations) for search in range(searches)]
    # Of equals the first, as without an edge, where the quality is no number.
    best = max(found, key=lambda clustering: clustering.quality)
    return np.asarray(best.membership, dtype=np.int32)


def begun(former: Array) -> Array:
    """What a search begins with: `former` groups (texts,) numbered from 0, each -1 a new one."""
    initial = former.astype(np.int64)
    alone = np.flatnonzero(initial < 0)
    initial[alone] = initial.max(initial=-1) + 1 + np.arange(len(alone))
    numbered: Array = np.unique(initial, return_inverse=True)[1]
    return numbered


def _search(
    iteration: "Callable[..., VertexClustering]",
    begin: Sequence[int] | None,
    seed: int,
    iterations: int,
) -> "VertexClustering":
    """Iterate from the communities `begin` until little is gained; the best that was found."""
    import igraph

    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311 - reproducible by design
    try:
        best = iteration(initial_membership=begin)
        for _ in range(iterations - 1):
            found = iteration(initial_membership=best.membership)
            gain = found.quality - best.quality
            if gain > 0:
                best = found
            if not gain > LEAST_GAIN:  # nor, without an edge, where it is no number
                break
    finally:
        igraph.set_random_number_generator(random)
    return best


def _held(low: Array, high: Array, strong: Array, count: int) -> Array:
    """The edges whose ends hang together by `strong` edges alone, (edges,) bool.

    Under CPM no other edge matters. Two groups that no strong edge joins only lose where they are
    joined, so no community reaches beyond what hangs together; and most of a graph's edges do.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    ends = low[strong], high[strong]
    links = csr_array((np.ones(len(ends[0]), dtype=bool), ends), shape=(count, count))
    _, part = connected_components(links, directed=False)
    held: Array = part[low] == part[high]
    return held


def _edges(neighbours: Array, scores: Array, *, mean: bool) -> tuple[Array, Array, Array]:
    """The pairs of linked texts, the lower first, in order, and the sum or mean of their scores."""
    from scipy.sparse import csr_array, triu

    count = len(neighbours)
    linked = (neighbours >= 0) & (scores > 0)
    linked &= neighbours != np.arange(count, dtype=np.int32)[:, None]
    start = np.concatenate(([0], np.cumsum(linked.sum(axis=1)))).astype(np.int32)
    said = csr_array((scores[linked], neighbours[linked], start), shape=(count, count))
    said.sort_indices()
    weights = said + said.T
    if mean:
        said.data = np.ones_like(said.data)
        weights.data /= (said + said.T).data
    del said
    pairs = triu(weights, k=1, format="coo")
    return pairs.row, pairs.col, pairs.data


def _each(low: Array, high: Array) -> Iterator[tuple[int, int]]:
    """The pairs as Python's numbers, which igraph reads five times faster than an array.

    Made a few at a time: those of all edges would fill gigabytes.
    """
    starts = range(0, len(low), EDGES_AT_A_TIME)
    parts = (slice(start, start + EDGES_AT_A_TIME) for start in starts)
    return chain.from_iterable(
        zip(low[part].tolist(), high[part].tolist(), strict=True) for part in parts
    )


def modularity(neighbours: Array, scores: Array, groups: Array, resolution: float) -> float:
    """The modularity of `groups` (texts,) in the graph that `leiden` searches under modularity.

    Reichardt and Bornholdt 2006, equation 15: the share of what edges weigh that stays within
    groups, less `resolution` times what chance would leave there. 0 without edges.
    """
    linked = neighbours >= 0
    source = np.repeat(groups, neighbours.shape[1])[linked.ravel()]
    target, weight = groups[neighbours[linked]], scores[linked].astype(np.float64)
    total = weight.sum()
    if not total:
        return 0.0
    size = int(groups.max(initial=-1)) + 1
    degrees = np.bincount(source, weight, size) + np.bincount(target, weight, size)
    inside = weight[source == target].sum()
    return float(inside / total - resolution * np.square(degrees / (2 * total)).sum())


def numbered_by_size(groups: Array, weights: Array | None = None) -> Array:
    """Renumber groups from 0, the greatest sum of `weights` first, ties by first member."""
    labels, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    sizes = np.bincount(inverse, weights=weights)
    rank = np.empty(len(labels), dtype=np.int32)
    rank[np.lexsort((first, -sizes))] = np.arange(len(labels), dtype=np.int32)
    numbered: Array = rank[inverse]
    return numbered


def central_members(neighbours: Array, scores: Array, groups: Array) -> Array:
    """The most central text of each group, (groups,) int32: that of the greatest sum of scores.

    `neighbours` (texts, k) int32, -1 for none, with their `scores`; only those of the same group
    count. `groups` (texts,) int32 are numbered from 0, each with a text, -1 for none. Of equals the
    lowest text.
    """
    own = (groups[np.where(neighbours < 0, 0, neighbours)] == groups[:, None]) & (neighbours >= 0)
    degrees = np.where(own, scores, 0.0).sum(axis=1, dtype=np.float64)
    order = np.lexsort((-degrees, groups))  # stable: of equals the lowest text comes first
    order = order[groups[order] >= 0]
    _, first = np.unique(groups[order], return_index=True)
    central: Array = order[first].astype(np.int32)
    return central


def joined(
    neighbours: Array,
    weights: Array,
    groups: Array,
    resolution: float,
    least: int,
    count: int | None = None,
) -> Array:
    """Communities of fewer than `least` texts joined to others, (texts,) int32.

    `neighbours` (texts, k) int32, -1 for none, with the `weights` of the edges, `groups` (texts,)
    the communities. The smallest goes first, to the one where modularity loses least (Clauset,
    Newman and Moore 2004), the lowest number of equals; one without edges to others stays. With
    `count`, as many pairs are joined after that as it takes to have so many, the best first.
    """
    _, groups = np.unique(groups, return_inverse=True)
    sizes = np.bincount(groups).tolist()
    if count is None and min(sizes, default=least) >= least:
        return groups.astype(np.int32)
    links = _Links(neighbours, weights, groups, resolution)
    small = [(size, group) for group, size in enumerate(sizes) if size < least]
    heapify(small)
    while small:
        size, source = heappop(small)
        if links.gone(source) or sizes[source] != size or not links.near[source]:
            continue
        target = links.best(source)
        links.join(source, target)
        sizes[target] += size
        if sizes[target] < least:
            heappush(small, (sizes[target], target))
    if count is not None:
        _join_to(count, links)
    return links.targets()[groups].astype(np.int32)


def _join_to(count: int, links: "_Links") -> None:
    """Join the best pairs until so many communities are left."""
    # What stands in the heap for a pair is never less than it gains; where less is gained by now,
    # that is found when it comes up.
    heap = [(-links.gain(a, b), a, b) for a, near in enumerate(links.near) for b in near if a < b]
    heapify(heap)
    alive = sum(not links.gone(group) for group in range(len(links.near)))
    while alive > count and heap:
        loss, source, target = heappop(heap)
        if target not in links.near[source]:
            continue  # one of them has been joined to another since
        if loss != -links.gain(source, target):
            heappush(heap, (-links.gain(source, target), source, target))
            continue
        others = [*links.near[source]]
        links.join(source, target)
        alive -= 1
        for other in others:
            if other != target:
                low, high = sorted((target, other))
                heappush(heap, (-links.gain(low, high), low, high))


class _Links:
    """What the edges between communities weigh: `near`[a][b] = `near`[b][a], without a itself.

    Communities share edges with few others, so a matrix of all pairs would be nearly empty.
    """

    def __init__(self, neighbours: Array, weights: Array, groups: Array, resolution: float) -> None:
        linked = (neighbours >= 0) & (weights > 0)
        source = np.repeat(groups, neighbours.shape[1])[linked.ravel()]
        target, weight = groups[neighbours[linked]], weights[linked].astype(np.float64)
        size = int(groups.max(initial=-1)) + 1
        sums = [np.bincount(ends, weights=weight, minlength=size) for ends in (source, target)]
        self._degrees: list[float] = (sums[0] + sums[1]).tolist()
        self._resolution, self._total = resolution, max(2 * float(weight.sum()), 1e-12)
        self._target = np.arange(size)
        self.near: list[dict[int, float]] = [{} for _ in range(size)]
        for low, high, heavy in _pairs(source, target, weight, size):
            self.near[low][high] = self.near[high][low] = heavy

    def gone(self, group: int) -> bool:
        """Whether it has been joined to another."""
        return bool(self._target[group] != group)

    def gain(self, a: int, b: int) -> float:
        """What modularity gains, times half of all weights, where two linked ones are joined."""
        chance = self._resolution * (self._degrees[a] * self._degrees[b]) / self._total
        return self.near[a][b] - chance

    def best(self, group: int) -> int:
        """The one to which `group` is best joined."""
        return min(self.near[group], key=lambda other: (-self.gain(group, other), other))

    def join(self, source: int, target: int) -> None:
        """Join `source` to `target`, which it is linked to."""
        for other, weight in self.near[source].items():
            del self.near[other][source]
            if other != target:
                self.near[target][other] = self.near[target].get(other, 0.0) + weight
                self.near[other][target] = self.near[target][other]
        self.near[source] = {}
        self._degrees[target] += self._degrees[source]
        self._target[source] = target

    def targets(self) -> Array:
        """Where each has gone in the end, (communities,)."""
        ends = self._target
        while not np.array_equal(ends, ends[ends]):
            ends = ends[ends]
        return ends


def _pairs(
    source: Array, target: Array, weight: Array, size: int
) -> Iterator[tuple[int, int, float]]:
    """Each pair of communities that share edges, the lower first, and what these weigh."""
    from scipy.sparse import coo_array

    apart = source != target
    source, target = source[apart], target[apart]
    ends = np.minimum(source, target), np.maximum(source, target)
    pairs = coo_array((weight[apart], ends), shape=(size, size)).tocsr().tocoo()
    return zip(pairs.row.tolist(), pairs.col.tolist(), pairs.data.tolist(), strict=True)
