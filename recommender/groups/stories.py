"""Stories: the articles of one event, as tight communities of the neighbour graph."""

from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.graph.leiden import initial_membership, leiden
from recommender.graph.measures import number_by_size
from recommender.scoring.time_proximity import TimeProximity

__all__ = ["Stories", "Thresholds", "detect_stories", "story_communities", "time_adjusted_scores"]

# The most that dates add to a score or take from it. Dates are a signal, not a condition.
MAX_TIME_ADJUSTMENT = 0.1
# More iterations gain quality by the model but no agreement with labels.
ITERATIONS = 1


class Stories(NamedTuple):
    """Texts by story. A text that is alone on its event is a story of its own.

    Attributes:
        story_of: (texts,) int32, the story of each text; stories are numbered by their articles,
            the largest first.
        story_texts: (texts,) int32, the texts sorted by story.
        story_start: (stories + 1,) int64, where each story's texts start in `story_texts`.
    """

    story_of: Array
    story_texts: Array
    story_start: Array


class Thresholds(NamedTuple):
    """What two texts must score to belong to one story: the geometric mean of their thresholds.

    Attributes:
        listed: (texts,) float64, the threshold of a pair in which one text lists the other. A pair
            that scores more speaks for one story, a pair that scores less against it.
        unlisted: (texts,) float64, at most `listed`: what a pair counts against one story if
            neither text lists the other.
    """

    listed: Array
    unlisted: Array

    def of_pairs(self, neighbours: Array) -> Array:
        """What each text and its neighbours must score.

        Args:
            neighbours: (texts, k) int32, -1 for none.

        Returns:
            (texts, k) float32, the geometric means of the thresholds for listed pairs.
        """
        # A geometric mean is the product of two square roots.
        return _pair_products(neighbours, np.sqrt(self.listed).astype(np.float32))


def time_adjusted_scores(scores: Array, time_proximity: TimeProximity) -> Array:
    """Raise the scores of texts nearer in time than expected, and lower those farther apart.

    Args:
        scores: (texts, k) float32, the scores of the graph.
        time_proximity: The time proximity in the same graph. A pair without a date keeps its score.

    Returns:
        (texts, k) float32, at least 0; a score of 0 stays 0.
    """
    change = MAX_TIME_ADJUSTMENT * time_proximity.chance_corrected
    adjusted: Array = np.maximum(scores + change, 0.0)
    return np.where(scores > 0, adjusted, 0.0).astype(np.float32)


def detect_stories(
    neighbours: Array,
    scores: Array,
    thresholds: Thresholds,
    seed: int,
    articles: Array | None = None,
    *,
    previous: Array | None = None,
) -> Stories:
    """Group the texts of a graph into stories.

    A story is a community of the constant Potts model, found by the Leiden algorithm: the search
    maximises a sum over all pairs of texts in one story. A listed pair adds its score less its
    threshold, an unlisted pair subtracts its own threshold. One default fits stories of 2 articles
    and of 200, because a pair counts the same in each.

    Args:
        neighbours: (texts, k) int32, -1 for none.
        scores: (texts, k) float32, the scores of the neighbours.
        thresholds: The thresholds of each text; see `story_thresholds`.
        seed: Equal seeds give equal stories.
        articles: (texts,) int, how many articles have each text; 1 by default.
        previous: (texts,) int, last night's story of each text, -1 for new texts. The search starts
            from these stories, because many partitions are nearly equally good.

    Returns:
        The stories, the one of most articles first.
    """
    initial = None if previous is None else initial_membership(previous)
    communities = story_communities(neighbours, scores, thresholds, seed, initial)
    story_of = number_by_size(communities, articles)
    order = np.argsort(story_of, kind="stable").astype(np.int32)
    start = np.concatenate(([0], np.cumsum(np.bincount(story_of)))).astype(np.int64)
    return Stories(story_of, order, start)


def story_communities(
    neighbours: Array,
    scores: Array,
    thresholds: Thresholds,
    seed: int,
    initial: Array | None = None,
) -> Array:
    """The communities that are stories, by one search.

    Args:
        neighbours: (texts, k) int32, -1 for none.
        scores: (texts, k) float32, the scores of the neighbours.
        thresholds: The thresholds of each text.
        seed: Equal seeds give equal communities.
        initial: (texts,) int, the communities that the search starts from, numbered from 0.

    Returns:
        (texts,) int32, numbered from 0.
    """
    unlisted = np.sqrt(thresholds.unlisted).astype(np.float32)
    # The model subtracts the threshold of unlisted pairs for every pair. The weight of a listed
    # pair's edge makes up for it.
    weights = scores - thresholds.of_pairs(neighbours)
    weights += _pair_products(neighbours, unlisted)
    np.maximum(weights, 0.0, out=weights)
    return leiden(
        neighbours,
        weights,
        1.0,
        seed,
        "CPM",
        iterations=ITERATIONS,
        node_weights=unlisted,
        initial=initial,
    )


def _pair_products(neighbours: Array, values: Array) -> Array:
    """The product of the `values` (texts,) of each text and its neighbour, (texts, k)."""
    return values[:, None] * values[np.where(neighbours < 0, 0, neighbours)]
