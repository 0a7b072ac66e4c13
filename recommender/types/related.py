"""Related articles: the hits of an answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from recommender.types.article import Card
from recommender.types.reasons import Reasons
from recommender.types.value import JsonObject, Value

__all__ = ["Answer", "Related"]

_NO_REASONS = Reasons()


@dataclass(frozen=True, slots=True)
class Related(Value):
    """One related article: the fields of its `Card`, a score and the reasons.

    Attributes:
        id: The publisher's id.
        score: How related it is, in [0, 1]; larger is better. See `recommender.scoring.score`.
        title: The headline; of an article without one the first words of its text.
        url: Where it can be read, or None.
        source: Who published it, or None.
        section: The section it stands in, or None.
        language: Its language, or None.
        author: Who wrote it, or None.
        published: When it was published, in UTC, or None.
        also_at: The other articles with nearly the same text that pass the filters. Empty where
            there are none, or where the answer keeps duplicates.
        reasons: Why it is in the answer; `explain` says it in words.
        fill: Whether it lies below the floor and only fills a short list: it is of the same story,
            or of the same topic and shares a name or a phrase, or it is a `filler`.
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
    reasons: Reasons = _NO_REASONS
    fill: bool = False


class Answer(list[Related]):
    """A list of related articles, best first.

    Args:
        hits: The related articles.
        note: Why there are fewer than were asked for, or None.
        article: The article that was asked about; None for a text that is not published.
        newer: The newest version of that article, or None where it is the newest itself.

    Attributes:
        note: Why there are fewer than were asked for, or None.
        article: The article that was asked about; None for a text that is not published.
        newer: The newest version of that article, which supersedes it, or None.
    """

    def __init__(
        self,
        hits: Iterable[Related] = (),
        note: str | None = None,
        article: Card | None = None,
        newer: Card | None = None,
    ) -> None:
        super().__init__(hits)
        self.note = note
        self.article = article
        self.newer = newer

    def to_dict(self) -> JsonObject:
        """The answer as plain JSON values; see `Value.to_dict`.

        Returns:
            What `recommend ID --json` prints: the article and its newer version, its related ones
            and the note.
        """
        return {
            "article": None if self.article is None else self.article.to_dict(),
            "newer": None if self.newer is None else self.newer.to_dict(),
            "related": [hit.to_dict() for hit in self],
            "note": self.note,
        }
