"""The values that cross from one room to another: frozen, typed, without behaviour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

__all__ = [
    "FACET_NAMES",
    "Answer",
    "Article",
    "Card",
    "Change",
    "Filters",
    "Health",
    "Keyword",
    "Reasons",
    "Related",
    "Rules",
    "Story",
    "Topic",
    "Trend",
    "labels_of",
]


# The fields of an article by whose labels answers can be filtered or capped.
FACET_NAMES = ("source", "section", "language", "author")


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


class Reasons(NamedTuple):
    """What an article shares with the one that was asked about.

    `names` and `phrases` occur in both texts, most telling first. `hours_apart` is None where one
    has no date. `duplicate`: nearly the same text. `pinned`: a publisher's rule put it there.
    `filler`: it is not related at all; "section" or "topic" says what it is the newest of.
    """

    names: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    same_story: bool = False
    duplicate: bool = False
    hours_apart: float | None = None
    pinned: bool = False
    filler: str | None = None


class Related(NamedTuple):
    """One related article. `score` is in [0, 1], larger is better: see `recommender.scoring`.

    `also_at` are the admitted articles with the same or nearly the same text, the lead first,
    where the answer collapses duplicates; `reasons` say why it is here.
    """

    id: str
    score: float
    title: str
    url: str | None
    source: str | None
    section: str | None
    language: str | None
    author: str | None
    published: datetime | None
    also_at: tuple[Card, ...] = ()
    reasons: Reasons = Reasons()


class Answer(list[Related]):
    """A list of related articles, best first. `note` says why it is shorter than asked, or None."""

    def __init__(self, hits: Iterable[Related] = (), note: str | None = None) -> None:
        super().__init__(hits)
        self.note = note


class Keyword(NamedTuple):
    """A term of a topic and its weight, larger is more telling: see `recommender.keywords`."""

    term: str
    weight: float


@dataclass(frozen=True, slots=True)
class Topic:
    """A theme of the corpus. `size` counts its articles, `keywords` come best first.

    `representatives` are the ids of the articles that show best what it is about, no two of them
    alike. Topics of `level` 1 are the broad ones; a finer one names its `parent`, a topic of the
    level above. The `id` lasts over nights; `asked` is the id that was asked for, where its
    articles went to this topic and it is no more.
    """

    id: str
    label: str
    size: int
    keywords: tuple[Keyword, ...]
    level: int = 1
    parent: str | None = None
    representatives: tuple[str, ...] = ()
    asked: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """The articles of one event, the oldest first, undated ones last.

    `lead` is the most central article and gives the `headline`. `first` and `last` are when it was
    first and last published about, None without a dated article. `sources` come by their number of
    articles. The `id` lasts over nights; `asked` as in `Topic`.
    """

    id: str
    headline: str
    lead: Card
    articles: tuple[Card, ...]
    first: datetime | None
    last: datetime | None
    sources: tuple[str, ...]
    keywords: tuple[Keyword, ...]
    asked: str | None = None

    @property
    def size(self) -> int:
        """How many articles it has."""
        return len(self.articles)


class Change(NamedTuple):
    """What became of one story or topic in the last night; see `lineage.Event` for the kinds.

    `label` is the topic's, or the story's headline. `others`, the largest part first: where a group
    that is "merged" or "split" went, or of which it holds a part. `size` and `previous_size` count
    articles tonight and the night before.
    """

    kind: str
    id: str
    label: str
    others: tuple[str, ...]
    size: int
    previous_size: int


class Trend(NamedTuple):
    """A story or topic that has far more articles than is usual for it.

    `label` is the topic's, or the story's headline; see `trends.bursts` for `burst`. `daily` counts
    articles on each of the UTC days that end with `until`.
    """

    id: str
    label: str
    burst: float
    until: date
    daily: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may be answered. None or empty means any.

    `section`, `language` and `source` admit the labels they hold; `since` admits articles
    published at that moment or later, `until` those published before, and neither admits one
    without a date; `exclude` holds ids.
    """

    section: frozenset[str] | None = None
    language: frozenset[str] | None = None
    source: frozenset[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    exclude: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rules:
    """A publisher's rules, by ids.

    `pinned`: beside the first of a pair the second always comes first. `apart`: neither of a pair
    is ever answered beside the other. Articles of `excluded_sections` are never answered, and
    those under `embargo` not before their time.
    """

    pinned: tuple[tuple[str, str], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    excluded_sections: tuple[str, ...] = ()
    embargo: tuple[tuple[str, datetime], ...] = ()


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
