"""A publisher's rules, resolved to the rows and codes of one snapshot."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from recommender.snapshot import Snapshot

__all__ = ["Bars", "RowRules", "resolve"]


class Bars(NamedTuple):
    """Rows that no answer holds at some moment, and when (seconds since 1970) that changes."""

    rows: frozenset[int]
    until: float | None


class RowRules(NamedTuple):
    """`types.Rules` by rows: `pinned` in the settings' order, and the texts kept `apart`.

    `excluded` are codes of sections; `embargo` gives the seconds since 1970 at which it ends.
    """

    pinned: Mapping[int, tuple[int, ...]]
    apart: Mapping[int, frozenset[int]]
    excluded: frozenset[int]
    embargo: Mapping[int, float]

    def bars(self, removed: frozenset[int], now: datetime) -> Bars:
        """The `removed` rows and those under embargo at `now`."""
        moment = now.timestamp()
        held = {row: end for row, end in self.embargo.items() if end > moment}
        return Bars(removed.union(held), min(held.values(), default=None))


def resolve(snapshot: Snapshot) -> RowRules:
    """The snapshot's rules; what names an article or a section that it has not says nothing."""
    rules = snapshot.rules
    row = snapshot.lookup.row_of
    text_of = snapshot.arrays.text_of
    apart: dict[int, frozenset[int]] = {}
    for one, other in ((row(a), row(b)) for a, b in rules.apart):
        if one is not None and other is not None:
            # The whole text: a copy under another id would be the same beside the article.
            apart[one] = apart.get(one, frozenset()) | {int(text_of[other])}
            apart[other] = apart.get(other, frozenset()) | {int(text_of[one])}
    pinned: dict[int, tuple[int, ...]] = {}
    for first, second in dict.fromkeys((row(a), row(b)) for a, b in rules.pinned):
        # What is kept apart stays so, pinned or not.
        if (
            first is not None
            and second is not None
            and first != second
            and int(text_of[second]) not in apart.get(first, ())
        ):
            pinned[first] = (*pinned.get(first, ()), second)
    sections = snapshot.facets["section"]
    excluded = frozenset(sections[s] for s in rules.excluded_sections if s in sections)
    held = ((row(article_id), moment.timestamp()) for article_id, moment in rules.embargo)
    return RowRules(pinned, apart, excluded, {r: end for r, end in held if r is not None})
