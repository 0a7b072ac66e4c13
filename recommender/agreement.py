"""Measures of groupings: how far found groups agree with those that editors made."""

import numpy as np

from recommender.arrays import Array

__all__ = ["b_cubed", "v_measure"]


def b_cubed(found: Array, right: Array) -> tuple[float, float, float]:
    """B-cubed precision, recall and their harmonic mean F1, each in [0, 1].

    `found` and `right` (articles,) number each article's group. Precision is the mean over all
    articles of the share of right ones in its found group, itself included, recall that of found
    ones in its right group (Bagga and Baldwin 1998; Amigó et al. 2009, section 4).

    Raises:
        ValueError: there is no article, or the two are not of one length.
    """
    _check(found, right)
    _, both = np.unique(np.stack((found, right), axis=1), axis=0, return_inverse=True)
    shared = _sizes(both.ravel())
    precision = float((shared / _sizes(found)).mean())
    recall = float((shared / _sizes(right)).mean())
    return precision, recall, 2 * precision * recall / (precision + recall)


def v_measure(found: Array, right: Array) -> float:
    """V-measure in [0, 1]: the harmonic mean of homogeneity and completeness.

    `found` and `right` as in `b_cubed`. With H the entropy, homogeneity is 1 - H(right | found) /
    H(right), completeness 1 - H(found | right) / H(found) (Rosenberg and Hirschberg 2007).

    Raises:
        ValueError: there is no article, or the two are not of one length.
    """
    _check(found, right)
    _, both = np.unique(np.stack((found, right), axis=1), axis=0, return_inverse=True)
    of_found, of_right, joint = _entropy(found), _entropy(right), _entropy(both.ravel())
    mutual = of_found + of_right - joint
    # Groupings without entropy, all in one group, agree where the other has none either.
    homogeneity = mutual / of_right if of_right > 0 else 1.0
    completeness = mutual / of_found if of_found > 0 else 1.0
    if homogeneity + completeness <= 0:
        return 0.0
    return 2 * homogeneity * completeness / (homogeneity + completeness)


def _sizes(groups: Array) -> Array:
    """The size of each article's group."""
    _, group, counts = np.unique(groups, return_inverse=True, return_counts=True)
    sizes: Array = counts[group.ravel()]
    return sizes


def _entropy(groups: Array) -> float:
    share = np.unique(groups, return_counts=True)[1] / len(groups)
    return float(-(share * np.log(share)).sum())


def _check(found: Array, right: Array) -> None:
    if len(found) == 0:
        raise ValueError("no article: there is nothing to compare")
    if len(found) != len(right):
        raise ValueError(f"{len(found)} articles are grouped, {len(right)} are labelled")
