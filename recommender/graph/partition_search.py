"""Search for communities in a weighted graph: the only file that knows the Leiden library.

All other files call `open_search` and use the `PartitionSearch` that it returns. The library is
igraph; to use another implementation of Leiden, only this file has to change.
"""

import random
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

import numpy as np

from recommender._typing import Array
from recommender.graph.edges import Edges

if TYPE_CHECKING:
    from igraph import VertexClustering

__all__ = ["MAX_ITERATIONS", "FoundPartition", "Objective", "PartitionSearch", "open_search"]

Objective = Literal["modularity", "CPM"]

MAX_ITERATIONS = 50  # a safeguard: on real graphs a search ends within ten
# The quality that an iteration must gain for another to follow. A lower value takes up to twice as
# long and does not improve the agreement with labels.
MIN_GAIN = 1e-4
EDGES_AT_A_TIME = 1 << 16


class FoundPartition(NamedTuple):
    """The communities that a search found.

    Attributes:
        membership: (nodes,) int32, the community of each node, numbered from 0.
        quality: The objective's value, comparable between searches of the same graph.
    """

    membership: Array
    quality: float


class PartitionSearch(Protocol):
    """Leiden searches of one graph under one objective."""

    def run(
        self, seed: int, iterations: int = MAX_ITERATIONS, initial: Array | None = None
    ) -> FoundPartition:
        """Search once.

        Args:
            seed: Equal seeds give equal communities.
            iterations: The most iterations to run; a search ends earlier when it gains too little.
            initial: (nodes,) int, the communities to start from, numbered from 0 without gaps. By
                default each node starts alone.

        Returns:
            The best communities of any iteration, and their quality.
        """
        ...


def open_search(
    edges: Edges,
    count: int,
    resolution: float,
    objective: Objective,
    node_weights: Array | None = None,
) -> PartitionSearch:
    """Copy a graph into the Leiden implementation (Traag, Waltman and van Eck 2019).

    Args:
        edges: The edges of the graph, each once; the search copies them.
        count: The number of nodes, which are numbered from 0.
        resolution: Larger values give smaller communities.
        objective: "modularity", or "CPM" for the constant Potts model (Traag, Van Dooren and
            Nesterov 2011), where a pair of nodes costs a community `resolution` times the product
            of their weights and brings it the weight of their edge.
        node_weights: (nodes,) float, for "CPM" alone; by default each node weighs 1.

    Returns:
        A search that can be run several times; copying the edges takes longer than most runs.
    """
    return _IgraphSearch(edges, count, resolution, objective, node_weights)


class _IgraphSearch:
    """Leiden by igraph, which holds the graph in its own memory."""

    def __init__(
        self,
        edges: Edges,
        count: int,
        resolution: float,
        objective: Objective,
        node_weights: Array | None,
    ) -> None:
        import igraph

        self._graph = igraph.Graph(n=count, edges=_pairs(edges), directed=False)
        # igraph reads a memory view three times faster than an array.
        self._weights = edges.weight.astype(np.float64).data
        self._node_weights = None if node_weights is None else node_weights.tolist()
        self._resolution, self._objective = resolution, objective

    def run(
        self, seed: int, iterations: int = MAX_ITERATIONS, initial: Array | None = None
    ) -> FoundPartition:
        """Iterate until the quality rises too little; see `PartitionSearch.run`."""
        import igraph

        igraph.set_random_number_generator(random.Random(seed))  # noqa: S311 - reproducible by design
        try:
            best = self._iterate(None if initial is None else initial.tolist())
            for _ in range(iterations - 1):
                found = self._iterate(best.membership)
                gain = found.quality - best.quality
                if gain > 0:
                    best = found
                if not gain > MIN_GAIN:  # also true of a graph without edges, where gain is NaN
                    break
        finally:
            igraph.set_random_number_generator(random)
        return FoundPartition(np.asarray(best.membership, dtype=np.int32), best.quality)

    def _iterate(self, initial: list[int] | None) -> "VertexClustering":
        # One iteration at a time: when asked to go on while anything moves, igraph never ends if
        # moves of equal gain form a cycle, as they do among copies of a text.
        return self._graph.community_leiden(
            objective_function=self._objective,
            weights=self._weights,
            resolution=self._resolution,
            n_iterations=1,
            initial_membership=initial,
            node_weights=self._node_weights,
        )


def _pairs(edges: Edges) -> Iterator[tuple[int, int]]:
    """The ends of the edges as Python integers, which igraph reads five times faster than arrays.

    They are made a few at a time, because those of all edges would take gigabytes.
    """
    starts = range(0, len(edges.low), EDGES_AT_A_TIME)
    parts = (slice(start, start + EDGES_AT_A_TIME) for start in starts)
    return chain.from_iterable(
        zip(edges.low[part].tolist(), edges.high[part].tolist(), strict=True) for part in parts
    )
