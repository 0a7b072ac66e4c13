"""Which rows a question admits: filters, rules and takedowns against a snapshot's columns."""

from collections.abc import Iterable

import numpy as np

from recommender.arrays import Array
from recommender.cards import to_microseconds
from recommender.snapshot import NO_DATE, Snapshot
from recommender.types import Filters

__all__ = ["RowFilter"]

_FACETS = ("section", "language", "source")


class RowFilter:
    """One question's filters, resolved to codes and rows of one snapshot.

    Rows that are `barred` or named by `exclude` are never admitted, nor those of the `excluded`
    section codes. Labels the snapshot does not know admit nothing: they are no error here, for a
    quiet section may be empty tonight.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        filters: Filters,
        barred: frozenset[int],
        excluded: frozenset[int] = frozenset(),
    ) -> None:
        arrays = snapshot.arrays
        self._snapshot = snapshot
        self._barred = barred
        if filters.exclude:
            named = (snapshot.cards.row_of(article_id) for article_id in filters.exclude)
            self._barred = barred.union(row for row in named if row is not None)
        self._wanted: list[tuple[Array, list[int]]] = []
        for facet in _FACETS:
            labels: frozenset[str] | None = getattr(filters, facet)
            if labels is not None:
                known = snapshot.facets[facet]
                codes = [known[label] for label in labels if label in known]
                self._wanted.append((getattr(arrays, facet), codes))
        self._unwanted = list(excluded)
        self._since = None if filters.since is None else to_microseconds(filters.since)
        self._until = None if filters.until is None else to_microseconds(filters.until)
        self.narrows = bool(
            self._wanted or filters.exclude or (self._since, self._until) != (None, None)
        )

    def admits(self, rows: Array) -> Array:
        """Which of `rows` (n,) may be answered, (n,) bool."""
        mask = self._columns(rows)
        if self._barred:
            barred = [place for place, row in enumerate(rows.tolist()) if row in self._barred]
            mask[barred] = False
        return mask

    def texts(self) -> Array:
        """Which texts have a row that may be answered, (texts,) bool."""
        arrays = self._snapshot.arrays
        mask = self._columns(None)
        mask[list(self._barred)] = False
        texts = np.zeros(len(arrays.neighbours), dtype=bool)
        texts[arrays.text_of[mask]] = True
        return texts

    def _columns(self, rows: Array | None) -> Array:
        """What the columns say of `rows`, or of all."""
        arrays = self._snapshot.arrays
        mask = np.ones(len(arrays.text_of) if rows is None else len(rows), dtype=bool)
        for column, codes in self._wanted:
            mask &= _is_among(column if rows is None else column.take(rows), codes)
        if self._unwanted:
            section = arrays.section if rows is None else arrays.section.take(rows)
            mask &= ~_is_among(section, self._unwanted)
        if self._since is not None or self._until is not None:
            published = arrays.published if rows is None else arrays.published.take(rows)
            # The mark of a missing date is the smallest number: `since` refuses it by itself.
            if self._since is not None:
                mask &= published >= self._since
            if self._until is not None:
                mask &= (published < self._until) & (published != NO_DATE)
        return mask


def _is_among(column: Array, codes: Iterable[int]) -> Array:
    """Which entries are one of `codes`: far faster than `isin` for the few there are."""
    mask = np.zeros(len(column), dtype=bool)
    for code in codes:
        mask |= column == code
    return mask
