"""The communities that are topics of one level: found by modularity, then refined by kNN votes."""

import numpy as np

from recommender._typing import Array
from recommender.graph.leiden import initial_membership, leiden, leiden_ensemble
from recommender.graph.measures import modularity
from recommender.graph.merge_small import merge_small_communities
from recommender.groups.label_propagation import EDGE_WEIGHT_POWER, knn_labels, propagate_labels

__all__ = ["ENSEMBLE_SEARCHES", "RESOLUTION_FACTOR", "topic_communities"]

# A topic of fewer texts would be a story; it is merged into the topic it is linked to most.
MIN_TEXTS = 5
# A new article gets the topic that its nearest neighbours vote for, while communities also count
# the edges from other texts to it. To make both agree, each text moves to the topic that its
# `VOTERS` nearest vote for, in rounds until the share `STABLE_SHARE` of all texts stays. One round
# is mostly enough, and each round blurs topics a little.
VOTERS = 30
STABLE_SHARE = 0.991
MAX_ROUNDS = 10
# Each seed finds a different one of many nearly equal partitions. An ensemble of five searches is
# far more stable than one search. For a large graph, where each takes long, there are fewer.
ENSEMBLE_SEARCHES = 5
TEXTS_SEARCHED = 100_000
RESOLUTION_FACTOR = 2.0  # from one level to the next, and to more topics
MAX_RESOLUTION = 1e6
# The modularity that new communities must gain over last night's to replace them. Last night's
# broad topics still go through one round of votes, so that 99 % of texts are where a new article
# would be placed. Finer ones do not, because votes wear small topics away: with them 97 % instead
# of 99 % would keep their id.
MIN_GAIN = 0.01


def topic_communities(
    neighbours: Array,
    scores: Array,
    resolution: float,
    seed: int,
    searches: int,
    previous: Array | None,
    *,
    count: int | None = None,
    vote_on_previous: bool = True,
) -> Array:
    """The communities of texts that are topics of one level.

    Args:
        neighbours: (texts, k) int32, -1 for none.
        scores: (texts, k) float32, the scores of the neighbours.
        resolution: Of modularity; larger values give more topics.
        seed: Equal seeds give equal communities.
        searches: The number of searches of the ensemble; 1 for a single search.
        previous: (texts,) int, last night's topics, -1 for new texts; None if there were none. They
            are kept, with new texts added by vote, unless a search gains `MIN_GAIN` modularity.
        count: The number of topics to reach, or None for any number.
        vote_on_previous: Whether texts of last night's topics move to where their neighbours vote.

    Returns:
        (texts,) int32, numbered from 0.
    """
    weights = (scores**EDGE_WEIGHT_POWER).astype(np.float32)
    initial = _extended(neighbours, scores, previous)
    found = _searched(neighbours, weights, resolution, seed, searches, initial)
    if count is not None:
        found, resolution = _at_least(count, found, neighbours, weights, resolution, seed)
    found = merge_small_communities(neighbours, weights, found, resolution, MIN_TEXTS, count)
    # Votes can leave a community too small, so small ones are merged again. The few texts that this
    # moves are then not in the topic that their neighbours vote for.
    found = _settled(neighbours, scores, found)
    found = merge_small_communities(neighbours, weights, found, resolution, MIN_TEXTS, count)
    if initial is None:
        return found
    kept = _majority_vote(neighbours, scores, initial) if vote_on_previous else initial
    kept = merge_small_communities(neighbours, weights, kept, resolution, MIN_TEXTS, count)
    gain = modularity(neighbours, weights, found, resolution)
    gain -= modularity(neighbours, weights, kept, resolution)
    return found if gain > MIN_GAIN else kept


def _searched(
    neighbours: Array,
    weights: Array,
    resolution: float,
    seed: int,
    searches: int,
    initial: Array | None,
) -> Array:
    """The communities of an ensemble, or of one search that starts from `initial` ones."""
    if initial is None and searches > 1:
        return leiden_ensemble(neighbours, weights, resolution, seed, searches)
    return leiden(neighbours, weights, resolution, seed, "modularity", initial=initial)


def _at_least(
    count: int, found: Array, neighbours: Array, weights: Array, resolution: float, seed: int
) -> tuple[Array, float]:
    """The communities `found`, or at least `count` by a finer resolution; and the resolution."""
    while found.max(initial=-1) + 1 < min(count, len(found)):
        resolution *= RESOLUTION_FACTOR
        if resolution > MAX_RESOLUTION:  # a text without edges to others cannot be split further
            break
        found = leiden(neighbours, weights, resolution, seed, "modularity")
    return found, resolution


def _extended(neighbours: Array, scores: Array, previous: Array | None) -> Array | None:
    """The `previous` communities with new texts added by vote or alone; None if there are none."""
    if previous is None or not (previous >= 0).any():
        return None
    return initial_membership(propagate_labels(neighbours, scores, previous))


def _majority_vote(neighbours: Array, scores: Array, communities: Array) -> Array:
    """The community that each text's nearest neighbours vote for; its own without a vote."""
    voters = neighbours[:, :VOTERS]
    winners = knn_labels(np.where(voters < 0, -1, communities[voters]), scores[:, :VOTERS])
    return np.where(winners < 0, communities, winners)


def _settled(neighbours: Array, scores: Array, communities: Array) -> Array:
    """The communities after rounds of majority votes, until most texts stay where they are."""
    for number in range(MAX_ROUNDS if len(communities) else 0):
        winners = _majority_vote(neighbours, scores, communities)
        stable = float((winners == communities).mean())
        if number > 0 and stable >= STABLE_SHARE:
            break
        communities = winners
    return communities
