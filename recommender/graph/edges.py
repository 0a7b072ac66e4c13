"""The weighted edges of the neighbour graph, and of the graph of its communities."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recommender._typing import Array

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Edges", "community_edges", "edges_within_components", "locality_order", "text_edges"]

ORDERED_BY = 5  # nearest neighbours that the order is made from; more do not improve it


class Edges(NamedTuple):
    """The undirected edges of a graph, each once.

    Attributes:
        low: (edges,) the lower node of each edge.
        high: (edges,) the higher node of each edge.
        weight: (edges,) the weight of each edge, positive.
    """

    low: Array
    high: Array
    weight: Array


def text_edges(
    neighbours: Array, scores: Array, order: Array, position: Array, *, mean: bool
) -> Edges:
    """The undirected edges between texts, with the texts numbered by their position in an order.

    Args:
        neighbours: (texts, k) int32, the neighbours of each text, -1 for none.
        scores: (texts, k) float32, their scores; a score of 0 makes no edge.
        order: (texts,) int, the texts in the new order.
        position: (texts,) int32, the position of each text in `order`.
        mean: Two texts can each list the other. Their edge weighs the mean of the two scores if
            true, else the sum.

    Returns:
        The edges, ascending by the lower and then the higher node.
    """
    from scipy.sparse import triu

    # The extra place at the end is read by the neighbour -1.
    neighbours, scores = np.append(position, np.int32(-1))[neighbours[order]], scores[order]
    linked = (neighbours >= 0) & (scores > 0)
    linked &= neighbours != np.arange(len(neighbours), dtype=np.int32)[:, None]
    directed = _sparse_rows(neighbours, scores, linked)
    del neighbours, scores, linked  # gigabytes for a large graph
    directed.sort_indices()
    weights = directed + directed.T
    if mean:
        directed.data = np.ones_like(directed.data)
        weights.data /= (directed + directed.T).data
    del directed
    pairs = triu(weights, k=1, format="coo")
    return Edges(pairs.row, pairs.col, pairs.data)


def community_edges(source: Array, target: Array, weight: Array, count: int) -> Edges:
    """The edges between communities, from the edges between their members.

    Args:
        source: (member edges,) int, the community at one end of each edge.
        target: (member edges,) int, the community at the other end.
        weight: (member edges,) the weight of each edge.
        count: The number of communities.

    Returns:
        Each linked pair of communities once, in ascending order, with the sum of the weights.
    """
    from scipy.sparse import coo_array

    apart = source != target
    source, target = source[apart], target[apart]
    ends = np.minimum(source, target), np.maximum(source, target)
    pairs = coo_array((weight[apart], ends), shape=(count, count)).tocsr().tocoo()
    return Edges(pairs.row, pairs.col, pairs.data)


def edges_within_components(edges: Edges, resolution: float, node_weights: Array) -> Edges:
    """The edges that can matter to a search by the constant Potts model (CPM).

    An edge is strong if it weighs at least `resolution` times the weights of its two nodes. Two
    sets of nodes without a strong edge between them only lose quality when they are joined, so
    every community lies within one connected component of the strong edges. All edges between
    components are left out, and these are most of a graph's edges.

    Args:
        edges: The edges of the graph.
        resolution: The resolution of the search.
        node_weights: (nodes,) the weight of each node.

    Returns:
        The edges whose two nodes lie in the same component.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    low, high, weight = edges
    strong = weight >= resolution * node_weights[low] * node_weights[high]
    ends, count = (low[strong], high[strong]), len(node_weights)
    links = csr_array((np.ones(len(ends[0]), dtype=bool), ends), shape=(count, count))
    _, component = connected_components(links, directed=False)
    within = component[low] == component[high]
    return Edges(low[within], high[within], weight[within])


def locality_order(neighbours: Array) -> tuple[Array, Array]:
    """Order the texts so that neighbours are near each other in memory.

    The order is that of the reverse Cuthill-McKee algorithm (George 1971). A search of a large
    graph in arbitrary order spends half of its time waiting for memory; ordering takes almost none.

    Args:
        neighbours: (texts, k) int32, best first, -1 for none.

    Returns:
        The texts in the new order, (texts,) int32, and the position of each text in that order,
        (texts,) int32.
    """
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    count, nearest = len(neighbours), neighbours[:, :ORDERED_BY]
    links = _sparse_rows(nearest, nearest >= 0, nearest >= 0)
    order = reverse_cuthill_mckee(links, symmetric_mode=True) if count else np.empty(0, np.int32)
    position = np.empty(count, dtype=np.int32)
    position[order] = np.arange(count, dtype=np.int32)
    return order, position


def _sparse_rows(neighbours: Array, values: Array, linked: Array) -> "csr_array":
    """The `values` (texts, k) of the neighbours that are `linked`, as a (texts, texts) matrix."""
    from scipy.sparse import csr_array

    count = len(neighbours)
    start = np.concatenate(([0], np.cumsum(linked.sum(axis=1)))).astype(np.int32)
    return csr_array((values[linked], neighbours[linked], start), shape=(count, count))
