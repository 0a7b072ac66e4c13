"""Which articles may be answered: a question"s filters and a publisher"s rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

__all__ = ["Filters", "Rules", "labels_of"]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may be answered.

    Attributes:
        section: Only articles of these sections; None for any.
        language: Only articles in these languages; None for any.
        source: Only articles of these sources; None for any.
        since: Only articles published at that moment or later; none without a date.
        until: Only articles published before that moment; none without a date.
        exclude: Ids of articles that are never answered.
    """

    section: frozenset[str] | None = None
    language: frozenset[str] | None = None
    source: frozenset[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    exclude: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rules:
    """A publisher's rules about its articles, by id.

    Attributes:
        pinned: Pairs of ids: in answers about the first article the second always comes first.
        apart: Pairs of ids: neither article is ever in an answer about the other.
        excluded_sections: Sections whose articles are never answered.
        embargo: Pairs of an id and a moment, before which that article is never answered.
    """

    pinned: tuple[tuple[str, str], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    excluded_sections: tuple[str, ...] = ()
    embargo: tuple[tuple[str, datetime], ...] = ()


def labels_of(value: str | Iterable[str] | None) -> frozenset[str] | None:
    """Labels as the set that `Filters` holds.

    Args:
        value: One label, several, or None.

    Returns:
        The labels; None, which means any, where there are none.

    Example:
        >>> labels_of("sport")
        frozenset({'sport'})
    """
    if value is None:
        return None
    return frozenset((value,)) if isinstance(value, str) else frozenset(value) or None
