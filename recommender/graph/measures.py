"""What a grouping of the graph is judged and described by: modularity, sizes, central members."""

import numpy as np

from recommender._typing import Array

__all__ = ["central_members", "modularity", "number_by_size"]


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


def number_by_size(groups: Array, weights: Array | None = None) -> Array:
    """Renumber groups from 0, the greatest sum of `weights` first, ties by first member."""
    labels, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    sizes = np.bincount(inverse, weights=weights)
    rank = np.empty(len(labels), dtype=np.int32)
    rank[np.lexsort((first, -sizes))] = np.arange(len(labels), dtype=np.int32)
    return rank[inverse]


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
    return order[first].astype(np.int32)
