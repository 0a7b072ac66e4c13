"""Measures of clusterings: how far the groups that were found agree with those of the labels.

For every measure larger is better and 1 is perfect. All lie in [0, 1], except the adjusted Rand
index, which can be negative.
"""

import numpy as np

from recommender._typing import Array
from recommender.evaluation.bootstrap import (
    RESAMPLES,
    Intervals,
    cluster_bootstrap,
    percentile_ends,
)

__all__ = [
    "B_CUBED",
    "PARTITION",
    "b_cubed",
    "b_cubed_intervals",
    "partition",
    "partition_intervals",
]

B_CUBED = ("F1", "precision", "recall")
PARTITION = ("V-measure", "homogeneity", "completeness", "adjusted Rand")
SEED = 0


def b_cubed(predicted: Array, true: Array) -> Array:
    """B-cubed F1, precision and recall (Bagga and Baldwin 1998; Amigó et al. 2009, section 4).

    The precision of an article is the share of articles in its predicted group that have its label,
    itself included. Its recall is the share of articles with its label that are in its predicted
    group. Both are averaged over all articles; F1 is the harmonic mean of the two averages.

    Args:
        predicted: The number of each article's group, (articles,) int.
        true: The number of each article's label, (articles,) int.

    Returns:
        The measures in the order of `B_CUBED`, (3,) float64.

    Raises:
        ValueError: There are no articles, or the two arrays differ in length.

    Example:
        >>> b_cubed(np.array([0, 0, 1, 1]), np.array([0, 0, 0, 1])).round(3).tolist()
        [0.706, 0.75, 0.667]
    """
    return _with_f1(_precision_and_recall(predicted, true).mean(axis=0))


def b_cubed_intervals(predicted: Array, true: Array) -> Intervals:
    """`b_cubed` with 95 % bootstrap intervals, found by resampling whole labels.

    Args:
        predicted: The number of each article's group, (articles,) int.
        true: The number of each article's label, (articles,) int.

    Returns:
        The measures in the order of `B_CUBED`, with their intervals.

    Raises:
        ValueError: There are no articles, or the two arrays differ in length.
    """
    return cluster_bootstrap(_precision_and_recall(predicted, true), true, transform=_with_f1)


def partition(predicted: Array, true: Array) -> Array:
    """V-measure, homogeneity, completeness and the adjusted Rand index.

    With H the entropy, homogeneity is 1 - H(true | predicted) / H(true), completeness is
    1 - H(predicted | true) / H(predicted), and the V-measure is their harmonic mean (Rosenberg and
    Hirschberg 2007). The adjusted Rand index counts pairs of articles; 0 is what chance reaches
    (Hubert and Arabie 1985, eq. 5).

    Args:
        predicted: The number of each article's group, (articles,) int.
        true: The number of each article's label, (articles,) int.

    Returns:
        The measures in the order of `PARTITION`, (4,) float64.

    Raises:
        ValueError: There are no articles, or the two arrays differ in length.
    """
    return _of_contingency(*_contingency(predicted, true))


def partition_intervals(predicted: Array, true: Array) -> Intervals:
    """`partition` with 95 % bootstrap intervals, found by resampling single articles.

    A resample can leave cells of few articles empty, which makes groups look purer than they are.
    The resampled measures are therefore shifted so that their mean is the measure itself (the bias
    of the bootstrap: Davison and Hinkley 1997, section 2.1.2).

    Args:
        predicted: The number of each article's group, (articles,) int.
        true: The number of each article's label, (articles,) int.

    Returns:
        The measures in the order of `PARTITION`, with their intervals.

    Raises:
        ValueError: There are no articles, or the two arrays differ in length.
    """
    predicted_of, true_of, counts = _contingency(predicted, true)
    total, rng = counts.sum(), np.random.default_rng(SEED)
    draws = rng.multinomial(total, counts / total, size=RESAMPLES)
    resampled = np.stack([_of_contingency(predicted_of, true_of, drawn) for drawn in draws])
    mean = _of_contingency(predicted_of, true_of, counts)
    low, high = percentile_ends(resampled - resampled.mean(axis=0) + mean)
    # A few extreme resamples can shift all others past the measure itself.
    return Intervals(mean, np.minimum(low, mean), np.clip(high, mean, 1.0))


def _precision_and_recall(predicted: Array, true: Array) -> Array:
    """The B-cubed precision and recall of each article, (articles, 2)."""
    predicted_of, true_of, counts = _contingency(predicted, true)
    sizes = [np.bincount(of, weights=counts)[of] for of in (predicted_of, true_of)]
    shares = counts[:, None] / np.stack(sizes, axis=1)
    pairs = np.stack((predicted, true), axis=1)
    return shares[np.unique(pairs, axis=0, return_inverse=True)[1].ravel()]


def _with_f1(means: Array) -> Array:
    """F1, precision and recall (..., 3) from precision and recall (..., 2)."""
    precision, recall = means[..., 0], means[..., 1]
    f1 = 2 * precision * recall / (precision + recall)
    return np.stack((f1, precision, recall), axis=-1)


def _contingency(predicted: Array, true: Array) -> tuple[Array, Array, Array]:
    """The nonzero cells of the contingency table: their two numbers and how many articles share."""
    if len(predicted) == 0:
        raise ValueError("no article: there is nothing to compare")
    if len(predicted) != len(true):
        raise ValueError(f"{len(predicted)} articles are grouped, {len(true)} are labelled")
    pairs, counts = np.unique(np.stack((predicted, true), axis=1), axis=0, return_counts=True)
    predicted_of, true_of = (np.unique(of, return_inverse=True)[1] for of in pairs.T)
    return predicted_of, true_of, counts


def _of_contingency(predicted_of: Array, true_of: Array, counts: Array) -> Array:
    """The measures of `PARTITION` from the cells of a contingency table."""
    sizes = [np.bincount(of, weights=counts) for of in (predicted_of, true_of)]
    predicted_entropy, true_entropy, joint = (_entropy(groups) for groups in (*sizes, counts))
    mutual = predicted_entropy + true_entropy - joint
    # One group of all articles has no entropy; it agrees where the other side has none either.
    homogeneity = mutual / true_entropy if true_entropy > 0 else 1.0
    completeness = mutual / predicted_entropy if predicted_entropy > 0 else 1.0
    both = homogeneity + completeness
    v_measure = 2 * homogeneity * completeness / both if both > 0 else 0.0
    return np.array([v_measure, homogeneity, completeness, _adjusted_rand(counts, *sizes)])


def _adjusted_rand(counts: Array, predicted_sizes: Array, true_sizes: Array) -> float:
    """The adjusted Rand index from the sizes of cells, of groups and of labels."""
    together, in_predicted, in_true, pairs = (
        float((sizes * (sizes - 1.0)).sum() / 2)
        for sizes in (counts, predicted_sizes, true_sizes, counts.sum())
    )
    expected = in_predicted * in_true / pairs if pairs else 0.0
    best = (in_predicted + in_true) / 2
    return (together - expected) / (best - expected) if best > expected else 1.0


def _entropy(sizes: Array) -> float:
    """The entropy in nats of a partition with groups of these sizes."""
    share = sizes[sizes > 0] / sizes.sum()
    return float(-(share * np.log(share)).sum())
