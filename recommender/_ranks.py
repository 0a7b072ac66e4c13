"""Rank the entries of sorted groups."""

import numpy as np

from recommender._typing import Array

__all__ = ["rank_within_groups"]


def rank_within_groups(group: Array) -> Array:
    """The place of each entry among those of its group, in their present order.

    Args:
        group: (n,) integers in ascending order, so that each group's entries stand together.

    Returns:
        (n,) int64, counted from 0 in each group.

    Example:
        >>> rank_within_groups(np.array([3, 3, 3, 5, 8, 8])).tolist()
        [0, 1, 2, 0, 0, 1]
    """
    return np.arange(len(group)) - np.searchsorted(group, group)
