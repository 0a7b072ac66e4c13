"""The order of an answer's candidates: dates, age, diversity and caps."""

from collections.abc import Sequence

import numpy as np

from recommender._typing import Array
from recommender.dates import NO_DATE
from recommender.scoring.rerank import (
    Candidates,
    Cap,
    maximal_marginal_relevance,
    mmr_pool_size,
    newest_first,
    pairwise_scores,
    with_recency_decay,
    with_time_proximity,
    within_caps,
)
from recommender.serving.request import Request

__all__ = ["caps_of", "ordered"]


def ordered(request: Request, candidates: Candidates) -> Sequence[int]:
    """Choose candidates and put them in order.

    Args:
        request: The request; `k` of its query is the most that are chosen.
        candidates: The candidates, best score first.

    Returns:
        Places of the chosen candidates, in the order of the answer.
    """
    query = request.query
    count, k = len(candidates.rows), query.k
    caps = caps_of(request, candidates) if query.capped else []
    order: Array | None = None
    if query.mode == "story":
        published = request.snapshot.arrays.published.take(candidates.rows)
        order, scores = newest_first(published, candidates.scores), candidates.scores
    else:
        scores = _dated_scores(request, candidates)
        if scores is not candidates.scores:
            order = (-scores).argsort(kind="stable")
    if order is not None:
        caps = [Cap(cap.codes.take(order), cap.limit) for cap in caps]
    if query.diversity > 0 and query.mode != "story" and count > 1 and k > 0:
        texts = candidates.texts
        if order is not None:
            scores, texts = scores.take(order), texts.take(order)
        if not caps:
            count = mmr_pool_size(scores, query.diversity, k)
            scores, texts = scores[:count], texts[:count]
        similarity = _similarity(request, texts)
        places = maximal_marginal_relevance(scores, similarity, query.diversity, k, caps)
    else:
        places = within_caps(count, k, caps) if caps else list(range(min(count, k)))
    return places if order is None else order.take(places).tolist()


def caps_of(request: Request, candidates: Candidates) -> list[Cap]:
    """The caps on one source, one author and one story that a query sets.

    Args:
        request: The request.
        candidates: The candidates that the caps hold for.

    Returns:
        A cap for each that is set, with the candidates' codes.
    """
    query, arrays = request.query, request.snapshot.arrays
    caps = []
    if query.per_source is not None:
        caps.append(Cap(arrays.source.take(candidates.rows), query.per_source))
    if query.per_author is not None:
        caps.append(Cap(arrays.author.take(candidates.rows), query.per_author))
    if query.per_story is not None:
        caps.append(Cap(arrays.story_of.take(candidates.texts), query.per_story))
    return caps


def _dated_scores(request: Request, candidates: Candidates) -> Array:
    """The scores as dates and age change them; the very same array where they change nothing."""
    query, row = request.query, request.item.row
    scores, published = candidates.scores, request.snapshot.arrays.published
    # Background is as good however far back it lies.
    near = query.closeness > 0 and query.mode == "related" and row is not None
    moment = int(published[row]) if near else NO_DATE
    if moment == NO_DATE and query.half_life is None:
        return scores
    published = published.take(candidates.rows)
    if moment != NO_DATE:
        scores = with_time_proximity(scores, published, moment, NO_DATE, query.closeness)
    if query.half_life is not None:
        # A negative score would grow by being halved.
        scores = with_recency_decay(np.maximum(scores, 0.0), published, NO_DATE, query.half_life)
    return scores


def _similarity(request: Request, texts: Array) -> Array:
    """Scores of `texts` among one another, (texts, texts); copies of one text are all like it."""
    if request.query.collapse:
        return pairwise_scores(*request.backend.neighbours(texts), texts)
    distinct, place = np.unique(texts, return_inverse=True)
    similarity = pairwise_scores(*request.backend.neighbours(distinct), distinct)
    return similarity[place[:, None], place]
