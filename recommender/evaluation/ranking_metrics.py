"""Measures of rankings against labelled stories, and how sure of them one can be.

Articles are numbers from 0. The right answers to a query, an article, are the other articles of
its story; all other articles are candidates. Larger is better, everywhere.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from recommender._typing import Array

__all__ = ["MEASURES", "Intervals", "answerable", "intervals", "measure"]

MEASURES = ("nDCG@5", "P@1", "recall@10", "MRR")
RESAMPLES = 2000
COVERAGE = 0.95


class Intervals(NamedTuple):
    """Means over the queries with the ends of their 95 % intervals, (measures,) float64 each."""

    mean: Array
    low: Array
    high: Array


def answerable(stories: Array, queries: Array) -> Array:
    """Those of the `queries` that have a right answer.

    `stories` (articles,) holds a number for each article's story, `queries` article numbers.
    """
    return queries[np.bincount(stories)[stories[queries]] > 1]


def measure(rankings: Array, queries: Array, stories: Array) -> Array:
    """Each query's figures, (queries, measures) float64 in the order of `MEASURES`.

    `rankings` (queries, k) int32 holds article numbers, best first, -1 behind a list that is
    shorter; `queries` (queries,) and `stories` (articles,) as in `answerable`. With rel(i) = 1
    where the i-th answer is right and R right answers in all:

    - nDCG@5: Σ_{i≤5} rel(i) / log2(i + 1), over the same sum for the best list there can be
      (Järvelin and Kekäläinen 2002, in the form of Burges et al. 2005, where the discount begins
      at the second place; for gains of 0 and 1 the two forms of the gain are the same)
    - P@1: rel(1)
    - recall@10: Σ_{i≤10} rel(i) / R
    - MRR: 1 / i for the first right answer in the list, 0 where it has none (Voorhees 1999)

    They are trec_eval's ndcg_cut_5, P_1, recall_10 and recip_rank, to which the tests hold them.

    Raises:
        ValueError: a list holds its own query, or one article twice, or a query has no answer.
    """
    _check(rankings, queries)
    answers = np.bincount(stories)[stories[queries]] - 1
    if (answers == 0).any():
        raise ValueError(f"query {queries[answers.argmin()]} has no right answer; see answerable")
    right = (stories[rankings] == stories[queries][:, None]) & (rankings >= 0)
    discount = 1 / np.log2(np.arange(2, 7))
    best = np.cumsum(discount)[np.minimum(answers, 5) - 1]
    first = right.argmax(axis=1)  # 0 also where nothing is right
    columns = (
        right[:, :5] @ discount[: right.shape[1]] / best,
        right[:, 0],
        right[:, :10].sum(axis=1) / answers,
        right.any(axis=1) / (first + 1),
    )
    return np.stack(columns, axis=1).astype(np.float64)


def intervals(
    values: Array,
    stories: Sequence[object] | Array,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
    derived: Callable[[Array], Array] | None = None,
) -> Intervals:
    """Means of `values` (queries, measures) and their 95 % bootstrap intervals.

    `stories` (queries,) holds each query's story, by number or name. Whole stories are drawn, with
    replacement, and all their queries with them: queries of one story succeed and fail together,
    and drawn one by one they would promise too narrow an interval (the cluster bootstrap: Davison
    and Hinkley 1997, section 3.8). The ends are the 2.5th and 97.5th percentile of the resampled
    means (Efron and Tibshirani 1993, section 13.3).

    The same stories and seed give the same draws, so that the difference of two rankings on the
    same queries, as `values`, has its interval here too. `derived` turns means (..., measures) into
    what is wanted in their place, where that is no mean itself.

    Raises:
        ValueError: there is no query.
    """
    if len(values) == 0:
        raise ValueError("no query: there is nothing to average")
    _, story = np.unique(np.asarray(stories), return_inverse=True)
    sizes = np.bincount(story)
    sums = np.zeros((len(sizes), values.shape[1]))
    np.add.at(sums, story, values)
    rng = np.random.default_rng(seed)
    means = np.empty((resamples, values.shape[1]))
    for draw in range(resamples):
        drawn = rng.integers(0, len(sizes), len(sizes))
        means[draw] = sums[drawn].sum(axis=0) / sizes[drawn].sum()
    mean = values.mean(axis=0)
    if derived is not None:
        mean, means = derived(mean), derived(means)
    tail = 100 * (1 - COVERAGE) / 2
    low, high = np.percentile(means, (tail, 100 - tail), axis=0)
    return Intervals(mean, low, high)


def _check(rankings: Array, queries: Array) -> None:
    own = (rankings == queries[:, None]).any(axis=1)
    ordered = np.sort(rankings, axis=1)
    twice = ((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).any(axis=1)
    for wrong, what in ((own, "the query itself"), (twice, "an article twice")):
        if wrong.any():
            raise ValueError(f"the ranking of query {queries[wrong.argmax()]} holds {what}")
