"""Means with 95 % bootstrap intervals: how far a measured figure would move on other articles."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from recommender._typing import Array

__all__ = ["RESAMPLES", "Intervals", "cluster_bootstrap", "percentile_ends"]

RESAMPLES = 2000
COVERAGE = 0.95
SEED = 0


class Intervals(NamedTuple):
    """Means with the ends of their 95 % intervals, (measures,) float64 each."""

    mean: Array
    low: Array
    high: Array

    def to_dict(self, measures: Sequence[str]) -> dict[str, dict[str, float]]:
        """The three values of each measure, rounded to six digits, for JSON.

        Args:
            measures: The names of the measures, in the order of the arrays.

        Returns:
            `{"nDCG@5": {"mean": 0.746, "low": 0.711, "high": 0.779}, ...}`.
        """
        return {
            name: {part: round(float(values[column]), 6) for part, values in self._asdict().items()}
            for column, name in enumerate(measures)
        }


def cluster_bootstrap(
    values: Array,
    clusters: Sequence[object] | Array,
    *,
    transform: Callable[[Array], Array] | None = None,
) -> Intervals:
    """Means of `values` with their 95 % intervals, found by resampling whole clusters.

    Whole clusters are drawn with replacement, each with all of its rows, because queries of one
    story succeed and fail together: intervals from single rows would be too narrow (the cluster
    bootstrap, Davison and Hinkley 1997, section 3.8). The ends are percentiles of the resampled
    means (Efron and Tibshirani 1993, section 13.3).

    The same clusters always give the same draws. The difference of two rankings on the same queries
    can therefore be passed as `values` to get the interval of that difference.

    Args:
        values: One row for each query or article, (rows, measures).
        clusters: The cluster of each row, a number or a name, (rows,). For related articles that is
            the story of the query.
        transform: Turns means (..., measures) into the wanted measures, where a measure is not a
            mean itself: F1 is computed from the mean precision and the mean recall.

    Returns:
        The means and the ends of their intervals, (measures,) float64 each.

    Raises:
        ValueError: There are no rows.
    """
    if len(values) == 0:
        raise ValueError("no query: there is nothing to average")
    _, cluster = np.unique(np.asarray(clusters), return_inverse=True)
    sizes = np.bincount(cluster)
    sums = np.zeros((len(sizes), values.shape[1]))
    np.add.at(sums, cluster, values)
    rng = np.random.default_rng(SEED)
    means = np.empty((RESAMPLES, values.shape[1]))
    for row in means:
        drawn = rng.integers(0, len(sizes), len(sizes))
        row[:] = sums[drawn].sum(axis=0) / sizes[drawn].sum()
    mean = values.mean(axis=0)
    if transform is not None:
        mean, means = transform(mean), transform(means)
    return Intervals(mean, *percentile_ends(means))


def percentile_ends(resampled: Array) -> tuple[Array, Array]:
    """The 2.5th and the 97.5th percentile of `resampled` (resamples, measures), (measures,) each.

    Args:
        resampled: The measures of each resample, (resamples, measures).

    Returns:
        The lower and the upper ends of the 95 % intervals.
    """
    tail = 100 * (1 - COVERAGE) / 2
    low, high = np.percentile(resampled, (tail, 100 - tail), axis=0)
    return low, high
