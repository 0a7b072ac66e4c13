"""A publisher's rules by the rows, texts and codes of one snapshot."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from recommender.snapshot.reader import Snapshot

__all__ = ["ArticleRules", "HiddenRows", "SnapshotRules", "index_rules"]


class HiddenRows(NamedTuple):
    """Rows that may not be shown at some moment.

    Attributes:
        rows: The rows.
        until: When the next embargo ends and this must be made again, in seconds since 1970; None
            where there is no embargo.
    """

    rows: frozenset[int]
    until: float | None


class ArticleRules(NamedTuple):
    """The rules about one article.

    Attributes:
        pinned: Rows that come first in its answers, in this order.
        apart: Texts that never come in its answers.
    """

    pinned: tuple[int, ...] = ()
    apart: tuple[int, ...] = ()


class SnapshotRules(NamedTuple):
    """`types.Rules`, indexed for one snapshot.

    Rows of pairs are looked up only for the article of a query, because looking up ten thousand
    pairs takes longer than opening a snapshot.

    Attributes:
        pinned: Id → ids that come first in answers about it.
        apart: Id → ids that never come in answers about it.
        excluded: Codes of the sections whose articles are never answered.
        embargo: Row → when its embargo ends, in seconds since 1970.
    """

    pinned: Mapping[str, tuple[str, ...]]
    apart: Mapping[str, tuple[str, ...]]
    excluded: frozenset[int]
    embargo: Mapping[int, float]

    def of_article(self, snapshot: Snapshot, article_id: str) -> ArticleRules:
        """The rules about one article; ids that the snapshot does not hold are passed over.

        Args:
            snapshot: The snapshot.
            article_id: The article of the query.

        Returns:
            Its rules. A text that is kept apart is never pinned.
        """
        pinned, apart = self.pinned.get(article_id, ()), self.apart.get(article_id, ())
        if not pinned and not apart:
            return ArticleRules()
        text_of = snapshot.arrays.text_of.data
        # Whole texts are kept apart, because a copy under another id reads the same.
        rows = map(snapshot.lookup.row_of, apart)
        texts = {text_of[row] for row in rows if row is not None}
        rows = map(snapshot.lookup.row_of, (other for other in pinned if other != article_id))
        first = (row for row in rows if row is not None and text_of[row] not in texts)
        return ArticleRules(tuple(first), tuple(texts))

    def hidden(self, removed: frozenset[int], now: datetime) -> HiddenRows:
        """The rows that may not be shown at a moment.

        Args:
            removed: Rows of the removed articles.
            now: The moment.

        Returns:
            The removed rows and those under embargo.
        """
        moment = now.timestamp()
        embargoed = {row: end for row, end in self.embargo.items() if end > moment}
        return HiddenRows(removed.union(embargoed), min(embargoed.values(), default=None))


def index_rules(snapshot: Snapshot) -> SnapshotRules:
    """Index the rules that a snapshot holds.

    Args:
        snapshot: The snapshot.

    Returns:
        Its rules by article; what they say about unknown ids and sections is left out.
    """
    rules = snapshot.rules
    both_ways = (pair for a, b in rules.apart for pair in ((a, b), (b, a)))
    sections = snapshot.facets["section"]
    excluded = frozenset(sections[s] for s in rules.excluded_sections if s in sections)
    row = snapshot.lookup.row_of
    embargo = ((row(article_id), moment.timestamp()) for article_id, moment in rules.embargo)
    return SnapshotRules(
        _by_first(rules.pinned),
        _by_first(both_ways),
        excluded,
        {row: end for row, end in embargo if row is not None},
    )


def _by_first(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """For each first id of `pairs` the second ones, in their order, each once."""
    found: dict[str, dict[str, None]] = {}
    for first, second in pairs:
        found.setdefault(first, {})[second] = None
    return {first: tuple(seconds) for first, seconds in found.items()}
