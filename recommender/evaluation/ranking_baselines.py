"""Rankings that ours is compared with: dense cosine, BM25, and the fusion of both.

None of them is our own code, and all are exact over all articles. A ranking is (queries, k) int32:
article numbers, best first, ties by number; shorter lists end in -1. No list holds its own query.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

import numpy as np

from recommender._typing import Array
from recommender.errors import needs_extra

__all__ = ["bm25", "dense", "fuse"]

K1, B = 1.2, 0.75  # Lucene's parameters of BM25, which most search engines use
RANK_CONSTANT = 60  # of reciprocal rank fusion, the value of its authors and of search engines
BLOCK = 256  # queries whose scores of all articles are held in memory at once


def dense(vectors: Array, queries: Array, k: int) -> Array:
    """The articles of the greatest cosine to each query.

    Args:
        vectors: Embeddings of unit length, (articles, dimension) float32.
        queries: The article number of each query, (queries,) int.
        k: The length of each list.

    Returns:
        The rankings, (queries, k) int32.
    """
    blocks = np.split(queries, range(BLOCK, len(queries), BLOCK))
    return np.concatenate([_best(vectors[some] @ vectors.T, some, k) for some in blocks])


def bm25(texts: Sequence[str], queries: Array, k: int, stop_words: Collection[str]) -> Array:
    """The articles of the greatest BM25 score; the whole text of an article is the query.

    score(q, d) = Σ_t idf(t) · tf(t, d) / (tf(t, d) + k1 · (1 − b + b · |d| / mean |d|)), summed
    over all words t of the query, where a word that occurs n times counts n times, with
    idf(t) = ln(1 + (N − df(t) + ½) / (df(t) + ½)) (Robertson and Zaragoza 2009, eq. 3.15, in
    Lucene's form; bm25s: Lù 2024). Articles that share no word with a query are not in its list.

    Args:
        texts: The text of each article.
        queries: The article number of each query, (queries,) int.
        k: The length of each list.
        stop_words: Words that do not count.

    Returns:
        The rankings, (queries, k) int32.

    Raises:
        MissingExtra: bm25s is not installed.
    """
    with needs_extra("evaluate"):
        import bm25s
    words: list[list[str]] = bm25s.tokenize(
        list(texts), stopwords=sorted(stop_words), return_ids=False, show_progress=False
    )
    if not any(words):
        return np.full((len(queries), k), -1, dtype=np.int32)
    index = bm25s.BM25(k1=K1, b=B, method="lucene")
    index.index(words, show_progress=False)
    ranked = []
    for query in queries:
        query_words = words[query]
        scores = index.get_scores(query_words) if query_words else np.zeros(len(texts))
        ranked.append(_best(np.where(scores > 0, scores, -np.inf)[None], query[None], k))
    return np.concatenate(ranked)


def fuse(rankings: Iterable[Array], k: int) -> Array:
    """Reciprocal rank fusion of several rankings of the same queries.

    score(d) = Σ_r 1 / (60 + rank of d in r), ranks from 1, over the rankings r that hold d
    (Cormack, Clarke and Büttcher 2009).

    Args:
        rankings: Rankings of the same queries, (queries, any k) int32 each.
        k: The length of each fused list.

    Returns:
        The fused rankings, (queries, k) int32.

    Example:
        >>> fuse([np.array([[1, 2, 3]]), np.array([[3, 2, 4]])], 3).tolist()
        [[3, 2, 1]]
    """
    fused = []
    for lists in zip(*(ranking.tolist() for ranking in rankings), strict=True):
        scores: defaultdict[int, float] = defaultdict(float)
        for articles in lists:
            for rank, article in enumerate(articles, start=1):
                if article >= 0:
                    scores[article] += 1 / (RANK_CONSTANT + rank)
        best = sorted(scores, key=lambda article: (-scores[article], article))[:k]
        fused.append(best + [-1] * (k - len(best)))
    return np.array(fused, dtype=np.int32).reshape(-1, k)


def _best(scores: Array, queries: Array, k: int) -> Array:
    """The `k` best articles of each row of `scores` (queries, articles).

    The query itself and scores of -inf are left out.
    """
    scores[np.arange(len(queries)), queries] = -np.inf
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k].astype(np.int32)
    order[np.isneginf(np.take_along_axis(scores, order, axis=1))] = -1
    return np.pad(order, ((0, 0), (0, k - order.shape[1])), constant_values=-1)
