"""What two texts must score to belong to one story: a threshold for each text."""

import math
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.groups.stories import Thresholds, story_communities
from recommender.scoring.time_proximity import TimeProximity

__all__ = ["STORY_PARAMS", "StoryParams", "cut_ratio", "story_cut_ratio", "story_thresholds"]

SHORT_WORDS = 15  # a text of this many words gets half of the discount for short texts
MIN_THRESHOLD = 0.05
MIN_UNLISTED_SHARE = 0.02  # of the threshold of a listed pair
# A cut ratio is computed from this many candidates, which show as much as all of them. It compares
# the scores of this many at each end of a list.
CUT_CANDIDATES, CUT_ENDS = 20, 5
# The cut ratios up to which stories certainly stand apart, and from which they certainly do not;
# see docs/decisions/0022-stories-that-stand-apart.md.
LARGE_CUT = 0.6, 0.8
SMALL_CUT = 0.7, 1.1


class StoryParams(NamedTuple):
    """The numbers of the thresholds. The defaults are the product's; others are for experiments.

    The *background* of a text is what its last candidates score, up to a limit. These are unrelated
    texts that are near for general reasons. If they score more than the limit, the list of
    candidates seems to end within a large story, so texts beyond the list may belong to it, too.

    Attributes:
        threshold: What two long texts without background must score.
        background_weight: How much of the background the threshold rises by.
        short_text_discount: How far the threshold is lower for very short texts such as headlines,
            which share few words.
        max_share_of_first: The limit of the background, as a share of what the first candidates
            score.
        max_background: The limit of the background, as a score.
        unlisted_discount: How much less an unlisted pair costs for each unit by which the last
            candidates score more than the background.
        large_story_discount: How far the threshold is lower in a corpus of large stories, in which
            nothing is background.
        first_count: The number of first candidates that are averaged; a single one would depend on
            chance.
        last_count: The number of last candidates that are averaged.
    """

    threshold: float = 0.34
    background_weight: float = 0.6
    short_text_discount: float = 0.1
    max_share_of_first: float = 0.7
    max_background: float = 0.35
    unlisted_discount: float = 6.0
    large_story_discount: float = 0.03
    first_count: int = 5
    last_count: int = 10


# Chosen together on sets of stories of 2 to 23 articles, whole texts and headlines, and on the same
# with lists too short for them: docs/quality.md, docs/decisions/0017-stories-beyond-a-list.md.
STORY_PARAMS = StoryParams()


def story_thresholds(
    neighbours: Array,
    scores: Array,
    words: Array,
    seed: int,
    time_proximity: TimeProximity | None = None,
    params: StoryParams = STORY_PARAMS,
) -> Thresholds:
    """The thresholds of each text.

    Judging a neighbour by the other texts that are near is local scaling (Zelnik-Manor and Perona
    2004). But these others may belong to the same story. Two signs of this lower the background:
    the last candidates are nearer in time than by chance, or the corpus consists of large stories.
    The latter is found by two quick searches for stories, with all of the background and with none.

    Args:
        neighbours: (texts, candidates) int32, all candidates, best first, -1 for none.
        scores: (texts, candidates) float32, their scores, 0 for none.
        words: (texts,) int, the number of words of each text.
        seed: The seed of the two quick searches.
        time_proximity: The time proximity in the same graph; None if no dates are known.
        params: The numbers of the thresholds.

    Returns:
        The thresholds for listed and for unlisted pairs.
    """
    shortness = SHORT_WORDS / (SHORT_WORDS + words)
    base = np.maximum(params.threshold - params.short_text_discount * shortness, MIN_THRESHOLD)
    first = _row_means(scores[:, : params.first_count])
    last = _row_means(scores[:, -params.last_count :])
    limit = np.minimum(params.max_share_of_first * first, params.max_background)
    background = np.minimum(last, limit)
    small, large = (_thresholds(base, last, share * background, params) for share in (1.0, 0.0))
    certainty = _certainty_of_large_stories(neighbours, scores, small, large, seed)
    crowding: Array | float = certainty
    if time_proximity is not None:
        crowding = np.maximum(time_proximity.crowding(params.last_count), certainty)
    base = base - certainty * params.large_story_discount
    return _thresholds(base, last, (1.0 - crowding) * background, params)


def _thresholds(base: Array, last: Array, background: Array, params: StoryParams) -> Thresholds:
    """The thresholds for a given `background`; `last` is the mean score of the last candidates."""
    listed = base + params.background_weight * background
    unlisted = listed - params.unlisted_discount * (last - background)
    return Thresholds(listed, np.maximum(unlisted, MIN_UNLISTED_SHARE * listed))


def _row_means(scores: Array) -> Array:
    """The mean of each row, (texts,) float64, 0 for a row without columns."""
    mean: Array = scores.sum(axis=1, dtype=np.float64) / max(scores.shape[1], 1)
    return mean


def _certainty_of_large_stories(
    neighbours: Array, scores: Array, small: Thresholds, large: Thresholds, seed: int
) -> float:
    """How certain it is that the corpus consists of large stories, in [0, 1].

    It does if the stories by the thresholds `large` stand apart from each other and those by
    `small`, which are pieces of them, do not.
    """
    certainty = _apart(story_cut_ratio(neighbours, scores, large, seed), *LARGE_CUT)
    if not certainty:
        return 0.0
    return certainty * (1.0 - _apart(story_cut_ratio(neighbours, scores, small, seed), *SMALL_CUT))


def _apart(ratio: float, low: float, high: float) -> float:
    """1 for a cut ratio up to `low`, 0 from `high` on, linear between."""
    return min(max((high - ratio) / (high - low), 0.0), 1.0)


def story_cut_ratio(neighbours: Array, scores: Array, thresholds: Thresholds, seed: int) -> float:
    """The cut ratio of the stories that a quick search finds by some thresholds.

    Args:
        neighbours: (texts, candidates) int32, all candidates, best first, -1 for none.
        scores: (texts, candidates) float32, their scores.
        thresholds: The thresholds of each text.
        seed: The seed of the search.

    Returns:
        See `cut_ratio`.
    """
    neighbours, scores = neighbours[:, :CUT_CANDIDATES], scores[:, :CUT_CANDIDATES]
    stories = story_communities(neighbours, scores, thresholds, seed)
    return cut_ratio(neighbours, scores, stories, CUT_ENDS)


def cut_ratio(neighbours: Array, scores: Array, groups: Array, ends: int) -> float:
    """How much edge weight the groups cut, relative to how far scores fall along the lists.

    The numerator is the share of edge weight (squared scores) that lies between groups: 1 less the
    coverage of Brandes and Erlebach (Network Analysis, 2005). The denominator is the share by which
    scores fall from the first candidates of a list to the last. Dividing by it makes the ratio
    comparable between corpora and lists of any size.

    Args:
        neighbours: (texts, k) int32, best first, -1 for none.
        scores: (texts, k) float32, their scores, 0 for none.
        groups: (texts,) int32, the group of each text.
        ends: The number of candidates at each end of a list whose scores are compared.

    Returns:
        About 1 if groups are cut out of texts that pass into each other; far less if groups stand
        apart; infinity if scores do not fall.
    """
    weights = scores.astype(np.float64) ** 2
    cut = weights[(neighbours < 0) | (groups[neighbours] != groups[:, None])].sum()
    first, last = (
        part.sum(dtype=np.float64) / max(part.shape[1], 1)
        for part in (scores[:, :ends], scores[:, -ends:])
    )
    if not first > last:
        return math.inf
    return float(cut / weights.sum() * first / (first - last))
