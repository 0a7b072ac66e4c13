"""Related articles: the hits of an answer, and the reasons for each."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from recommender.types.article import Card

__all__ = ["Answer", "Reasons", "Related"]


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
