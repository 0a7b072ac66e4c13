"""Representatives: the few texts that show what a group is about."""

import numpy as np

from recommender._typing import Array

__all__ = ["representatives"]

# Two texts with at least this score say the same, and one of them is enough.
NEAR_COPY_SCORE = 0.7


def representatives(neighbours: Array, scores: Array, group_of: Array, count: int = 3) -> Array:
    """The most central texts of each group that are not near-copies of each other.

    A text's centrality is the sum of its squared scores over mutual edges within the group: edges
    that both texts list. So a round-up of the day's news, which is near to many texts that do not
    list it, is not central. Neighbours of a chosen text are chosen only after all other texts, and
    its near-copies never.

    Args:
        neighbours: (texts, k) int32, -1 for none.
        scores: (texts, k) float32, the scores of the neighbours.
        group_of: (texts,) int32, the group of each text, -1 for none.
        count: The most texts to choose for a group.

    Returns:
        (groups, count) int32, most central first, of equals the lower text first; -1 where a group
        has no more texts to choose.
    """
    source, target, score = _edges_within(neighbours, scores, group_of)
    texts = len(group_of)
    mutual = np.isin(source * texts + target, target * texts + source)
    centrality = np.bincount(source[mutual], score[mutual].astype(np.float64) ** 2, texts)
    found = np.full((int(group_of.max(initial=-1)) + 1, count), -1, dtype=np.int32)
    available, near_chosen = group_of >= 0, np.zeros(texts, dtype=bool)
    for column in range(count):
        left = np.flatnonzero(available)
        order = left[np.lexsort((-centrality[left], near_chosen[left], group_of[left]))]
        groups, first = np.unique(group_of[order], return_index=True)
        chosen = order[first]
        found[groups, column] = chosen
        available[chosen] = False
        is_chosen = np.zeros(texts, dtype=bool)
        is_chosen[chosen] = True
        for one, other in ((source, target), (target, source)):
            linked = is_chosen[one]
            near_chosen[other[linked]] = True
            available[other[linked & (score >= NEAR_COPY_SCORE)]] = False
    return found


def _edges_within(neighbours: Array, scores: Array, group_of: Array) -> tuple[Array, Array, Array]:
    """The source, target and score of all edges within groups, (edges,) each."""
    source = np.repeat(np.arange(len(neighbours)), neighbours.shape[1])
    target, score = neighbours.ravel().astype(np.int64), scores.ravel()
    inside = (target >= 0) & (group_of[source] >= 0) & (group_of[source] == group_of[target])
    return source[inside], target[inside], score[inside]
