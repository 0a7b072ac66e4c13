"""Exact search of many vectors at once: each query is compared with all texts."""

from collections.abc import Callable

import faiss
import numpy as np

from recommender._typing import Array
from recommender.knn.index import Found, sorted_found
from recommender.knn.parallel import faiss_pool, one_blas_thread
from recommender.progress import ignore

__all__ = ["BLOCK_ROWS", "exact_search"]

BLOCK_ROWS = 512  # queries that one thread compares at a time


def exact_search(
    vectors: Array,
    queries: Array,
    k: int,
    threads: int,
    advance: Callable[[int], None] = ignore,
) -> Found:
    """Find the texts most similar to each of many queries.

    Args:
        vectors: (texts, dimension) float32, of unit length.
        queries: (queries, dimension) float32, of unit length.
        k: How many texts are wanted per query.
        threads: How many blocks of queries are searched at a time.
        advance: Called with the number of queries done as blocks finish.

    Returns:
        (queries, min(k, texts)), the same bits on any number of threads.
    """
    k = min(k, len(vectors))
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)

    def search(start: int) -> Found:
        block = np.ascontiguousarray(queries[start : start + BLOCK_ROWS], dtype=np.float32)
        similarities, texts = faiss.knn(block, vectors, k, metric=faiss.METRIC_INNER_PRODUCT)
        return sorted_found(texts, similarities)

    parts = [_no_queries(k)]
    with one_blas_thread(), faiss_pool(threads) as pool:
        for part in pool.map(search, range(0, len(queries), BLOCK_ROWS)):
            parts.append(part)
            advance(len(part.texts))
    return Found(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _no_queries(k: int) -> Found:
    return Found(np.empty((0, k), np.int32), np.empty((0, k), np.float32))
