"""Communities of the neighbour graph by the Leiden algorithm: the basis of stories and topics."""

import numpy as np

from recommender._typing import Array
from recommender.graph.edges import (
    Edges,
    community_edges,
    edges_within_components,
    locality_order,
    text_edges,
)
from recommender.graph.partition_search import MAX_ITERATIONS, Objective, open_search

__all__ = ["initial_membership", "leiden", "leiden_ensemble"]

MEMBER_ITERATIONS = 3  # iterations of each search of an ensemble
CORE_SEARCHES = 20  # searches of the graph of core groups


def leiden(
    neighbours: Array,
    scores: Array,
    resolution: float,
    seed: int,
    objective: Objective,
    *,
    iterations: int = MAX_ITERATIONS,
    node_weights: Array | None = None,
    initial: Array | None = None,
) -> Array:
    """The community of each text, by one Leiden search of the undirected neighbour graph.

    Under modularity the edge of two texts that list each other weighs the sum of both scores,
    twice as much as if one lists the other. Under the constant Potts model (CPM) it weighs their
    mean, so that `resolution` is itself a score.

    Args:
        neighbours: (texts, k) int32, -1 for none.
        scores: (texts, k) float32, the scores of the neighbours.
        resolution: Larger values give smaller communities; see `open_search`.
        seed: Equal seeds give equal communities.
        objective: "modularity" or "CPM".
        iterations: The most iterations of the search.
        node_weights: (texts,) float, for "CPM" alone: a pair of texts belongs together if it scores
            more than `resolution` times the product of their weights. By default each weighs 1.
        initial: (texts,) int, the communities that the search starts from, numbered from 0; see
            `initial_membership`. By default each text starts alone.

    Returns:
        (texts,) int32, communities numbered from 0.
    """
    order, position = locality_order(neighbours)
    node_weights = None if node_weights is None else node_weights[order]
    initial = None if initial is None else initial[order]
    edges = text_edges(neighbours, scores, order, position, mean=objective == "CPM")
    if objective == "CPM":
        weights = np.ones(len(order)) if node_weights is None else node_weights
        edges = edges_within_components(edges, resolution, weights)
    search = open_search(edges, len(order), resolution, objective, node_weights)
    del edges  # gigabytes for a large graph, of which the search has its own copy
    return search.run(seed, iterations, initial).membership[position]


def leiden_ensemble(
    neighbours: Array, scores: Array, resolution: float, seed: int, searches: int
) -> Array:
    """Communities by modularity that hardly depend on the seed, found by core groups.

    Texts that several short searches all put together form a core group (Ovelgönne and
    Geyer-Schulz 2012, An ensemble learning strategy for graph clustering). The graph of core groups
    is small enough for many searches. The best of their results starts a last search among texts.

    Args:
        neighbours: (texts, k) int32, -1 for none.
        scores: (texts, k) float32, the scores of the neighbours.
        resolution: Larger values give smaller communities.
        seed: Equal seeds give equal communities.
        searches: The number of short searches.

    Returns:
        (texts,) int32, communities numbered from 0.
    """
    order, position = locality_order(neighbours)
    edges = text_edges(neighbours, scores, order, position, mean=False)
    search = open_search(edges, len(order), resolution, "modularity")
    first = searches * seed  # so that no two seeds share a search
    members = [search.run(first + n, MEMBER_ITERATIONS).membership for n in range(searches)]
    core: Array = np.unique(np.stack(members), axis=1, return_inverse=True)[1].ravel()
    initial = _communities_of_core_groups(edges, core, resolution, seed)[core]
    return search.run(seed, initial=initial).membership[position]


def _communities_of_core_groups(edges: Edges, core: Array, resolution: float, seed: int) -> Array:
    """The community of each core group, (groups,) int32, by the best of `CORE_SEARCHES` searches.

    `core` (texts,) is the core group of each text. Modularity equals CPM if each node weighs the
    sum of its edges, including those within the group.
    """
    count = int(core.max(initial=-1)) + 1
    ends = core[edges.low], core[edges.high]
    between_groups = community_edges(*ends, edges.weight, count)
    if not len(between_groups.low):
        return np.arange(count, dtype=np.int32)
    low, high = (np.bincount(end, edges.weight, count) for end in ends)
    degrees = low + high
    search = open_search(between_groups, count, resolution / degrees.sum(), "CPM", degrees)
    first = CORE_SEARCHES * seed
    found = (search.run(first + number) for number in range(CORE_SEARCHES))
    return max(found, key=lambda partition: partition.quality).membership


def initial_membership(previous: Array) -> Array:
    """The communities that a search starts from, where some texts had a group before.

    Args:
        previous: (texts,) int, the previous group of each text, -1 for none.

    Returns:
        (texts,) int64, numbered from 0 without gaps: the previous groups, and a new community for
        each text without one.

    Example:
        >>> initial_membership(np.array([4, -1, 4, 7]))
        array([0, 2, 0, 1])
    """
    initial = previous.astype(np.int64)
    alone = np.flatnonzero(initial < 0)
    initial[alone] = initial.max(initial=-1) + 1 + np.arange(len(alone))
    return np.unique(initial, return_inverse=True)[1]
