"""Stories: the articles of one event, as tight communities of the neighbour graph."""

from typing import NamedTuple

import numpy as np

from recommender.arrays import Array
from recommender.communities import leiden, numbered_by_size
from recommender.scoring import SAME_STORY

__all__ = ["Stories", "detect_stories"]

# Edges far below the resolution pull no two texts together, and are most of the graph; with these
# two numbers a graph of 190,000 texts takes seconds instead of minutes, and F1 moves by 0.0005.
LEAST_SCORE = 0.35
ITERATIONS = 2


class Stories(NamedTuple):
    """Texts by story. A text that no other tells of is a story of its own.

    `story_of` (texts,) int32: text → story, the story of most articles first. `story_texts`
    (texts,) int32: texts grouped by story; `story_start` (stories + 1,) int64: its slices.
    """

    story_of: Array
    story_texts: Array
    story_start: Array


def detect_stories(
    neighbours: Array, scores: Array, seed: int, articles: Array | None = None
) -> Stories:
    """Group the texts of the graph (texts, k) into stories.

    A story is a community whose members' mean score is `SAME_STORY` or more, each pair without an
    edge counting as 0: Leiden on the constant Potts model, whose resolution is that very score, so
    one default serves stories of 2 and of 20. `articles` (texts,) says how many articles have each
    text; without it each counts once.
    """
    groups = leiden(neighbours, scores, SAME_STORY, seed, "CPM", LEAST_SCORE, ITERATIONS)
    story_of = numbered_by_size(groups, articles)
    order = np.argsort(story_of, kind="stable").astype(np.int32)
    start = np.concatenate(([0], np.cumsum(np.bincount(story_of)))).astype(np.int64)
    return Stories(story_of, order, start)
