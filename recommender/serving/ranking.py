"""Ranking for one request: pinned articles, then the best candidates, then what fills the list.

Each step adds to what the steps before it have chosen, and none of them depends on `k` but for
where it ends. So a larger `k` appends to an answer and changes nothing of it.
"""

from collections.abc import Sequence

from recommender.scoring.rerank import Candidates
from recommender.serving.candidates import related_candidates
from recommender.serving.fallback import fallback_articles
from recommender.serving.ordering import ordered
from recommender.serving.pinned import pinned_articles
from recommender.serving.request import RankedArticle, Request

__all__ = ["rank"]


def rank(request: Request) -> list[RankedArticle]:
    """The articles that answer a request, best first.

    Args:
        request: The request; see `query.Options` for what its options mean.

    Returns:
        At most `k` articles: those that rules pin, the best related ones, and fillers where the
        query names a fallback. The answer of a smaller `k` is the beginning of it.
    """
    query = request.query
    ranked = pinned_articles(request)
    excluded = [*(hit.text for hit in ranked), *request.rules.apart]
    for candidates in related_candidates(request, excluded):
        ranked += _ranked(ordered(request, candidates, ranked))
        if len(ranked) >= query.k:
            return ranked
    if query.fallback is not None and request.item.row is not None:
        ranked += fallback_articles(request, excluded, ranked)
    return ranked


def _ranked(chosen: Candidates) -> Sequence[RankedArticle]:
    columns = (column.tolist() for column in chosen)
    return [RankedArticle(*hit) for hit in zip(*columns, strict=True)]
