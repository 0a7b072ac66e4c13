"""Stories: the articles of one event, as tight communities of the neighbour graph."""

from typing import NamedTuple

import numpy as np

from recommender.arrays import Array
from recommender.communities import leiden, numbered_by_size

__all__ = ["Stories", "detect_stories", "less_apart", "story_thresholds"]

# What two texts must score to be rather of one story than not. Where much is near to a text for no
# reason of its own, more; where texts are headlines, which share few words, less. Chosen together
# on sets of stories of 2 to 23 articles, whole texts and headlines: docs/quality.md.
THRESHOLD = 0.34
PER_BACKGROUND = 0.6
LESS_FOR_SHORT = 0.1
SHORT_WORDS = 15  # of so many words, half of it
LEAST_THRESHOLD = 0.05
# Days apart are a signal and no wall: however many, they take so much away, after two weeks half.
LESS_FOR_DAYS = 0.1
HALF_DAYS = 14.0
ITERATIONS = 2

MICROSECONDS_A_DAY = 86_400_000_000


class Stories(NamedTuple):
    """Texts by story. A text that no other tells of is a story of its own.

    `story_of` (texts,) int32: text → story, the story of most articles first. `story_texts`
    (texts,) int32: texts grouped by story; `story_start` (stories + 1,) int64: its slices.
    """

    story_of: Array
    story_texts: Array
    story_start: Array


def story_thresholds(background: Array, words: Array) -> Array:
    """What each text asks of a score to be of its story, (texts,) float64.

    `background` (texts,) is that of `graph.Rescored`, `words` (texts,) the number of words. To
    judge a neighbour by what else is near is local scaling (Zelnik-Manor and Perona, NIPS 2004).
    """
    short = SHORT_WORDS / (SHORT_WORDS + words)
    thresholds: Array = np.maximum(
        THRESHOLD + PER_BACKGROUND * background.astype(np.float64) - LESS_FOR_SHORT * short,
        LEAST_THRESHOLD,
    )
    return thresholds


def less_apart(neighbours: Array, scores: Array, published: Array, no_date: int) -> Array:
    """`scores` (texts, k) float32, less the farther apart in time two texts were published.

    `published` (texts,) int64 is in microseconds; a pair of which one is `no_date` loses nothing.
    """
    other = published[np.where(neighbours < 0, 0, neighbours)]
    dated = (other != no_date) & (published != no_date)[:, None]
    apart = np.abs(np.where(dated, other - published[:, None], 0)) / MICROSECONDS_A_DAY
    less = LESS_FOR_DAYS * (1.0 - np.exp2(-apart / HALF_DAYS))
    later: Array = np.maximum(scores - less, 0.0).astype(np.float32)
    return later


def detect_stories(
    neighbours: Array,
    scores: Array,
    thresholds: Array,
    seed: int,
    articles: Array | None = None,
) -> Stories:
    """Group the texts of the graph (texts, k) into stories.

    A story is a community whose pairs score their thresholds or more on the whole, each pair
    without an edge counting as 0: Leiden on the constant Potts model, where a pair must score the
    geometric mean of its two `thresholds` (texts,), so one default serves stories of 2 and of 200.
    `articles` (texts,) says how many articles have each text; without it each counts once.
    """
    weights = np.sqrt(thresholds)
    groups = leiden(neighbours, scores, 1.0, seed, "CPM", iterations=ITERATIONS, weights=weights)
    story_of = numbered_by_size(groups, articles)
    order = np.argsort(story_of, kind="stable").astype(np.int32)
    start = np.concatenate(([0], np.cumsum(np.bincount(story_of)))).astype(np.int64)
    return Stories(story_of, order, start)
