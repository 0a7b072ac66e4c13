"""The tree of topics: which topic of a level a text belongs to."""

from collections.abc import Sequence

import numpy as np

from recommender._typing import Array
from recommender.types.groups import Topic

__all__ = ["at_level", "tree_of"]


def at_level(finest_of: Array, parents: Array, levels: Array, level: int) -> Array:
    """The topic of every text at one level.

    Args:
        finest_of: The finest topic of each text, (texts,) int32, -1 for none.
        parents: The parent of each topic, (topics,) int32, -1 on level 1. Topics are in the order
            of their levels.
        levels: The level of each topic, from 1, (topics,) int32.
        level: The wanted level.

    Returns:
        (texts,) int32, numbered from 0 within the level; -1 if a text has no topic of that level.
    """
    topic_of = finest_of
    level_of = np.append(levels, 0)  # the topic -1 reads the last place
    parent_of = np.append(parents, -1)
    while (too_fine := level_of[topic_of] > level).any():
        topic_of = np.where(too_fine, parent_of[topic_of], topic_of)
    first = np.searchsorted(levels, level)
    return np.where(level_of[topic_of] == level, topic_of - first, -1).astype(np.int32)


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
