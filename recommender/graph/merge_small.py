"""Communities joined to their neighbours: those that are too small, and those of too many."""

from heapq import heapify, heappop, heappush

import numpy as np

from recommender._typing import Array
from recommender.graph.leiden import group_edges

__all__ = ["merge_small_communities"]


def merge_small_communities(
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
        edges = group_edges(source, target, weight, size)
        for low, high, heavy in zip(*(column.tolist() for column in edges), strict=True):
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
