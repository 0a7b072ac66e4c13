"""What a source delivers about one article, and what a page shows of it."""

from dataclasses import dataclass
from datetime import datetime

from recommender.types.value import Value

__all__ = ["FACET_NAMES", "Article", "Card"]


# The fields of an article by whose labels answers can be filtered or capped.
FACET_NAMES = ("source", "section", "language", "author")


@dataclass(frozen=True, slots=True)
class Article(Value):
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
        updated: When this version of it was written, in UTC, or None.
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
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Card(Value):
    """What a page needs to show one article.

    Attributes:
        id: The publisher's id.
        title: The headline; of an article without one the first words of its text.
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
