"""What a person sees of articles: the heading of one, and a list of several."""

from collections.abc import Sequence
from datetime import datetime

from rich.text import Text

from recommender.cli.moments import how_long_ago
from recommender.cli.output import printable
from recommender.cli.table import FOLD, UNTITLED, WHOLE, WIDE, Column, RowTable
from recommender.types.article import Card

__all__ = ["article_heading", "articles_table"]


def article_heading(article: Card, now: datetime) -> Text:
    """The lines above an article's related articles: its title, source, date and id.

    Args:
        article: The article that was asked about.
        now: The moment that its date is compared with.

    Returns:
        Two lines.
    """
    origin = [article.source, how_long_ago(article.published, now), article.id]
    return Text.assemble(
        (printable(article.title) or UNTITLED, "bold"),
        "\n",
        (printable(" · ".join(part for part in origin if part)), "dim"),
    )


def articles_table(cards: Sequence[Card], now: datetime, title: Sequence[str] = ()) -> RowTable:
    """Articles, one a row.

    Args:
        cards: The articles.
        now: The moment that their dates are compared with.
        title: Lines above the table.

    Returns:
        The table.
    """
    columns = [
        Column("published", lambda card: how_long_ago(card.published, now), WHOLE),
        Column("title", lambda card: card.title or UNTITLED, WIDE),
        Column("source", lambda card: card.source or "", FOLD),
        Column("id", lambda card: card.id, FOLD),
    ]
    return RowTable(columns, cards, title)
