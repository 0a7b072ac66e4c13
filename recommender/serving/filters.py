"""Which rows a question admits: filters, rules and takedowns against a snapshot's columns."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import numpy as np

from recommender._typing import Array
from recommender.dates import NO_DATE, to_microseconds
from recommender.snapshot.reader import Snapshot
from recommender.types import Filters

__all__ = ["RowFilter"]

MANY = 256  # rows; so few are looked up one by one sooner
_FACETS = ("section", "language", "source")
_NONE = -2  # no code, nor the mark of a missing label


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
        self._texts: Array | None = None
        self._barred = barred
        if filters.exclude:
            named = (snapshot.lookup.row_of(article_id) for article_id in filters.exclude)
            self._barred = barred.union(row for row in named if row is not None)
        self._wanted: list[tuple[Array, list[int]]] = []
        for facet in _FACETS:
            labels: frozenset[str] | None = getattr(filters, facet)
            if labels is not None:
                known = snapshot.facets[facet]
                codes = [known[label] for label in labels if label in known]
                self._wanted.append((getattr(arrays, facet), codes))
        self._unwanted = list(excluded)
        if filters.section is not None:  # then it is enough to want none of the excluded
            for column, codes in self._wanted:
                if column is arrays.section:
                    codes[:] = [code for code in codes if code not in excluded]
            self._unwanted = []
        self._since = None if filters.since is None else to_microseconds(filters.since)
        self._until = None if filters.until is None else to_microseconds(filters.until)
        self.narrows = bool(
            self._wanted or filters.exclude or (self._since, self._until) != (None, None)
        )

    def admits(self, rows: Array) -> Array:
        """Which of `rows` (n,) may be answered, (n,) bool."""
        mask = np.ones(len(rows), dtype=bool)
        for column, passes in self._conditions():
            mask &= passes(column.take(rows))
        if self._barred:
            mask &= self._unbarred(rows)
        return mask

    def mask(self) -> Array:
        """Which of all rows may be answered, (rows,) bool."""
        return self.admits(np.arange(len(self._snapshot.arrays.text_of)))

    def texts(self) -> Array:
        """Which texts have a row that may be answered, (texts,) bool, told once; not to be changed.

        To look at every row takes less than to look up where the rows of some thousand texts are.
        """
        if self._texts is None:
            arrays = self._snapshot.arrays
            rows: Array | None = None
            # Each condition is asked only of what passed those before it, and often that is little.
            for column, passes in self._conditions():
                if rows is None:
                    rows = np.flatnonzero(passes(column))
                else:
                    rows = rows.compress(passes(column.take(rows)))
            if rows is None:
                rows = np.arange(len(arrays.text_of))
            if self._barred:
                rows = rows.compress(self._unbarred(rows))
            texts = np.zeros(self._snapshot.manifest.texts, dtype=bool)
            texts[arrays.text_of.take(rows)] = True
            self._texts = texts
        return self._texts

    def _conditions(self) -> Iterator[tuple[Array, Callable[[Array], Array]]]:
        """Columns, and what their values must pass; what admits least comes first."""
        arrays = self._snapshot.arrays
        # The mark of a missing date is the smallest number: `since` refuses it by itself.
        if self._since is not None:
            yield arrays.published, partial(np.less_equal, self._since)
        if self._until is not None:
            yield arrays.published, self._is_before
        for column, codes in self._wanted:
            yield column, partial(_is_among, codes=codes)
        if self._unwanted:
            yield arrays.section, self._is_wanted

    def _is_before(self, published: Array) -> Array:
        mask: Array = (published < self._until) & (published != NO_DATE)
        return mask

    def _is_wanted(self, section: Array) -> Array:
        return ~_is_among(section, self._unwanted)

    def _unbarred(self, rows: Array) -> Array:
        if len(rows) > MANY:  # NumPy then looks them up in a table
            return np.isin(rows, list(self._barred), invert=True)
        barred = self._barred
        return np.array([row not in barred for row in rows.tolist()], dtype=bool)


def _is_among(column: Array, codes: Iterable[int]) -> Array:
    """Which entries are one of `codes`: far faster than `isin` for the few there are."""
    first, *others = [*codes] or [_NONE]
    mask: Array = column == first
    for code in others:
        mask |= column == code
    return mask
