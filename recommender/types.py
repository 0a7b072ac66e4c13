"""The values that cross from one room to another: frozen, typed, without behaviour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

__all__ = ["Article", "Card", "Filters", "Health", "Keyword", "Related", "Topic", "labels_of"]


@dataclass(frozen=True, slots=True)
class Article:
    """One article as a source delivered it, checked.

    `published` is timezone-aware and in UTC. Optional fields are None when absent.
    """

    id: str
    title: str
    text: str
    published: datetime | None = None
    url: str | None = None
    source: str | None = None
    section: str | None = None
    language: str | None = None
    author: str | None = None


class Card(NamedTuple):
    """What a page needs to show one article."""

    id: str
    title: str
    url: str | None
    source: str | None
    section: str | None
    language: str | None
    author: str | None
    published: datetime | None


class Related(NamedTuple):
    """One related article. `score` is a similarity in [0, 1]; larger is better."""

    id: str
    score: float
    title: str
    url: str | None
    source: str | None
    section: str | None
    language: str | None
    author: str | None
    published: datetime | None


class Keyword(NamedTuple):
    """A term of a topic and its c-TF-IDF weight; larger is more telling."""

    term: str
    weight: float


@dataclass(frozen=True, slots=True)
class Topic:
    """A theme of the corpus. `size` counts its articles, `keywords` come best first."""

    id: str
    label: str
    size: int
    keywords: tuple[Keyword, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may be answered. None or empty means any.

    `section`, `language` and `source` admit the labels they hold; `since` admits articles
    published at that moment or later, and none without a date; `exclude` holds ids.
    """

    section: frozenset[str] | None = None
    language: frozenset[str] | None = None
    source: frozenset[str] | None = None
    since: datetime | None = None
    exclude: frozenset[str] = frozenset()


def labels_of(value: str | Iterable[str] | None) -> frozenset[str] | None:
    """One label, several, or None for any, as the set that `Filters` holds."""
    if value is None:
        return None
    return frozenset((value,)) if isinstance(value, str) else frozenset(value) or None


@dataclass(frozen=True, slots=True)
class Health:
    """What a serving process is doing.

    `ok` is False, and `error` says why, while a newer snapshot is refused (the old one serves on)
    or the list of takedowns is unreadable (nothing is served).
    """

    ok: bool
    snapshot: str
    created: datetime
    articles: int
    removed: int
    error: str | None
