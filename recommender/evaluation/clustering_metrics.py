"""Measures of groupings: how far found groups agree with those that editors made.

`found` and `right` (articles,) number each article's group. Larger is better, everywhere, and 1 is
perfect; all but the adjusted Rand index lie in [0, 1].

Raises, all of them:
    ValueError: there is no article, or the two are not of one length.
"""

import numpy as np

from recommender._typing import Array
from recommender.evaluation.ranking_metrics import COVERAGE, RESAMPLES, Intervals, intervals

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


def b_cubed(found: Array, right: Array) -> Array:
    """B-cubed F1, precision and recall, (3,) float64 in the order of `B_CUBED`.

    Precision is the mean over all articles of the share of right ones in its found group, itself
    included, recall that of found ones in its right group, F1 their harmonic mean (Bagga and
    Baldwin 1998; Amigó et al. 2009, section 4).
    """
    return _with_f1(_of_each(found, right).mean(axis=0))


def b_cubed_intervals(found: Array, right: Array) -> Intervals:
    """`b_cubed` with its 95 % bootstrap intervals; whole right groups are drawn."""
    return intervals(_of_each(found, right), right, derived=_with_f1)


def partition(found: Array, right: Array) -> Array:
    """V-measure, its two parts, and the adjusted Rand index, (4,) in the order of `PARTITION`.

    With H the entropy, homogeneity is 1 - H(right | found) / H(right), completeness 1 -
    H(found | right) / H(found), the V-measure their harmonic mean (Rosenberg and Hirschberg 2007).
    The adjusted Rand index counts pairs of articles; 0 is what chance reaches (Hubert and Arabie
    1985, eq. 5).
    """
    return _of_cells(*_cells(found, right))


def partition_intervals(found: Array, right: Array, *, seed: int = 0) -> Intervals:
    """`partition` with its 95 % bootstrap intervals; articles are drawn one by one.

    A draw leaves cells empty that hold few articles, which makes groups look purer than they are.
    So the draws are moved to have the figure itself as their mean (bias: Davison and Hinkley 1997,
    section 2.1.2).
    """
    found_of, right_of, counts = _cells(found, right)
    total, rng = counts.sum(), np.random.default_rng(seed)
    draws = rng.multinomial(total, counts / total, size=RESAMPLES)
    figures = np.stack([_of_cells(found_of, right_of, drawn) for drawn in draws])
    mean = _of_cells(found_of, right_of, counts)
    tail = 100 * (1 - COVERAGE) / 2
    ends = np.percentile(figures - figures.mean(axis=0) + mean, (tail, 100 - tail), axis=0)
    low, high = np.minimum(ends, 1.0)
    return Intervals(mean, low, high)


def _of_each(found: Array, right: Array) -> Array:
    """Each article's precision and recall, (articles, 2)."""
    found_of, right_of, counts = _cells(found, right)
    sizes = [np.bincount(of, weights=counts)[of] for of in (found_of, right_of)]
    shares = counts[:, None] / np.stack(sizes, axis=1)
    pairs = np.stack((found, right), axis=1)
    return shares[np.unique(pairs, axis=0, return_inverse=True)[1].ravel()]


def _with_f1(means: Array) -> Array:
    precision, recall = means[..., 0], means[..., 1]
    f1 = 2 * precision * recall / (precision + recall)
    return np.stack((f1, precision, recall), axis=-1)


def _cells(found: Array, right: Array) -> tuple[Array, Array, Array]:
    """The pairs of groups that share articles, numbered from 0 each, and how many they share."""
    if len(found) == 0:
        raise ValueError("no article: there is nothing to compare")
    if len(found) != len(right):
        raise ValueError(f"{len(found)} articles are grouped, {len(right)} are labelled")
    pairs, counts = np.unique(np.stack((found, right), axis=1), axis=0, return_counts=True)
    found_of, right_of = (np.unique(of, return_inverse=True)[1] for of in pairs.T)
    return found_of, right_of, counts


def _of_cells(found_of: Array, right_of: Array, counts: Array) -> Array:
    sizes = [np.bincount(of, weights=counts) for of in (found_of, right_of)]
    of_found, of_right, joint = (_entropy(groups) for groups in (*sizes, counts))
    mutual = of_found + of_right - joint
    # Groupings without entropy, all in one group, agree where the other has none either.
    homogeneity = mutual / of_right if of_right > 0 else 1.0
    completeness = mutual / of_found if of_found > 0 else 1.0
    both = homogeneity + completeness
    v_measure = 2 * homogeneity * completeness / both if both > 0 else 0.0
    return np.array([v_measure, homogeneity, completeness, _adjusted_rand(counts, *sizes)])


def _adjusted_rand(counts: Array, found: Array, right: Array) -> float:
    together, in_found, in_right, pairs = (
        float((groups * (groups - 1.0)).sum() / 2)
        for groups in (counts, found, right, counts.sum())
    )
    expected = in_found * in_right / pairs if pairs else 0.0
    best = (in_found + in_right) / 2
    return (together - expected) / (best - expected) if best > expected else 1.0


def _entropy(sizes: Array) -> float:
    share = sizes[sizes > 0] / sizes.sum()
    return float(-(share * np.log(share)).sum())
