"""The score of two texts: how closely they are related, in [0, 1], larger is better.

    hybrid(i,j) = ½ · cosine of their expanded embeddings + ½ · overlap of their words
    score(i,j)  = hybrid(i,j) · (mean hubness / hubness(j))^0.6, clipped to [0, 1]

An expanded embedding is a text's own plus those of its three nearest texts, each weighted by the
cube of its score (α-query expansion: Radenović, Tolias and Chum 2018, section 4.3). The hubness of
a text is the mean of its five best hybrid scores. A text that is near to everything must be nearer
than others to count, as in cross-domain similarity local scaling (Conneau et al. 2018, equation 2);
here by a factor, and without the term of the query text, which would not change the order. The
factor lies between 0.85 and 1.3: without these limits it raises texts that are near to nothing and
lowers those of an article's own large story. docs/quality.md measures what each part adds.
"""

from typing import NamedTuple

import numpy as np

from recommender._typing import Array

__all__ = [
    "SCORE_PARAMS",
    "ScoreParams",
    "correct_hubness",
    "expand_embeddings",
    "hubness",
    "hybrid_score",
]


class ScoreParams(NamedTuple):
    """The numbers of the score. The defaults are the product's; others are for experiments.

    Attributes:
        word_share: The share of word overlap in a hybrid score, in [0, 1].
        expansion_size: The number of neighbours that expand an embedding.
        expansion_power: The power of their scores that weights them.
        hubness_depth: The number of best scores whose mean is the hubness.
        hubness_strength: The power of the factor that corrects for hubness.
        min_factor: The smallest such factor.
        max_factor: The greatest such factor.
    """

    word_share: float = 0.5
    expansion_size: int = 3
    expansion_power: float = 3.0
    hubness_depth: int = 5
    hubness_strength: float = 0.6
    min_factor: float = 0.85
    max_factor: float = 1.3


SCORE_PARAMS = ScoreParams()


def hybrid_score(cosine: Array, overlap: Array, params: ScoreParams = SCORE_PARAMS) -> Array:
    """The weighted mean of cosine similarity and word overlap.

    Args:
        cosine: Cosine similarities, of any shape.
        overlap: Word overlaps in [0, 1], of the same shape.
        params: The numbers of the score.

    Returns:
        Hybrid scores, of the same shape.
    """
    return (1.0 - params.word_share) * cosine + params.word_share * overlap


def expand_embeddings(
    own: Array, nearest: Array, scores: Array, params: ScoreParams = SCORE_PARAMS
) -> Array:
    """Move embeddings towards those of their nearest texts.

    Args:
        own: (texts, dimension) float32, embeddings of unit length.
        nearest: (texts, n, dimension) float32, the embeddings of each text's nearest.
        scores: (texts, n) float32, their hybrid scores, 0 where there are fewer.
        params: The numbers of the score.

    Returns:
        (texts, dimension) float32, of unit length.
    """
    weights = np.clip(scores, 0.0, 1.0) ** np.float32(params.expansion_power)
    sums = own + np.einsum("ik,ikd->id", weights, nearest, dtype=np.float32)
    expanded: Array = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return expanded


def hubness(hybrids: Array, params: ScoreParams = SCORE_PARAMS) -> Array:
    """The hubness of each text: the mean of its best hybrid scores.

    Args:
        hybrids: (texts, k) float32, hybrid scores, best first; missing and negative ones count as
            0.
        params: The numbers of the score.

    Returns:
        (texts,) float32.
    """
    best = np.maximum(hybrids[:, : params.hubness_depth], 0.0)
    mean: Array = best.sum(axis=1, dtype=np.float32) / np.float32(params.hubness_depth)
    return mean


def correct_hubness(
    hybrids: Array,
    candidates_hubness: Array,
    mean_hubness: float,
    params: ScoreParams = SCORE_PARAMS,
) -> Array:
    """The scores of candidates: their hybrid scores corrected for hubness.

    Args:
        hybrids: Hybrid scores, of any shape.
        candidates_hubness: The hubness of each candidate, of the same shape.
        mean_hubness: The mean hubness of all texts.
        params: The numbers of the score.

    Returns:
        Scores in [0, 1], of the same shape.
    """
    positive = np.maximum(candidates_hubness, 1e-6)  # a text near to nothing has the maximal factor
    factor = (mean_hubness / positive) ** params.hubness_strength
    factor = np.clip(factor, params.min_factor, params.max_factor)
    return np.clip(hybrids * factor, 0.0, 1.0)
