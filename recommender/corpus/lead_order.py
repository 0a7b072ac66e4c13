"""Lead order: which article of a group of copies stands for all of them."""

from collections.abc import Sequence

import numpy as np

from recommender._typing import Array
from recommender.dates import NO_DATE

__all__ = ["lead_order", "source_ranks"]


def source_ranks(sources: Sequence[str | None], preferred: Sequence[str]) -> Array:
    """Each source's place in a list of preferred sources.

    Args:
        sources: (articles,) the source of each article, None for none.
        preferred: Sources whose articles lead before those of others, the first before the next.

    Returns:
        (articles,) int64 from 0; all other sources share the rank after the last.

    Example:
        >>> source_ranks(["Herald", "Gazette", None], preferred=["Gazette"]).tolist()
        [1, 0, 1]
    """
    place = {source: rank for rank, source in reversed(list(enumerate(preferred)))}
    ranks = (len(preferred) if s is None else place.get(s, len(preferred)) for s in sources)
    return np.fromiter(ranks, dtype=np.int64, count=len(sources))


def lead_order(published: Array, ranks: Array | None = None) -> Array:
    """Order all articles by which should lead a group of copies.

    Args:
        published: (articles,) int64, in microseconds or `NO_DATE`. The earliest comes first,
            articles without a date come last; of equals the lower row comes first.
        ranks: (articles,) int64, compared before `published`, the smallest first; see
            `source_ranks`. None for equal ranks.

    Returns:
        (articles,) int64, all rows, those that lead first.
    """
    if ranks is None:
        ranks = np.zeros(len(published), dtype=np.int64)
    return np.lexsort((published, published == NO_DATE, ranks))
