"""The order of an answer's candidates: dates, age, diversity and caps."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from recommender._typing import Array
from recommender.dates import NO_DATE, to_microseconds
from recommender.scoring.rerank import (
    Candidates,
    Cap,
    log_decayed,
    log_differences,
    maximal_marginal_relevance,
    mmr_pool_size,
    newest_first,
    pairwise_scores,
    with_time_proximity,
    within_caps,
)
from recommender.serving.request import RankedArticle, Request

__all__ = ["best_first", "caps_of", "ordered"]


def ordered(
    request: Request, candidates: Candidates, before: Sequence[RankedArticle] = ()
) -> Candidates:
    """Choose candidates and put them in order.

    Args:
        request: The request.
        candidates: The candidates, best score first.
        before: What the answer holds already. It counts against the caps, and what comes must
            differ from it, too.

    Returns:
        As many as the answer still lacks, or fewer where there are no more within the caps. Those
        of a smaller `k` are the beginning of those of a larger one.
    """
    query = request.query
    k = query.k - len(before)
    if query.mode == "story":
        published = request.snapshot.arrays.published.take(candidates.rows)
        candidates = candidates.take(newest_first(published, candidates.scores))
    elif (worth := _worth(request, candidates)) is not candidates.scores:
        order = (-worth).argsort(kind="stable")
        candidates, worth = candidates.take(order), worth.take(order)
    count = len(candidates.rows)
    if query.diversity <= 0 or query.mode == "story" or count < 2 or k < 1:
        return best_first(request, candidates, k, before)
    caps = caps_of(request, candidates, before) if query.capped else []
    texts = candidates.texts
    if not caps and query.half_life is None:
        count = mmr_pool_size(worth, query.diversity, k)
        worth, texts = worth[:count], texts[:count]
    similarity, nearest = _similarity(request, texts), None
    if before:
        similarity, nearest = _similarity_to(request, before, texts)
    if query.half_life is not None:
        similarity = log_differences(similarity)
        nearest = None if nearest is None else log_differences(nearest)
    chosen = maximal_marginal_relevance(worth, similarity, query.diversity, k, caps, nearest)
    return candidates.take(chosen)


def best_first(
    request: Request, candidates: Candidates, k: int, before: Sequence[RankedArticle] = ()
) -> Candidates:
    """The first candidates within the caps.

    Args:
        request: The request.
        candidates: The candidates in the order in which they are considered.
        k: How many at most.
        before: What the answer holds already, which counts against the caps.

    Returns:
        Those that are chosen, in the same order.
    """
    count = len(candidates.rows)
    if request.query.capped:
        return candidates.take(within_caps(count, k, caps_of(request, candidates, before)))
    return candidates if count <= k else Candidates(*(column[:k] for column in candidates))


def caps_of(
    request: Request, candidates: Candidates, before: Sequence[RankedArticle] = ()
) -> list[Cap]:
    """The caps on one source, one author and one story that a query sets.

    Args:
        request: The request.
        candidates: The candidates that the caps hold for.
        before: What the answer holds already.

    Returns:
        A cap for each that is set, with the candidates' codes and those that are taken.
    """
    query, arrays = request.query, request.snapshot.arrays
    limits = (
        (query.per_source, arrays.source, "row"),
        (query.per_author, arrays.author, "row"),
        (query.per_story, arrays.story_of, "text"),
    )
    caps = []
    for limit, column, of in limits:
        if limit is not None:
            codes = column.take(candidates.rows if of == "row" else candidates.texts)
            taken = column.take([hit.row if of == "row" else hit.text for hit in before])
            caps.append(Cap(codes, limit, Counter(taken.tolist())))
    return caps


def _worth(request: Request, candidates: Candidates) -> Array:
    """What decides the order: the scores as nearness in time moves them, or logarithms with age.

    It is the very same array as the scores where nothing changes them.
    """
    query, row = request.query, request.item.row
    worth, published = candidates.scores, request.snapshot.arrays.published
    # Background is as good however far back it lies.
    near = query.closeness > 0 and query.mode == "related" and row is not None
    moment = int(published[row]) if near else NO_DATE
    if moment == NO_DATE and query.half_life is None:
        return worth
    published = published.take(candidates.rows)
    if moment != NO_DATE:
        worth = with_time_proximity(worth, published, moment, NO_DATE, query.closeness)
    if query.half_life is not None:
        now = to_microseconds(request.snapshot.manifest.created)
        worth = log_decayed(worth, published, now, NO_DATE, query.half_life)
    return worth


def _similarity_to(
    request: Request, before: Sequence[RankedArticle], texts: Array
) -> tuple[Array, Array]:
    """Scores of `texts` among one another, and the greatest of each with one of those `before`."""
    count = len(before)
    both = _similarity(request, np.append([hit.text for hit in before], texts))
    return both[count:, count:], both[count:, :count].max(axis=1)


def _similarity(request: Request, texts: Array) -> Array:
    """Scores of `texts` among one another, (texts, texts); copies of one text are all like it."""
    if request.query.collapse:
        return pairwise_scores(*request.backend.neighbours(texts), texts)
    distinct, place = np.unique(texts, return_inverse=True)
    similarity = pairwise_scores(*request.backend.neighbours(distinct), distinct)
    return similarity[place[:, None], place]
