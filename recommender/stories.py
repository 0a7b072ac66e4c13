"""Stories: the articles of one event, as tight communities of the neighbour graph."""

from typing import NamedTuple

import numpy as np

from recommender.arrays import Array
from recommender.closeness import Closeness
from recommender.communities import begun, leiden, numbered_by_size
from recommender.crowding import crowding

__all__ = [
    "RECIPE",
    "Recipe",
    "Stories",
    "Thresholds",
    "by_time",
    "detect_stories",
    "story_thresholds",
]

SHORT_WORDS = 15  # a text of so many words counts as half short
LEAST_THRESHOLD = 0.05
LEAST_FOR_UNLISTED = 0.02  # of the threshold
# The days of two texts are a signal and no wall: they bring so much at most, or take it away.
MOST_FOR_TIME = 0.1
ITERATIONS = 2


class Stories(NamedTuple):
    """Texts by story. A text that no other tells of is a story of its own.

    `story_of` (texts,) int32: text → story, the story of most articles first. `story_texts`
    (texts,) int32: texts grouped by story; `story_start` (stories + 1,) int64: its slices.
    """

    story_of: Array
    story_texts: Array
    story_start: Array


class Recipe(NamedTuple):
    """The numbers of the thresholds; the defaults are the product's, others are for experiments.

    Two texts must score `threshold` to be rather of one story than not. More where much is near to
    a text for no reason of its own: `per_background` of what its `last` candidates score. Less
    where texts are headlines, which share few words: up to `less_for_short`.

    Where the last candidates score more than `most_of_first` of what the `first` ones score, or
    than `most_background`, the list seems to end amid a large story. The background is then no more
    than that, and what is not in the list is no stranger: for each that the last ones score beyond
    it, an unlisted pair costs `less_for_unlisted` less.
    """

    threshold: float = 0.34
    per_background: float = 0.6
    less_for_short: float = 0.1
    most_of_first: float = 0.7
    most_background: float = 0.35
    less_for_unlisted: float = 6.0
    first: int = 5  # one alone would tell of chance
    last: int = 10


# Chosen together on sets of stories of 2 to 23 articles, whole texts and headlines, and on the same
# with lists too short for them: docs/quality.md, docs/decisions/0017-stories-beyond-a-list.md.
RECIPE = Recipe()


class Thresholds(NamedTuple):
    """What texts ask to be of one story: of two texts the geometric mean of theirs.

    `listed` (texts,) float64 is asked of a score. `unlisted` (texts,) float64, at most as much, is
    what a story lacks for a pair that neither text has among its candidates.
    """

    listed: Array
    unlisted: Array


def story_thresholds(
    neighbours: Array,
    scores: Array,
    words: Array,
    closeness: Closeness | None = None,
    recipe: Recipe = RECIPE,
) -> Thresholds:
    """What each text asks of the others of its story.

    `neighbours` and `scores` (texts, candidates) are those of the graph of all candidates, best
    first, -1 and 0 where there are fewer; `words` (texts,) the number of words. To judge a
    neighbour by what else is near is local scaling (Zelnik-Manor and Perona, NIPS 2004). The last
    candidates are no background as far as they are of the text's own story: by their `closeness`,
    where they are of its own days, more than chance has it; without dates as their lists tell.
    """
    first, last = _mean(scores[:, : recipe.first]), _mean(scores[:, -recipe.last :])
    most = np.minimum(recipe.most_of_first * first, recipe.most_background)
    background = np.minimum(last, most)
    background *= 1.0 - _crowded(neighbours, scores, closeness, recipe)
    short = SHORT_WORDS / (SHORT_WORDS + words)
    listed = recipe.threshold + recipe.per_background * background - recipe.less_for_short * short
    listed = np.maximum(listed, LEAST_THRESHOLD)
    unlisted = listed - recipe.less_for_unlisted * (last - background)
    return Thresholds(listed, np.maximum(unlisted, LEAST_FOR_UNLISTED * listed))


def _crowded(
    neighbours: Array, scores: Array, closeness: Closeness | None, recipe: Recipe
) -> Array:
    """How far the last candidates are of the text's own story, (texts,): by days, else by lists."""
    if closeness is None:
        return crowding(neighbours, scores, recipe.first, recipe.last)
    days = closeness.crowding(recipe.last)
    undated = np.isnan(closeness.chance)
    if undated.any():
        days[undated] = crowding(neighbours, scores, recipe.first, recipe.last)[undated]
    return days


def _mean(scores: Array) -> Array:
    """The mean of each row, (texts,) float64, 0 of none."""
    mean: Array = scores.sum(axis=1, dtype=np.float64) / max(scores.shape[1], 1)
    return mean


def by_time(scores: Array, closeness: Closeness) -> Array:
    """`scores` (texts, k) float32, more where two texts are nearer in time than by chance.

    And less where they are farther apart. A pair of which one has no date stays as it is.
    """
    told: Array = np.maximum(scores + MOST_FOR_TIME * closeness.beyond_chance, 0.0)
    return np.where(scores > 0, told, 0.0).astype(np.float32)


def detect_stories(
    neighbours: Array,
    scores: Array,
    thresholds: Thresholds,
    seed: int,
    articles: Array | None = None,
    *,
    former: Array | None = None,
) -> Stories:
    """Group the texts of the graph (texts, k) into stories.

    A story is a community whose pairs score what its texts ask or more on the whole: Leiden on the
    constant Potts model, where each listed pair brings its score beyond the threshold of the two
    and each other pair costs what they ask of unlisted ones. So one default serves stories of 2
    and of 200. `articles` (texts,) says how many articles have each text; without it each counts
    once. `former` (texts,) are last night's stories by number, -1 for new texts: the search begins
    with them, so that of nearly equal answers, of which news has many, the old one stays.
    """
    listed, weights = (np.sqrt(asked).astype(np.float32) for asked in thresholds)
    other = np.where(neighbours < 0, 0, neighbours)
    # The model takes the cost of unlisted pairs from every pair; listed ones get it back.
    beyond = scores - listed[:, None] * listed[other] + weights[:, None] * weights[other]
    beyond = np.maximum(beyond, 0.0)
    groups = leiden(
        neighbours,
        beyond,
        1.0,
        seed,
        "CPM",
        iterations=ITERATIONS,
        weights=weights,
        initial=None if former is None else begun(former),
    )
    story_of = numbered_by_size(groups, articles)
    order = np.argsort(story_of, kind="stable").astype(np.int32)
    start = np.concatenate(([0], np.cumsum(np.bincount(story_of)))).astype(np.int64)
    return Stories(story_of, order, start)
