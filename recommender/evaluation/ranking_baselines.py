"""Rankings that the product is compared with: dense cosine, BM25, and the fusion of both.

All are exact over all articles, and none is the product's own code. Rankings are (queries, k)
int32, article numbers, best first, ties by number, -1 behind a list that is shorter. No list holds
its query.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

import numpy as np

from recommender._typing import Array
from recommender.errors import needs_extra

__all__ = ["bm25", "dense", "fuse"]

K1, B = 1.2, 0.75  # of BM25, as in Lucene, where most sites meet it
RANK_CONSTANT = 60  # of reciprocal rank fusion, as its authors and the search engines have it
BLOCK = 256  # queries whose scores of all articles are held at one time


def dense(vectors: Array, queries: Array, k: int) -> Array:
    """The `k` articles of the greatest cosine to each of the `queries`.

    `vectors` (articles, dimension) float32 are of unit length, `queries` are article numbers.
    """
    blocks = np.split(queries, range(BLOCK, len(queries), BLOCK))
    return np.concatenate([_best(vectors[some] @ vectors.T, some, k) for some in blocks])


def bm25(texts: Sequence[str], queries: Array, k: int, stop_words: Collection[str]) -> Array:
    """The `k` articles of the greatest BM25 score, each query being its whole text.

    score(q, d) = Σ_t idf(t) · tf(t, d) / (tf(t, d) + k1 · (1 − b + b · |d| / mean |d|)), summed
    over all words t of the query, repeated ones as often as they stand there, with
    idf(t) = ln(1 + (N − df(t) + ½) / (df(t) + ½)) (Robertson and Zaragoza 2009, eq. 3.15, in
    Lucene's form; bm25s: Lù 2024). Articles that share no word with a query are not in its list.

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
    found = []
    for query in queries:
        asked = words[query]
        scores = index.get_scores(asked) if asked else np.zeros(len(texts))
        found.append(_best(np.where(scores > 0, scores, -np.inf)[None], query[None], k))
    return np.concatenate(found)


def fuse(rankings: Iterable[Array], k: int) -> Array:
    """The `k` best of several rankings of the same queries by reciprocal rank fusion.

    score(d) = Σ_r 1 / (60 + rank of d in r), ranks from 1, over the rankings r that hold d
    (Cormack, Clarke and Büttcher 2009).
    """
    fused = []
    for lists in zip(*(ranking.tolist() for ranking in rankings), strict=True):
        scores: defaultdict[int, float] = defaultdict(float)
        for ranking in lists:
            for rank, article in enumerate(ranking, start=1):
                if article >= 0:
                    scores[article] += 1 / (RANK_CONSTANT + rank)
        best = sorted(scores, key=lambda article: (-scores[article], article))[:k]
        fused.append(best + [-1] * (k - len(best)))
    return np.array(fused, dtype=np.int32).reshape(-1, k)


def _best(scores: Array, queries: Array, k: int) -> Array:
    """The `k` best of each row of `scores` (queries, articles); -inf, and the query, are out."""
    scores[np.arange(len(queries)), queries] = -np.inf
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k].astype(np.int32)
    order[np.isneginf(np.take_along_axis(scores, order, axis=1))] = -1
    return np.pad(order, ((0, 0), (0, k - order.shape[1])), constant_values=-1)
