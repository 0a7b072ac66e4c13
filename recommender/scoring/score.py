"""The score of two texts: how closely they are related, in [0, 1], larger is better.

    hybrid(i,j) = ½ · cosine of their expanded embeddings + ½ · overlap of their words
    score(i,j)  = hybrid(i,j) · (mean hubness / hubness(j))^0.6, cut to [0, 1]

An expanded embedding is a text's own plus those of its three nearest, each weighted by the cube of
its score (α-query expansion: Radenović, Tolias & Chum 2018, §4.3). Hubness of a text is the mean
of its five best hybrid scores: a text that is near to everything must be nearer than others to
count (as in cross-domain similarity local scaling, Conneau et al. 2018, eq. 2, but as a factor;
its term for the asking text is left out, for it changes no order). The factor lies between 0.85
and 1.3: beyond, it lifts strangers that are near to nothing and sinks an article's own large story.
What each part adds is measured in docs/quality.md.
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
    """The numbers of the score; the defaults are the product's, others are for experiments.

    `words`: share of the word overlap in a hybrid score; `expansion`: neighbours that an embedding
    is expanded by, weighted by their scores to the `power`; `depth`: best scores that hubness is
    the mean of; `strength`: the power of the factor by which it corrects, which lies between
    `least` and `most`.
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
    """Weighted mean of cosine similarity and word overlap, of any one shape."""
    return (1.0 - params.word_share) * cosine + params.word_share * overlap


def expand_embeddings(
    own: Array, nearest: Array, scores: Array, params: ScoreParams = SCORE_PARAMS
) -> Array:
    """Expanded embeddings, (texts, dimension) float32 of unit length.

    `own` (texts, dimension); `nearest` (texts, n, dimension) with their hybrid `scores` (texts,
    n), 0 where there are fewer.
    """
    weights = np.clip(scores, 0.0, 1.0) ** np.float32(params.expansion_power)
    sums = own + np.einsum("ik,ikd->id", weights, nearest, dtype=np.float32)
    expanded: Array = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return expanded


def hubness(hybrids: Array, params: ScoreParams = SCORE_PARAMS) -> Array:
    """Hubness of each text, (texts,) float32, from its hybrid scores (texts, k), best first.

    A missing candidate counts as 0.
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
    """Scores in [0, 1] from hybrid scores and the hubness of the candidates, of one shape."""
    rare = np.maximum(candidates_hubness, 1e-6)  # near to nothing: as much as the factor may be
    factor = np.clip(
        (mean_hubness / rare) ** params.hubness_strength, params.min_factor, params.max_factor
    )
    return np.clip(hybrids * factor, 0.0, 1.0)
