"""How many related articles are of the asked article's own source, source by source."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from recommender._typing import Array

__all__ = ["OwnHits", "count_own_hits"]

FIRST = 5  # related articles of each text: as many as a page shows


class OwnHits(NamedTuple):
    """The first related articles of one source's articles.

    Attributes:
        texts: How many texts are led by an article of this source.
        hits: How many related articles these texts have among their first five.
        own: How many of these are of the same source.
    """

    texts: int
    hits: int
    own: int


def count_own_hits(
    neighbours: Array, scores: Array, floor: float, sources: Array, names: Sequence[str]
) -> dict[str, OwnHits]:
    """Count the first five related articles of each source.

    Args:
        neighbours: (texts, k) int32, the neighbours of each text, best first; -1 for none.
        scores: (texts, k) Their scores.
        floor: The score that a related article must have.
        sources: (texts,) integers, the source of each text's lead article as its place in `names`;
            -1 for none. Texts without a source are left out.
        names: The name of each source.

    Returns:
        The counts by the name of the source.
    """
    found = neighbours[:, :FIRST]
    is_hit = (scores[:, :FIRST] >= floor) & (found >= 0) & (sources >= 0)[:, None]
    is_own = is_hit & (sources[found] == sources[:, None])

    def per_source(counts: Array) -> list[int]:
        weights = counts[sources >= 0]
        total = np.bincount(sources[sources >= 0], weights=weights, minlength=len(names))
        return total.astype(np.int64).tolist()  # type: ignore[no-any-return]

    columns = (np.ones(len(found)), is_hit.sum(axis=1), is_own.sum(axis=1))
    rows = zip(*map(per_source, columns), strict=True)
    return {name: OwnHits(*row) for name, row in zip(names, rows, strict=True)}
