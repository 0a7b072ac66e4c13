"""Topics: communities of the neighbour graph."""

import random

import numpy as np

from recommender.arrays import Array

__all__ = ["detect_topics"]


def detect_topics(
    neighbours: Array,
    similarities: Array,
    resolution: float,
    seed: int,
    articles: Array | None = None,
) -> Array:
    """Topic of every text, (texts,) int32, numbered from 0, the topic of most articles first.

    `articles` (texts,) says how many articles have each text; without it each counts once. A text
    without neighbours is a topic of its own.

    Leiden (Traag, Waltman & van Eck 2019) on modularity with `resolution`, over the undirected
    graph of `neighbours` (texts, k) weighted by `similarities`; equal seeds give equal topics.
    """
    import igraph

    count, k = neighbours.shape
    source = np.repeat(np.arange(count, dtype=np.int32), k)
    target, weight = neighbours.ravel(), similarities.ravel()
    linked = (target >= 0) & (weight > 0)
    edges = np.stack((source, target), axis=1)[linked]
    graph = igraph.Graph(n=count, edges=edges, directed=False)
    graph.es["weight"] = weight[linked].astype(float)
    # Two texts that name each other are one edge, of twice the weight: the tie is mutual.
    graph.simplify(combine_edges="sum")
    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311 - reproducible by design
    try:
        found = graph.community_leiden(
            objective_function="modularity",
            weights="weight",
            resolution=resolution,
            n_iterations=-1,
        )
    finally:
        igraph.set_random_number_generator(random)
    return numbered_by_size(np.asarray(found.membership, dtype=np.int32), articles)


def numbered_by_size(groups: Array, weights: Array | None = None) -> Array:
    """Renumber groups from 0, the greatest sum of `weights` first, ties by first member."""
    labels, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    sizes = np.bincount(inverse, weights=weights)
    rank = np.empty(len(labels), dtype=np.int32)
    rank[np.lexsort((first, -sizes))] = np.arange(len(labels), dtype=np.int32)
    numbered: Array = rank[inverse]
    return numbered
