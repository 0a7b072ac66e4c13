"""The tree of topics: which topic of a level a text is of."""

from collections.abc import Sequence

import numpy as np

from recommender._typing import Array
from recommender.types import Topic

__all__ = ["at_level", "tree_of"]


def at_level(finest_of: Array, parents: Array, levels: Array, level: int) -> Array:
    """The topic of every text at one level.

    Args:
        finest_of: The finest topic of each text, (texts,) int32, -1 for none.
        parents: The parent of each topic, (topics,) int32, -1 on level 1. Topics are in the order
            of their levels.
        levels: The level of each topic, from 1, (topics,) int32.
        level: The level that is asked for.

    Returns:
        (texts,) int32, numbered from 0 within the level; -1 where a text has no topic so fine.
    """
    of = finest_of
    level_of = np.append(levels, 0)  # the last place is where -1 looks
    parent_of = np.append(parents, -1)
    while (level_of[of] > level).any():
        of = np.where(level_of[of] > level, parent_of[of], of)
    first = np.searchsorted(levels, level)
    return np.where(level_of[of] == level, of - first, -1).astype(np.int32)


def tree_of(topics: Sequence[Topic]) -> tuple[Array, Array]:
    """The tree of topics as arrays.

    Args:
        topics: The topics of all levels, level by level.

    Returns:
        `parents` and `levels`, each (topics,) int32, as `at_level` takes them.
    """
    place = {topic.id: number for number, topic in enumerate(topics)}
    parents = [-1 if topic.parent is None else place[topic.parent] for topic in topics]
    levels = [topic.level for topic in topics]
    return np.array(parents, dtype=np.int32), np.array(levels, dtype=np.int32)
