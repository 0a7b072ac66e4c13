"""Stories: the articles of one event, as tight communities of the neighbour graph."""

from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.graph.leiden import initial_membership, leiden
from recommender.graph.measures import number_by_size
from recommender.groups.separation import cut_ratio
from recommender.scoring.time_proximity import TimeProximity

__all__ = [
    "STORY_PARAMS",
    "Stories",
    "StoryParams",
    "Thresholds",
    "detect_stories",
    "story_cut_ratio",
    "story_thresholds",
    "time_adjusted_scores",
]

SHORT_WORDS = 15  # a text of so many words counts as half short
LEAST_THRESHOLD = 0.05
LEAST_FOR_UNLISTED = 0.02  # of the threshold
# The days of two texts are a signal and no wall: they bring so much at most, or take it away.
MOST_FOR_TIME = 0.1
# A search ends after one iteration: more gain by the model and agree no better with labels.
ITERATIONS = 1
# A first look at whether stories stand apart is one on so many candidates, which tell as well as
# all. The leakage of those that surely do and of those that hardly do: see `separation` and
# docs/decisions/0022-stories-that-stand-apart.md.
LOOKED_AT, ENDS = 20, 5
LARGE_CUT = 0.6, 0.8
SMALL_CUT = 0.7, 1.1


class Stories(NamedTuple):
    """Texts by story. A text that no other tells of is a story of its own.

    `story_of` (texts,) int32: text → story, the story of most articles first. `story_texts`
    (texts,) int32: texts grouped by story; `story_start` (stories + 1,) int64: its slices.
    """

    story_of: Array
    story_texts: Array
    story_start: Array


class StoryParams(NamedTuple):
    """The numbers of the thresholds; the defaults are the product's, others are for experiments.

    Two texts must score `threshold` to be rather of one story than not. More where much is near to
    a text for no reason of its own: `background_weight` of what its `last` candidates score. Less
    where texts are headlines, which share few words: up to `short_text_discount`.

    Where the `last_count` last ones score more than `max_share_of_first` of the first ones, or
    than `max_background`, the list seems to end amid a large story. The background is then no more
    than that, and what is not in the list is no stranger: for each that the last ones score beyond
    it, an unlisted pair costs `unlisted_discount` less. In a corpus that is one of large stories
    nothing is background, and they must score `large_story_discount` less.
    """

    threshold: float = 0.34
    background_weight: float = 0.6
    short_text_discount: float = 0.1
    max_share_of_first: float = 0.7
    max_background: float = 0.35
    unlisted_discount: float = 6.0
    large_story_discount: float = 0.03
    first_count: int = 5  # one alone would tell of chance
    last_count: int = 10


# Chosen together on sets of stories of 2 to 23 articles, whole texts and headlines, and on the same
# with lists too short for them: docs/quality.md, docs/decisions/0017-stories-beyond-a-list.md.
STORY_PARAMS = StoryParams()


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
    seed: int,
    time_proximity: TimeProximity | None = None,
    params: StoryParams = STORY_PARAMS,
) -> Thresholds:
    """What each text asks of the others of its story.

    `neighbours` and `scores` (texts, candidates) are those of the graph of all candidates, best
    first, -1 and 0 where there are fewer; `words` (texts,) the number of words. To judge a
    neighbour by what else is near is local scaling (Zelnik-Manor and Perona, NIPS 2004). But what
    else is near may be of the story, too: where by their `closeness` the last candidates are of the
    text's own days, more than chance has it; and in a corpus of large stories, for which it is
    searched, from this `seed`, as if nothing were background.
    """
    short = SHORT_WORDS / (SHORT_WORDS + words)
    least = np.maximum(params.threshold - params.short_text_discount * short, LEAST_THRESHOLD)
    first, last = _mean(scores[:, : params.first_count]), _mean(scores[:, -params.last_count :])
    most = np.minimum(params.max_share_of_first * first, params.max_background)
    background = np.minimum(last, most)
    small, large = (_asked(least, last, share * background, params) for share in (1.0, 0.0))
    surely = _large(neighbours, scores, small, large, seed)
    crowded: Array | float = surely
    if time_proximity is not None:
        crowded = np.maximum(time_proximity.crowding(params.last_count), surely)
    least = least - surely * params.large_story_discount
    return _asked(least, last, (1.0 - crowded) * background, params)


def _asked(least: Array, last: Array, background: Array, params: StoryParams) -> Thresholds:
    """The thresholds where so much of what the `last` candidates score is `background`."""
    listed = least + params.background_weight * background
    unlisted = listed - params.unlisted_discount * (last - background)
    return Thresholds(listed, np.maximum(unlisted, LEAST_FOR_UNLISTED * listed))


def story_cut_ratio(neighbours: Array, scores: Array, thresholds: Thresholds, seed: int) -> float:
    """The leakage of the stories that a first look finds by the `thresholds`; see `separation`."""
    nearest, theirs = neighbours[:, :LOOKED_AT], scores[:, :LOOKED_AT]
    return cut_ratio(nearest, theirs, _search(nearest, theirs, thresholds, seed), ENDS)


def _large(
    neighbours: Array, scores: Array, small: Thresholds, large: Thresholds, seed: int
) -> float:
    """How surely the stories are the `large` ones, not the `small`, in [0, 1].

    It is so where the large ones stand apart and the small ones are pieces of them, which do not.
    """
    surely = _apart(story_cut_ratio(neighbours, scores, large, seed), *LARGE_CUT)
    if not surely:
        return 0.0
    return surely * (1.0 - _apart(story_cut_ratio(neighbours, scores, small, seed), *SMALL_CUT))


def _apart(leaks: float, surely: float, hardly: float) -> float:
    """1 where `surely` or less leaks, 0 where `hardly` or more."""
    return min(max((hardly - leaks) / (hardly - surely), 0.0), 1.0)


def _mean(scores: Array) -> Array:
    """The mean of each row, (texts,) float64, 0 of none."""
    mean: Array = scores.sum(axis=1, dtype=np.float64) / max(scores.shape[1], 1)
    return mean


def time_adjusted_scores(scores: Array, time_proximity: TimeProximity) -> Array:
    """`scores` (texts, k) float32, more where two texts are nearer in time than by chance.

    And less where they are farther apart. A pair of which one has no date stays as it is.
    """
    moved: Array = np.maximum(scores + MOST_FOR_TIME * time_proximity.chance_corrected, 0.0)
    return np.where(scores > 0, moved, 0.0).astype(np.float32)


def detect_stories(
    neighbours: Array,
    scores: Array,
    thresholds: Thresholds,
    seed: int,
    articles: Array | None = None,
    *,
    previous: Array | None = None,
) -> Stories:
    """Group the texts of the graph (texts, k) into stories.

    A story is a community whose pairs score what its texts ask or more on the whole: Leiden on the
    constant Potts model, where each listed pair brings its score beyond the threshold of the two
    and each other pair costs what they ask of unlisted ones. So one default serves stories of 2
    and of 200. `articles` (texts,) says how many articles have each text; without it each counts
    once. `previous` (texts,) are last night's stories by number, -1 for new texts: the search
    begins with them, so that of nearly equal answers, of which news has many, the old one stays.
    """
    begin = None if previous is None else initial_membership(previous)
    groups = _search(neighbours, scores, thresholds, seed, begin)
    story_of = number_by_size(groups, articles)
    order = np.argsort(story_of, kind="stable").astype(np.int32)
    start = np.concatenate(([0], np.cumsum(np.bincount(story_of)))).astype(np.int64)
    return Stories(story_of, order, start)


def _search(
    neighbours: Array,
    scores: Array,
    thresholds: Thresholds,
    seed: int,
    initial: Array | None = None,
) -> Array:
    """The communities, (texts,) int32, that a search finds."""
    listed, weights = (np.sqrt(asked).astype(np.float32) for asked in thresholds)
    # The model takes the cost of unlisted pairs from every pair; listed ones get it back.
    beyond = scores - _of_pairs(neighbours, listed)
    beyond += _of_pairs(neighbours, weights)
    return leiden(
        neighbours,
        np.maximum(beyond, 0.0, out=beyond),
        1.0,
        seed,
        "CPM",
        iterations=ITERATIONS,
        node_weights=weights,
        initial=initial,
    )


def _of_pairs(neighbours: Array, roots: Array) -> Array:
    """What each text and its neighbours ask of a pair, by the `roots` (texts,) of what they ask."""
    return roots[:, None] * roots[np.where(neighbours < 0, 0, neighbours)]
