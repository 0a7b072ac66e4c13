"""Which rows a question admits: filters, rules and removals against a snapshot's columns."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, TypeVar

import numpy as np

from recommender._typing import Array
from recommender.dates import NO_DATE, to_microseconds
from recommender.language.labels import language_of
from recommender.snapshot.reader import Snapshot
from recommender.types.rules import Filters

__all__ = ["RowFilter"]

T = TypeVar("T")

MANY = 256  # rows; looking up fewer one by one is faster
_FACETS = ("section", "language", "source")
_NO_CODE = -2  # neither a code nor the mark of a missing label, which is -1


class RowFilter:
    """One question's filters, resolved to codes and rows of one snapshot.

    A label that the snapshot does not know admits nothing. It is no error, because a quiet section
    may be empty tonight.

    Args:
        snapshot: The snapshot.
        filters: The filters.
        hidden: Rows that may not be shown whatever the filters say.
        excluded: Codes of sections that may not be shown whatever the filters say.

    Attributes:
        narrows: Whether the filters leave out anything.
        admits_all: Whether every row may be answered.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        filters: Filters,
        hidden: frozenset[int],
        excluded: frozenset[int] = frozenset(),
    ) -> None:
        arrays = snapshot.arrays
        self._snapshot = snapshot
        self._texts: Array | None = None
        self._remembered: dict[type, Any] = {}
        self._hidden = hidden
        if filters.exclude:
            named = (snapshot.lookup.row_of(article_id) for article_id in filters.exclude)
            self._hidden = hidden.union(row for row in named if row is not None)
        self._included: list[tuple[Array, list[int]]] = []
        for facet in _FACETS:
            labels: frozenset[str] | None = getattr(filters, facet)
            if labels is not None:
                if facet == "language":
                    labels = frozenset(language_of(label) or label for label in labels)
                known = snapshot.facets[facet]
                codes = [known[label] for label in labels if label in known]
                if facet == "section":
                    codes = [code for code in codes if code not in excluded]
                self._included.append((getattr(arrays, facet), codes))
        # A filter on sections leaves out the excluded ones by itself.
        self._excluded = [] if filters.section is not None else list(excluded)
        self._since = None if filters.since is None else to_microseconds(filters.since)
        self._until = None if filters.until is None else to_microseconds(filters.until)
        self.narrows = bool(
            self._included or filters.exclude or (self._since, self._until) != (None, None)
        )
        self.admits_all = not (self.narrows or self._excluded or self._hidden)

    def admits(self, rows: Array) -> Array:
        """Which rows may be answered.

        Args:
            rows: Rows, (n,).

        Returns:
            (n,) bool.
        """
        mask = np.ones(len(rows), dtype=bool)
        for column, passes in self._conditions():
            mask &= passes(column.take(rows))
        if self._hidden:
            mask &= self._not_hidden(rows)
        return mask

    def mask(self) -> Array:
        """Which of all rows may be answered.

        Returns:
            (rows,) bool.
        """
        return self.admits(np.arange(len(self._snapshot.arrays.text_of)))

    def texts(self) -> Array:
        """Which texts have a row that may be answered; computed once.

        Returns:
            (texts,) bool, which must not be changed.
        """
        if self._texts is None:
            arrays = self._snapshot.arrays
            rows: Array | None = None
            # Each condition looks only at the rows that passed those before it, often a few.
            for column, passes in self._conditions():
                if rows is None:
                    rows = np.flatnonzero(passes(column))
                else:
                    rows = rows.compress(passes(column.take(rows)))
            if rows is None:
                rows = np.arange(len(arrays.text_of))
            if self._hidden:
                rows = rows.compress(self._not_hidden(rows))
            texts = np.zeros(self._snapshot.manifest.texts, dtype=bool)
            texts[arrays.text_of.take(rows)] = True
            self._texts = texts
        return self._texts

    def remember(self, kind: type[T], make: Callable[[], T]) -> T:
        """Keep what follows from this filter for as long as the filter is kept.

        Args:
            kind: The type of what is kept.
            make: Makes it at the first call. Threads that ask at the same time may all make it.

        Returns:
            What was made.
        """
        if kind not in self._remembered:
            self._remembered[kind] = make()
        found: T = self._remembered[kind]
        return found

    def _conditions(self) -> Iterator[tuple[Array, Callable[[Array], Array]]]:
        """Columns with a test of their values; those that admit the fewest rows come first."""
        arrays = self._snapshot.arrays
        # A missing date is the smallest number, so that it never passes `since`.
        if self._since is not None:
            yield arrays.published, partial(np.less_equal, self._since)
        if self._until is not None:
            yield arrays.published, self._is_before
        for column, codes in self._included:
            yield column, partial(_is_among, codes=codes)
        if self._excluded:
            yield arrays.section, self._is_not_excluded

    def _is_before(self, published: Array) -> Array:
        mask: Array = (published < self._until) & (published != NO_DATE)
        return mask

    def _is_not_excluded(self, section: Array) -> Array:
        return ~_is_among(section, self._excluded)

    def _not_hidden(self, rows: Array) -> Array:
        if len(rows) > MANY:  # NumPy looks them up in a table
            return np.isin(rows, list(self._hidden), invert=True)
        hidden = self._hidden
        return np.array([row not in hidden for row in rows.tolist()], dtype=bool)


def _is_among(column: Array, codes: Iterable[int]) -> Array:
    """Which entries are one of `codes`. For a few codes this is far faster than `isin`."""
    first, *others = [*codes] or [_NO_CODE]
    mask: Array = column == first
    for code in others:
        mask |= column == code
    return mask
