"""Articles that fill a short answer: the newest of the item's section or topic."""

from collections.abc import Sequence

import numpy as np

from recommender._typing import Array
from recommender.scoring.rerank import Candidates
from recommender.serving.ordering import best_first
from recommender.serving.request import RankedArticle, Request

__all__ = ["fallback_articles"]


def fallback_articles(
    request: Request, excluded: Sequence[int], ranked: Sequence[RankedArticle]
) -> list[RankedArticle]:
    """The newest admitted articles of the item's section or topic.

    Args:
        request: The request; its item is a published article and its query names a fallback.
        excluded: Texts that may not be answered.
        ranked: The articles that the answer has already.

    Returns:
        At most as many as the answer lacks, within the caps. If the fallback is the topic, articles
        of the same finer topic come first.
    """
    query, arrays = request.query, request.snapshot.arrays
    rows, same_finer = _of_same_group(request)
    rows = rows[request.row_filter.admits(rows)]
    texts = arrays.text_of.take(rows)
    taken = [*excluded, *(hit.text for hit in ranked), int(arrays.text_of[request.item.row])]
    fresh = ~np.isin(texts, taken)
    rows, texts = rows[fresh], texts[fresh]
    order = np.lexsort((rows, ~arrays.published.take(rows), ~same_finer.take(texts)))
    _, first = np.unique(texts[order], return_index=True)  # the first of the copies of a text
    rows = rows[order[np.sort(first)]]
    candidates = Candidates(rows, arrays.text_of.take(rows), np.zeros(len(rows)))
    chosen = best_first(request, candidates, query.k - len(ranked), ranked)
    return [
        RankedArticle(row, text, 0.0, filler=query.fallback, fill=True)
        for row, text in zip(chosen.rows.tolist(), chosen.texts.tolist(), strict=True)
    ]


def _of_same_group(request: Request) -> tuple[Array, Array]:
    """Rows of the item's section or topic, and which texts are of its finest topic, bool."""
    item, arrays = request.item, request.snapshot.arrays
    if request.query.fallback == "section":
        own, group_of = arrays.section[item.row], arrays.section
        same_finer = np.zeros(len(arrays.finest_of), dtype=bool)
    else:
        own, group_of = arrays.topic_of[item.text], arrays.topic_of.take(arrays.text_of)
        same_finer = arrays.finest_of == arrays.finest_of[item.text]
    rows = np.flatnonzero(group_of == own) if own >= 0 else np.empty(0, dtype=np.int64)
    return rows, same_finer
