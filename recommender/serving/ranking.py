"""Ranking for one request: pinned articles, then the best candidates, then what fills the list.

Each step adds to what the steps before it have chosen, and none of them depends on `k` but for
where it ends. So a larger `k` appends to an answer and changes nothing of it.
"""

from collections.abc import Sequence

from recommender.scoring.rerank import Candidates
from recommender.serving.candidates import related_candidates
from recommender.serving.fallback import fallback_articles
from recommender.serving.fill import fill_candidates
from recommender.serving.ordering import best_first, ordered
from recommender.serving.pinned import pinned_articles
from recommender.serving.request import RankedArticle, Request

__all__ = ["rank"]


def rank(request: Request) -> list[RankedArticle]:
    """The articles that answer a request, best first.

    Args:
        request: The request; see `query.Options` for what its options mean.

    Returns:
        At most `k` articles: those that rules pin, the best related ones, those from below the
        floor that fill a short list, and fillers where the query names a fallback. The answer of a
        smaller `k` is the beginning of it.
    """
    query = request.query
    ranked = pinned_articles(request)
    excluded = [*(hit.text for hit in ranked), *request.rules.apart]
    for candidates in related_candidates(request, excluded):
        ranked += _ranked(ordered(request, candidates, ranked))
        if len(ranked) >= query.k:
            return ranked
    ranked += _filling(request, excluded, ranked)
    if query.fallback is not None and len(ranked) < query.k and request.item.row is not None:
        ranked += fallback_articles(request, excluded, ranked)
    return ranked


def _filling(
    request: Request, excluded: Sequence[int], ranked: Sequence[RankedArticle]
) -> list[RankedArticle]:
    """What fills a short answer from below the floor, up to the length that the query names."""
    query, filled = request.query, [*ranked]
    length = min(query.k, query.fill)
    if len(ranked) >= length or query.mode == "story" or request.item.text is None:
        return []
    for candidates in fill_candidates(request, excluded, ranked):
        chosen = best_first(request, candidates, length - len(filled), filled)
        filled += _ranked(chosen, fill=True)
        if len(filled) >= length:
            break
    return filled[len(ranked) :]


def _ranked(chosen: Candidates, *, fill: bool = False) -> Sequence[RankedArticle]:
    columns = zip(chosen.rows.tolist(), chosen.texts.tolist(), chosen.scores.tolist(), strict=True)
    return [RankedArticle(*hit, fill=fill) for hit in columns]
