"""Which rows a question admits: `Filters` and takedowns against a snapshot's columns."""

import numpy as np

from recommender.arrays import Array
from recommender.cards import to_microseconds
from recommender.snapshot import Snapshot
from recommender.types import Filters

__all__ = ["RowFilter"]

_FACETS = ("section", "language", "source")


class RowFilter:
    """One question's filters, resolved to codes and rows of one snapshot.

    `removed` and the rows of `exclude` are never admitted. Labels the snapshot does not know
    admit nothing: they are no error here, for a quiet section may be empty tonight.
    """

    def __init__(self, snapshot: Snapshot, filters: Filters, removed: frozenset[int]) -> None:
        arrays = snapshot.arrays
        self._rows = len(arrays.text_of)
        excluded = (snapshot.cards.row_of(article_id) for article_id in filters.exclude)
        self._barred = removed.union(row for row in excluded if row is not None)
        self._wanted: list[tuple[Array, frozenset[int]]] = []
        for facet in _FACETS:
            labels: frozenset[str] | None = getattr(filters, facet)
            if labels is not None:
                known = snapshot.facets[facet]
                codes = frozenset(known[label] for label in labels if label in known)
                self._wanted.append((getattr(arrays, facet), codes))
        self._published = arrays.published
        self._since = None if filters.since is None else to_microseconds(filters.since)

    def admits(self, row: int) -> bool:
        """Whether the article of this row may be answered."""
        return (
            row not in self._barred
            and all(column[row] in codes for column, codes in self._wanted)
            and (self._since is None or bool(self._published[row] >= self._since))
        )

    def mask(self) -> Array:
        """`admits` for all rows at once, (articles,) bool."""
        mask = np.ones(self._rows, dtype=bool)
        for column, codes in self._wanted:
            mask &= np.isin(column, list(codes))
        if self._since is not None:
            mask &= self._published >= self._since
        mask[list(self._barred)] = False
        return mask
