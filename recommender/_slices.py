"""Gather the members of many slices of an array at once."""

import numpy as np

from recommender._typing import Array

__all__ = ["slice_positions"]


def slice_positions(starts: Array | int, sizes: Array) -> Array:
    """The positions of the members of some slices, one slice after the other.

    Args:
        starts: (n,) integers, where each slice begins; or one number for all of them.
        sizes: (n,) integers, how many members each slice has; 0 is allowed.

    Returns:
        (sum of the sizes,) int64.

    Example:
        >>> slice_positions(np.array([7, 2, 4]), np.array([3, 0, 2])).tolist()
        [7, 8, 9, 4, 5]
    """
    ends = np.cumsum(sizes)
    positions = np.arange(ends[-1] if len(ends) else 0)
    positions += np.repeat(starts - (ends - sizes), sizes)
    return positions
