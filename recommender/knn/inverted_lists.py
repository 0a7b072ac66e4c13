"""Build the inverted lists of an index that is too large for exact searches."""

import numpy as np

from recommender._typing import Array
from recommender.knn.exact import exact_search
from recommender.knn.index import Index, InvertedLists
from recommender.knn.kmeans import spherical_kmeans

__all__ = ["EXACT_UP_TO", "build_lists"]

EXACT_UP_TO = 100_000  # texts; comparing a vector with more takes many milliseconds
RECALL = 0.97  # the share of the exact nearest texts that the probed lists must hold
NEAREST = 30  # recall@30
QUERIES = 500  # texts of the index that recall is measured with
FIRST_PROBES = 8
SEED = 0  # for the choice of queries


def build_lists(index: Index, threads: int) -> InvertedLists:
    """Build inverted lists, about √texts of them, and choose how many a search must probe.

    Args:
        index: The index that will be searched by them.
        threads: How many blocks are computed at a time.

    Returns:
        No lists for up to `EXACT_UP_TO` texts. For more, lists with the smallest number of probes
        among 8, 16, 32, … that reaches a recall@30 of `RECALL`; the same for any number of threads.
    """
    if len(index) <= EXACT_UP_TO:
        return InvertedLists.none(index.dimension)
    vectors = index.vectors
    clusters = max(1, min(round(len(index) ** 0.5), len(index) // 4))
    centroids = spherical_kmeans(vectors, clusters)
    nearest = exact_search(centroids, vectors, 1, threads).texts[:, 0]
    start = np.searchsorted(np.sort(nearest), np.arange(clusters + 1))
    texts = np.argsort(nearest, kind="stable").astype(np.int32)
    lists = InvertedLists(centroids, start, texts, FIRST_PROBES, 0.0)
    rng = np.random.default_rng(SEED)
    chosen = rng.choice(len(index), min(len(index), QUERIES), replace=False)
    return _with_probes(lists, index, vectors[np.sort(chosen)], threads)


def _with_probes(lists: InvertedLists, index: Index, queries: Array, threads: int) -> InvertedLists:
    """The lists with as few probes as reach the wanted recall; at most all lists are probed."""
    exact = exact_search(index.vectors, queries, NEAREST, threads).texts
    while True:
        found = [index.search_lists(query, NEAREST, lists).texts for query in queries]
        both = sum(len(np.intersect1d(a, b)) for a, b in zip(found, exact, strict=True))
        lists = lists._replace(recall=both / exact.size)
        if lists.recall >= RECALL or lists.probes >= len(lists.centroids):
            return lists
        lists = lists._replace(probes=2 * lists.probes)
