"""Stories and topics, what a night changed about them, and what trends."""

from dataclasses import dataclass
from datetime import date, datetime

from recommender.types.article import Card
from recommender.types.value import JsonObject, Value

__all__ = ["CHANGE_KINDS", "Change", "Keyword", "Story", "Topic", "TopicPage", "Trend"]


# What a night can do to a story or topic, in the order in which reports list it.
CHANGE_KINDS = ("born", "merged", "split", "grown", "gone", "continued")


@dataclass(frozen=True, slots=True)
class Keyword(Value):
    """A term that describes a topic or a story.

    Attributes:
        term: A word or a phrase, as the articles write it.
        weight: How distinctive it is; larger is better. See `recommender.keywords`.
    """

    term: str
    weight: float


@dataclass(frozen=True, slots=True)
class Topic(Value):
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
class TopicPage(Value):
    """What a page about one topic shows.

    Attributes:
        topic: The topic.
        parent: The topic one level above; None at level 1.
        children: The topics one level below, largest first.
        representatives: The articles that best show what it is about.
        newest: Its newest articles, those of finer topics too.
    """

    topic: Topic
    parent: Topic | None
    children: tuple[Topic, ...]
    representatives: tuple[Card, ...]
    newest: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Story(Value):
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

    def to_dict(self) -> JsonObject:
        """The story as plain JSON values; see `Value.to_dict`.

        Returns:
            Its fields by name, and its `size`. The `lead` is an id, because the article itself is
            among the `articles`.
        """
        plain = Value.to_dict(self)
        return plain | {"size": self.size, "lead": self.lead.id}


@dataclass(frozen=True, slots=True)
class Change(Value):
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


@dataclass(frozen=True, slots=True)
class Trend(Value):
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
