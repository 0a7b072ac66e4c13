"""Representatives: the few texts that show what a group is about."""

import numpy as np

from recommender._typing import Array

__all__ = ["representatives"]

# Of two texts that score so high beside each other one is enough: they say the same.
COPY = 0.7


def representatives(neighbours: Array, scores: Array, group_of: Array, count: int = 3) -> Array:
    """The most central texts of each group, most central first: (groups, count) int32.

    `neighbours` (texts, k) int32 and `scores` (texts, k) float32 are the graph, -1 for none;
    `group_of` (texts,) int32, -1 for none. A text is as central as the squared scores of its edges
    within the group sum to, of those that both ends name: a round-up of the day's news is near to
    much that is not near to it. Of equals the lower text comes first. Neighbours of one that is
    chosen come only after all others, and near-copies of one never: the row then ends in -1, as
    that of a small group does.
    """
    source, target, score = _edges(neighbours, scores, group_of)
    texts = len(group_of)
    mutual = np.isin(source * texts + target, target * texts + source)
    strength = np.bincount(source[mutual], score[mutual].astype(np.float64) ** 2, texts)
    found = np.full((int(group_of.max(initial=-1)) + 1, count), -1, dtype=np.int32)
    near = np.zeros(texts, dtype=bool)
    open_to = group_of >= 0
    for place in range(count):
        left = np.flatnonzero(open_to)
        order = left[np.lexsort((-strength[left], near[left], group_of[left]))]
        groups, first = np.unique(group_of[order], return_index=True)
        chosen = order[first]
        found[groups, place] = chosen
        open_to[chosen] = False
        is_chosen = np.zeros(texts, dtype=bool)
        is_chosen[chosen] = True
        for one, other in ((source, target), (target, source)):
            beside = is_chosen[one]
            near[other[beside]] = True
            open_to[other[beside & (score >= COPY)]] = False
    return found


def _edges(neighbours: Array, scores: Array, group_of: Array) -> tuple[Array, Array, Array]:
    """All edges within groups: (edges,) source, target, score."""
    source = np.repeat(np.arange(len(neighbours)), neighbours.shape[1])
    target, score = neighbours.ravel().astype(np.int64), scores.ravel()
    inside = (target >= 0) & (group_of[source] >= 0) & (group_of[source] == group_of[target])
    return source[inside], target[inside], score[inside]
