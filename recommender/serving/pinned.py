"""Articles that a publisher's rules put first."""

import numpy as np

from recommender.serving.candidates import exact_scores
from recommender.serving.request import RankedArticle, Request

__all__ = ["pinned_articles"]


def pinned_articles(request: Request) -> list[RankedArticle]:
    """The pinned articles that pass the filters, in the order of the rules.

    Args:
        request: The request.

    Returns:
        At most `k` of them. Of copies the first comes, and no copy of the item itself, unless the
        query keeps copies.
    """
    item, query = request.item, request.query
    if item.text is None or not request.rules.pinned:
        return []
    rows = np.array(request.rules.pinned, dtype=np.int32)
    rows = rows[request.row_filter.admits(rows)]
    texts = request.snapshot.arrays.text_of.take(rows)
    if query.collapse:
        first = np.sort(np.unique(texts, return_index=True)[1])
        first = first[texts[first] != item.text]
        rows, texts = rows[first], texts[first]
    rows, texts = rows[: query.k], texts[: query.k]
    if not rows.size:
        return []
    scores = np.where(texts == item.text, 1.0, exact_scores(request, item.text, texts))
    return [
        RankedArticle(row, text, score, pinned=True)
        for row, text, score in zip(rows.tolist(), texts.tolist(), scores.tolist(), strict=True)
    ]
