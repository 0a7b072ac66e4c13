"""Measures of rankings against labelled stories: nDCG, precision, recall, reciprocal rank.

Articles are numbers from 0. The relevant articles of a query, which is itself an article, are the
other articles of its story; all other articles are candidates. For every measure larger is better.
"""

import numpy as np

from recommender._typing import Array

__all__ = ["MEASURES", "answerable", "measure"]

MEASURES = ("nDCG@5", "P@1", "recall@10", "MRR")


def answerable(stories: Array, queries: Array) -> Array:
    """The `queries` that have at least one relevant article.

    Args:
        stories: The story of each article as a number from 0, (articles,) int.
        queries: Article numbers, (queries,) int.

    Returns:
        The part of `queries` whose story has another article, in the same order.
    """
    return queries[np.bincount(stories)[stories[queries]] > 1]


def measure(ranked: Array, queries: Array, stories: Array) -> Array:
    """Measure the ranked list of each query.

    With rel(i) = 1 where the article on rank i is relevant, and R relevant articles in all:

    - nDCG@5: Σ_{i≤5} rel(i) / log2(i + 1), divided by the same sum for the best possible list
      (Järvelin and Kekäläinen 2002, in the form of Burges et al. 2005, where the discount begins
      at the second rank; for gains of 0 and 1 the two forms of the gain are the same)
    - P@1: rel(1)
    - recall@10: Σ_{i≤10} rel(i) / R
    - MRR: 1 / i for the first relevant article of the list, 0 where it has none (Voorhees 1999)

    These are ndcg_cut_5, P_1, recall_10 and recip_rank of trec_eval; the tests compare with it.

    Args:
        ranked: Article numbers, best first, (queries, k) int32; shorter lists end in -1.
        queries: The article number of each query, (queries,) int.
        stories: The story of each article as a number from 0, (articles,) int.

    Returns:
        The measures of each query in the order of `MEASURES`, (queries, 4) float64.

    Raises:
        ValueError: A list holds its own query or an article twice, or no article is relevant.

    Example:
        >>> measure(np.array([[2, 1]]), np.array([0]), np.array([0, 0, 1])).round(3).tolist()
        [[0.631, 0.0, 1.0, 0.5]]
    """
    _check(ranked, queries)
    relevant_count = np.bincount(stories)[stories[queries]] - 1
    if (relevant_count == 0).any():
        query = queries[relevant_count.argmin()]
        raise ValueError(f"query {query} has no relevant article; see answerable")
    relevant = (stories[ranked] == stories[queries][:, None]) & (ranked >= 0)
    discount = 1 / np.log2(np.arange(2, 7))
    best = np.cumsum(discount)[np.minimum(relevant_count, 5) - 1]
    first = relevant.argmax(axis=1)  # 0 also where nothing is relevant
    columns = (
        relevant[:, :5] @ discount[: relevant.shape[1]] / best,
        relevant[:, 0],
        relevant[:, :10].sum(axis=1) / relevant_count,
        relevant.any(axis=1) / (first + 1),
    )
    return np.stack(columns, axis=1).astype(np.float64)


def _check(ranked: Array, queries: Array) -> None:
    """Raise where a list holds its own query, or one article twice."""
    own = (ranked == queries[:, None]).any(axis=1)
    ordered = np.sort(ranked, axis=1)
    twice = ((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).any(axis=1)
    for wrong, what in ((own, "the query itself"), (twice, "an article twice")):
        if wrong.any():
            raise ValueError(f"the ranking of query {queries[wrong.argmax()]} holds {what}")
