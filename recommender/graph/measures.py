"""Measures of a grouping of the graph: modularity, sizes, and the central member of each group."""

import numpy as np

from recommender._typing import Array

__all__ = ["central_members", "modularity", "number_by_size"]


def modularity(neighbours: Array, scores: Array, groups: Array, resolution: float) -> float:
    """The modularity of a grouping, in the graph that `leiden` searches under modularity.

    The share of edge weight within groups, less `resolution` times the share that is expected by
    chance (Reichardt and Bornholdt 2006, equation 15).

    Args:
        neighbours: (texts, k) int32, -1 for none.
        scores: (texts, k) float, the scores of the neighbours.
        groups: (texts,) int, the group of each text, numbered from 0.
        resolution: How much the expected share counts.

    Returns:
        The modularity; 0 for a graph without edges.
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
    """Number groups from 0 by size, the largest first, ties by their first member.

    Args:
        groups: (members,) int, the group of each member.
        weights: (members,) what each member counts for; by default each counts 1.

    Returns:
        (members,) int32, the new number of each member's group.

    Example:
        >>> number_by_size(np.array([7, 3, 3]))
        array([1, 0, 0], dtype=int32)
    """
    labels, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    sizes = np.bincount(inverse, weights=weights)
    rank = np.empty(len(labels), dtype=np.int32)
    rank[np.lexsort((first, -sizes))] = np.arange(len(labels), dtype=np.int32)
    return rank[inverse]


def central_members(neighbours: Array, scores: Array, groups: Array) -> Array:
    """The most central text of each group: the one with the greatest weighted degree within it.

    Args:
        neighbours: (texts, k) int32, -1 for none.
        scores: (texts, k) float32, the scores of the neighbours.
        groups: (texts,) int32, numbered from 0 without gaps, -1 for none.

    Returns:
        (groups,) int32. Of equal degrees the lowest text.
    """
    own = (groups[np.where(neighbours < 0, 0, neighbours)] == groups[:, None]) & (neighbours >= 0)
    degrees = np.where(own, scores, 0.0).sum(axis=1, dtype=np.float64)
    order = np.lexsort((-degrees, groups))  # stable, so of equals the lowest text comes first
    order = order[groups[order] >= 0]
    _, first = np.unique(groups[order], return_index=True)
    return order[first].astype(np.int32)
