"""Merging communities: those that are too small, and the best pairs until few enough are left."""

from heapq import heapify, heappop, heappush

import numpy as np

from recommender._typing import Array
from recommender.graph.edges import community_edges

__all__ = ["merge_small_communities"]


def merge_small_communities(
    neighbours: Array,
    weights: Array,
    communities: Array,
    resolution: float,
    min_size: int,
    max_communities: int | None = None,
) -> Array:
    """Merge communities that are too small into a neighbour.

    The smallest community goes first. It merges into the one where modularity gains most or loses
    least (Clauset, Newman and Moore 2004); of equals into the lowest number. A community without
    edges to others stays. If `max_communities` is given, the pair whose merger gains most is merged
    after that, again and again, until no more than this number are left.

    Args:
        neighbours: (texts, k) int32, -1 for none.
        weights: (texts, k) float32, the weights of the edges to the neighbours.
        communities: (texts,) int, the community of each text.
        resolution: The resolution of modularity.
        min_size: A community of fewer texts is too small.
        max_communities: The most communities to keep, or None for any number.

    Returns:
        (texts,) int32, the merged communities.
    """
    _, communities = np.unique(communities, return_inverse=True)
    sizes = np.bincount(communities).tolist()
    if max_communities is None and min(sizes, default=min_size) >= min_size:
        return communities.astype(np.int32)
    graph = _CommunityGraph(neighbours, weights, communities, resolution)
    _merge_small(graph, sizes, min_size)
    if max_communities is not None:
        _merge_best_pairs(graph, max_communities)
    return graph.merged_into()[communities].astype(np.int32)


def _merge_small(graph: "_CommunityGraph", sizes: list[int], min_size: int) -> None:
    """Merge communities of fewer than `min_size` texts, the smallest first."""
    small = [(size, community) for community, size in enumerate(sizes) if size < min_size]
    heapify(small)
    while small:
        size, source = heappop(small)
        outdated = graph.is_merged(source) or sizes[source] != size
        if outdated or not graph.weights[source]:
            continue
        target = graph.best_partner(source)
        graph.merge(source, target)
        sizes[target] += size
        if sizes[target] < min_size:
            heappush(small, (sizes[target], target))


def _merge_best_pairs(graph: "_CommunityGraph", max_communities: int) -> None:
    """Merge the linked pair that gains most modularity until few enough communities are left."""
    # A pair's gain in the heap is never less than its present gain. Where it has become less, that
    # is noticed when the pair comes up, and the pair goes back with its present gain.
    heap = [
        (-graph.gain(a, b), a, b) for a, near in enumerate(graph.weights) for b in near if a < b
    ]
    heapify(heap)
    left = sum(not graph.is_merged(community) for community in range(len(graph.weights)))
    while left > max_communities and heap:
        loss, source, target = heappop(heap)
        if target not in graph.weights[source]:
            continue  # one of the two has been merged since
        if loss != -graph.gain(source, target):
            heappush(heap, (-graph.gain(source, target), source, target))
            continue
        others = [*graph.weights[source]]
        graph.merge(source, target)
        left -= 1
        for other in others:
            if other != target:
                low, high = sorted((target, other))
                heappush(heap, (-graph.gain(low, high), low, high))


class _CommunityGraph:
    """The graph whose nodes are communities, which merge.

    `weights[a][b]` and `weights[b][a]` are the weight of all edges between two communities. Each
    shares edges with few others, so a matrix of all pairs would be nearly empty.
    """

    def __init__(
        self, neighbours: Array, weights: Array, communities: Array, resolution: float
    ) -> None:
        linked = (neighbours >= 0) & (weights > 0)
        source = np.repeat(communities, neighbours.shape[1])[linked.ravel()]
        target, weight = communities[neighbours[linked]], weights[linked].astype(np.float64)
        count = int(communities.max(initial=-1)) + 1
        sums = [np.bincount(ends, weights=weight, minlength=count) for ends in (source, target)]
        self._degrees: list[float] = (sums[0] + sums[1]).tolist()
        self._resolution, self._total = resolution, max(2 * float(weight.sum()), 1e-12)
        self._target = np.arange(count)
        self.weights: list[dict[int, float]] = [{} for _ in range(count)]
        edges = community_edges(source, target, weight, count)
        for low, high, between in zip(*(column.tolist() for column in edges), strict=True):
            self.weights[low][high] = self.weights[high][low] = between

    def is_merged(self, community: int) -> bool:
        """Whether it has been merged into another."""
        return bool(self._target[community] != community)

    def gain(self, a: int, b: int) -> float:
        """The modularity that merging two linked communities gains, times half of all weights."""
        expected = self._resolution * (self._degrees[a] * self._degrees[b]) / self._total
        return self.weights[a][b] - expected

    def best_partner(self, community: int) -> int:
        """The linked community with the greatest gain, of equals the lowest."""
        return min(self.weights[community], key=lambda other: (-self.gain(community, other), other))

    def merge(self, source: int, target: int) -> None:
        """Merge `source` into `target`, to which it is linked."""
        for other, weight in self.weights[source].items():
            del self.weights[other][source]
            if other != target:
                self.weights[target][other] = self.weights[target].get(other, 0.0) + weight
                self.weights[other][target] = self.weights[target][other]
        self.weights[source] = {}
        self._degrees[target] += self._degrees[source]
        self._target[source] = target

    def merged_into(self) -> Array:
        """The community that holds each one's members in the end, (communities,)."""
        ends = self._target
        while not np.array_equal(ends, ends[ends]):
            ends = ends[ends]
        return ends
