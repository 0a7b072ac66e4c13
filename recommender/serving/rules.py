"""A publisher's rules, as questions to one snapshot need them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from recommender.snapshot.reader import Snapshot

__all__ = ["ArticleRules", "HiddenRows", "SnapshotRules", "index_rules"]


class HiddenRows(NamedTuple):
    """Rows that no answer holds at some moment, and when (seconds since 1970) that changes."""

    rows: frozenset[int]
    until: float | None


class ArticleRules(NamedTuple):
    """What comes first beside one article, as rows in their order, and texts that never come."""

    pinned: tuple[int, ...] = ()
    apart: tuple[int, ...] = ()


class SnapshotRules(NamedTuple):
    """`types.Rules` by article: of each id those `pinned` beside it, and those kept `apart`.

    Their rows are looked up when they are asked for: those of ten thousand pairs would take longer
    than to open a snapshot. `excluded` are codes of sections; `embargo` gives the seconds since
    1970 at which that of a row ends.
    """

    pinned: Mapping[str, tuple[str, ...]]
    apart: Mapping[str, tuple[str, ...]]
    excluded: frozenset[int]
    embargo: Mapping[int, float]

    def of_article(self, snapshot: Snapshot, article_id: str) -> ArticleRules:
        """What the rules say of an article; of what the snapshot has not they say nothing."""
        pinned, apart = self.pinned.get(article_id, ()), self.apart.get(article_id, ())
        if not pinned and not apart:
            return ArticleRules()
        text_of = snapshot.arrays.text_of.data
        # The whole text: a copy under another id would be the same beside the article.
        rows = map(snapshot.lookup.row_of, apart)
        texts = {text_of[row] for row in rows if row is not None}
        # What is kept apart stays so, pinned or not.
        rows = map(snapshot.lookup.row_of, (other for other in pinned if other != article_id))
        first = (row for row in rows if row is not None and text_of[row] not in texts)
        return ArticleRules(tuple(first), tuple(texts))

    def hidden(self, removed: frozenset[int], now: datetime) -> HiddenRows:
        """The `removed` rows and those under embargo at `now`."""
        moment = now.timestamp()
        held = {row: end for row, end in self.embargo.items() if end > moment}
        return HiddenRows(removed.union(held), min(held.values(), default=None))


def index_rules(snapshot: Snapshot) -> SnapshotRules:
    """The snapshot's rules."""
    rules = snapshot.rules
    both_ways = (pair for a, b in rules.apart for pair in ((a, b), (b, a)))
    sections = snapshot.facets["section"]
    excluded = frozenset(sections[s] for s in rules.excluded_sections if s in sections)
    row = snapshot.lookup.row_of
    held = ((row(article_id), moment.timestamp()) for article_id, moment in rules.embargo)
    return SnapshotRules(
        _by_first(rules.pinned),
        _by_first(both_ways),
        excluded,
        {row: end for row, end in held if row is not None},
    )


def _by_first(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """The second ones of each first one, in their order, each once."""
    found: dict[str, dict[str, None]] = {}
    for first, second in pairs:
        found.setdefault(first, {})[second] = None
    return {first: tuple(seconds) for first, seconds in found.items()}
