"""Communities of the neighbour graph, by Leiden: what stories and topics are made of."""

import random
from typing import Literal

import numpy as np

from recommender.arrays import Array

__all__ = ["central_members", "leiden", "numbered_by_size"]


def leiden(
    neighbours: Array,
    scores: Array,
    resolution: float,
    seed: int,
    objective: Literal["modularity", "CPM"],
    least: float = 0.0,
    iterations: int = -1,
    *,
    weights: Array | None = None,
    initial: Array | None = None,
) -> Array:
    """Community of every text, (texts,) int32; equal seeds give equal communities.

    `neighbours` (texts, k) int32, -1 for none, with their `scores`. Leiden (Traag, Waltman & van
    Eck 2019) on the undirected graph. Under modularity two texts that name each other are tied
    twice as strongly as where one names the other; under the constant Potts model (CPM: Traag, Van
    Dooren & Nesterov 2011), where `resolution` is a score, an edge weighs the mean of what is said.
    Edges of the score `least` or less are left out; `iterations` -1 means until nothing improves.

    `weights` (texts,) are those of the texts under CPM, where two must score the product of theirs
    and the resolution to be rather together than apart; without them each weighs 1. `initial`
    (texts,) numbers the communities from 0 that the search begins with, else each text's own.
    """
    import igraph

    count, k = neighbours.shape
    source = np.repeat(np.arange(count, dtype=np.int32), k)
    target, weight = neighbours.ravel(), scores.ravel()
    linked = (target >= 0) & (weight > least)
    edges = np.stack((source, target), axis=1)[linked]
    graph = igraph.Graph(n=count, edges=edges, directed=False)
    graph.es["weight"] = weight[linked].astype(float)
    graph.simplify(combine_edges="sum" if objective == "modularity" else "mean")
    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311 - reproducible by design
    try:
        found = graph.community_leiden(
            objective_function=objective,
            weights="weight",
            resolution=resolution,
            n_iterations=iterations,
            node_weights=None if weights is None else weights.tolist(),
            initial_membership=None if initial is None else initial.tolist(),
        )
    finally:
        igraph.set_random_number_generator(random)
    return np.asarray(found.membership, dtype=np.int32)


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
