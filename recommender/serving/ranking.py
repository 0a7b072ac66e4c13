"""Ranking for one request: pinned articles, then the best candidates, then what fills the list."""

from collections.abc import Sequence

from recommender.scoring.rerank import Candidates
from recommender.serving.candidates import POOL, from_graph, from_search
from recommender.serving.fallback import fallback_articles
from recommender.serving.ordering import ordered
from recommender.serving.pinned import pinned_articles
from recommender.serving.request import RankedArticle, Request

__all__ = ["rank"]

POOL_PER_ARTICLE = 3  # texts that a search scores for each article of the answer
DEEPER = 4  # how many times as many it scores where caps leave too few


def rank(request: Request) -> list[RankedArticle]:
    """The articles that answer a request, best first.

    Args:
        request: The request; see `query.Options` for what its options mean.

    Returns:
        At most `k` articles: those that rules pin, the best related ones, and fillers where the
        query names a fallback.
    """
    query = request.query
    ranked = pinned_articles(request)
    excluded = [*(hit.text for hit in ranked), *request.rules.apart]
    rest = request
    if ranked:
        rest = request._replace(query=query._replace(k=query.k - len(ranked)))
    best = _best_candidates(rest, excluded)
    ranked += [
        RankedArticle(*hit)
        for hit in zip(best.rows.tolist(), best.texts.tolist(), best.scores.tolist(), strict=True)
    ]
    if query.fallback is not None and request.item.row is not None and len(ranked) < query.k:
        ranked += fallback_articles(request, excluded, ranked)
    return ranked


def _best_candidates(request: Request, excluded: Sequence[int]) -> Candidates:
    """The chosen candidates in order: from the graph, and by a search where that has too few.

    Caps may leave few of what a search finds. Then it goes deeper, as long as many of the texts
    that it finds score high enough.
    """
    query = request.query
    found, complete = from_graph(request, excluded)
    pool = max(POOL, POOL_PER_ARTICLE * query.k)
    while True:
        if complete or len(found.rows) >= query.k:
            places = ordered(request, found)
            if complete or len(places) >= query.k:
                return found.take(places)
        found, complete = from_search(request, excluded, pool)
        pool *= DEEPER
