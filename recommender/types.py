"""The values that wings and users exchange: frozen, typed, without behaviour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

__all__ = [
    "CHANGE_KINDS",
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
# What a night can do to a story or topic, in the order in which reports list it.
CHANGE_KINDS = ("born", "merged", "split", "grown", "gone", "continued")


@dataclass(frozen=True, slots=True)
class Article:
    """One article as a source delivered it, checked.

    Attributes:
        id: The publisher's id; no two articles share one.
        title: The headline; may be empty where there is a text.
        text: The body; may be empty where there is a title.
        published: When it was published, in UTC, or None.
        url: Where it can be read, or None.
        source: Who published it, for example the newspaper, or None.
        section: The section it stands in, or None.
        language: Its language, or None.
        author: Who wrote it, or None.
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
    """What a page needs to show one article.

    Attributes:
        id: The publisher's id.
        title: The headline; may be empty.
        url: Where it can be read, or None.
        source: Who published it, or None.
        section: The section it stands in, or None.
        language: Its language, or None.
        author: Who wrote it, or None.
        published: When it was published, in UTC, or None.
    """

    id: str
    title: str
    url: str | None
    source: str | None
    section: str | None
    language: str | None
    author: str | None
    published: datetime | None


class Reasons(NamedTuple):
    """Why an article is in an answer: what it shares with the article that was asked about.

    Attributes:
        names: Names that occur in both texts, the most distinctive first.
        phrases: Other phrases that occur in both texts, the most distinctive first.
        same_story: Whether both are about the same event.
        duplicate: Whether both have nearly the same text.
        hours_apart: Hours from the article that was asked about to this one, negative where this
            one is older; None where one of them has no date.
        pinned: Whether a rule of the publisher put it there.
        filler: "section" or "topic" where it is not related at all, and only the newest article of
            that section or topic, which fills a short list; None otherwise.
    """

    names: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    same_story: bool = False
    duplicate: bool = False
    hours_apart: float | None = None
    pinned: bool = False
    filler: str | None = None


class Related(NamedTuple):
    """One related article: the fields of its `Card`, a score and the reasons.

    Attributes:
        id: The publisher's id.
        score: How related it is, in [0, 1]; larger is better. See `recommender.scoring.score`.
        title: The headline; may be empty.
        url: Where it can be read, or None.
        source: Who published it, or None.
        section: The section it stands in, or None.
        language: Its language, or None.
        author: Who wrote it, or None.
        published: When it was published, in UTC, or None.
        also_at: The other articles with nearly the same text that pass the filters. Empty where
            there are none, or where the answer keeps duplicates.
        reasons: Why it is in the answer; `explain` says it in words.
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
    """A list of related articles, best first.

    Args:
        hits: The related articles.
        note: Why there are fewer than were asked for, or None.

    Attributes:
        note: Why there are fewer than were asked for, or None.
    """

    def __init__(self, hits: Iterable[Related] = (), note: str | None = None) -> None:
        super().__init__(hits)
        self.note = note


class Keyword(NamedTuple):
    """A term that describes a topic or a story.

    Attributes:
        term: A word or a phrase, as the articles write it.
        weight: How distinctive it is; larger is better. See `recommender.keywords`.
    """

    term: str
    weight: float


@dataclass(frozen=True, slots=True)
class Topic:
    """A theme of the corpus.

    Attributes:
        id: Its id, which lasts over nights.
        label: Its best keywords, as a name.
        size: How many articles it has.
        keywords: Its keywords, best first.
        level: 1 for the broad topics, 2 and 3 for finer ones.
        parent: Id of the topic one level above that it is part of; None at level 1.
        representatives: Ids of the articles that best show what it is about, no two of them alike.
        asked: The id that was asked for, where that topic no longer exists and most of its articles
            went to this one; None otherwise.
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
    """The articles about one event.

    Attributes:
        id: Its id, which lasts over nights.
        headline: The title of its lead.
        lead: Its most central article.
        articles: All its articles, the oldest first, those without a date last.
        first: When the first of them was published, or None where none has a date.
        last: When the last of them was published, or None where none has a date.
        sources: Who published about it, the source with the most articles first.
        keywords: Its keywords, best first.
        asked: The id that was asked for, where that story no longer exists and most of its articles
            went to this one; None otherwise.
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
    """What the last night did to one story or topic.

    Attributes:
        kind: One of `CHANGE_KINDS`. Of a group that exists: "born"; "split" where others took a
            part of it; "grown" where it is larger by a quarter or more; "continued" otherwise. Of
            one that no longer exists: "merged" where one other group took its articles, "split"
            where several did, "gone" where none did.
        id: The story's or topic's id.
        label: The topic's label or the story's headline; may be empty.
        others: Ids of other groups, the largest part first: those that a merged or split group went
            to, or those that a new or grown group holds a part of.
        size: How many articles it has tonight; 0 where it no longer exists.
        previous_size: How many it had the night before; 0 where it is new.
    """

    kind: str
    id: str
    label: str
    others: tuple[str, ...]
    size: int
    previous_size: int


class Trend(NamedTuple):
    """A story or topic that has far more articles than is usual for it.

    Attributes:
        id: The story's or topic's id.
        label: The topic's label or the story's headline.
        burst: How far its articles are above what is usual, in standard deviations; see
            `recommender.serving.trends.burst_scores`.
        until: The last day that is counted, in UTC.
        daily: Its articles on each of the days that end with `until`.
    """

    id: str
    label: str
    burst: float
    until: date
    daily: tuple[int, ...]


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


@dataclass(frozen=True, slots=True)
class Health:
    """What a serving process is doing.

    Attributes:
        ok: Whether the published snapshot is served. False while a newer snapshot is refused (the
            old one goes on serving) or the list of removed articles is unreadable (nothing is
            served).
        snapshot: Name of the snapshot that is served.
        created: When that snapshot was built.
        articles: How many articles it has.
        removed: How many ids are on the list of removed articles.
        error: Why `ok` is False; None otherwise.
    """

    ok: bool
    snapshot: str
    created: datetime
    articles: int
    removed: int
    error: str | None
