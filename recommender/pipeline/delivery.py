"""What the sources of one night delivered: which articles, and what stands in for the others."""

from dataclasses import dataclass, field

__all__ = ["Delivery"]


@dataclass(slots=True)
class Delivery:
    """The ids that the sources of one night named, filled while they are read.

    Attributes:
        articles: The label of the source, the field `source`, of each article that was taken in.
        left_out: Ids of records that were rejected or belong to articles that were taken down.
        unread: How many rejected records have no id that can be read.
        empty: Names of the sources that held no record.
    """

    articles: dict[str, str | None] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    unread: int = 0
    empty: list[str] = field(default_factory=list)

    def named(self, article_id: str) -> bool:
        """Whether a source still holds an article.

        Args:
            article_id: The article's id.

        Returns:
            True if a record of tonight has this id, even one that was rejected.
        """
        return article_id in self.articles or article_id in self.left_out
