"""An article as a row of a database's table."""

from recommender.dates import to_microseconds
from recommender.language.prepare import content_hash, embedded_text
from recommender.store.tally import Version
from recommender.types.article import Article

__all__ = ["article_row"]


def article_row(article: Article, version: Version) -> dict[str, object]:
    """An article as a row of its table, with nothing cut from its text.

    Args:
        article: The article.
        version: The hash of its record, and when it was updated.

    Returns:
        A value for each column.
    """
    published = None if article.published is None else to_microseconds(article.published)
    return {
        "id": article.id,
        "record_hash": version.record_hash,
        "content_hash": content_hash(embedded_text(article.title, article.text)),
        "title": article.title,
        "text": article.text,
        "published": published,
        "url": article.url,
        "source": article.source,
        "section": article.section,
        "language": article.language,
        "author": article.author,
        "updated": version.updated,
        "cuts": None,
        "cut_words": None,
        "whole_hash": None,
    }
