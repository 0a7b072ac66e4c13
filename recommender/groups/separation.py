"""Separation: whether the groups of a corpus stand apart, by what is near their texts."""

import math

import numpy as np

from recommender._typing import Array

__all__ = ["cut_ratio"]


def cut_ratio(neighbours: Array, scores: Array, groups: Array, ends: int) -> float:
    """How much of what is near the texts leaves their `groups`, beside how much scores fall.

    `neighbours` (texts, k) int32, -1 for none, best first, with their `scores`, 0 for none;
    `groups` (texts,) int32. The share of what edges weigh, squared scores, that leaves the groups
    (1 less the coverage of Brandes and Erlebach, Network Analysis, 2005), divided by the share by
    which scores fall from the first candidates of a list to the last, so many at both `ends`.

    About 1 where texts pass into each other and groups are cut out of them, in small and in large
    corpora, in short and in long lists. Far less where the groups stand apart. Infinite where no
    scores fall.
    """
    weights = scores.astype(np.float64) ** 2
    leaving = weights[(neighbours < 0) | (groups[neighbours] != groups[:, None])].sum()
    near, far = (
        part.sum(dtype=np.float64) / max(part.shape[1], 1)
        for part in (scores[:, :ends], scores[:, -ends:])
    )
    if not near > far:
        return math.inf
    return float(leaving / weights.sum() * near / (near - far))
