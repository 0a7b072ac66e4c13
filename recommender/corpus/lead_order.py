"""Lead order: which article of a group of copies stands for all of them."""

from collections.abc import Sequence

import numpy as np

from recommender._typing import Array
from recommender.dates import NO_DATE

__all__ = ["lead_order", "source_ranks"]


def source_ranks(sources: Sequence[str | None], preferred: Sequence[str]) -> Array:
    """Each source's place among the `preferred`: (articles,) int64; all others share the last.

    Example:
        >>> source_ranks(["Herald", "Gazette", None], preferred=["Gazette"]).tolist()
        [1, 0, 1]
    """
    place = {source: rank for rank, source in reversed(list(enumerate(preferred)))}
    ranks = (len(preferred) if s is None else place.get(s, len(preferred)) for s in sources)
    return np.fromiter(ranks, dtype=np.int64, count=len(sources))


def lead_order(published: Array, ranks: Array | None = None) -> Array:
    """All articles in the order in which they would lead: (articles,) int64.

    Args:
        published: (articles,) int64, in microseconds or `NO_DATE`. The earliest comes first, those
            without a date last; ties fall to the lower number.
        ranks: (articles,) int64, compared before `published`, the smallest first; see
            `source_ranks`. Without them all are alike.
    """
    if ranks is None:
        ranks = np.zeros(len(published), dtype=np.int64)
    return np.lexsort((published, published == NO_DATE, ranks))
