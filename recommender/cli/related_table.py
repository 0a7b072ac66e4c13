"""What a person sees of an answer: the article that was asked about, and its related articles."""

from collections.abc import Sequence
from datetime import datetime

from rich.text import Text

from recommender.cli.moments import how_long_ago
from recommender.cli.output import printable
from recommender.cli.table import DATE, DIM, FOLD, NUMBER, UNTITLED, WIDE, Column, RowTable
from recommender.types.article import Card
from recommender.types.reasons import explain
from recommender.types.related import Related

__all__ = ["article_heading", "related_table"]


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


def related_table(hits: Sequence[Related], now: datetime) -> RowTable:
    """Related articles, one a row.

    Args:
        hits: The related articles, best first.
        now: The moment that their dates are compared with.

    Returns:
        The table.
    """
    columns = [
        Column("rank", lambda ranked: str(ranked[0]), NUMBER),
        Column("score", lambda ranked: f"{ranked[1].score:.3f}", NUMBER),
        Column("title", lambda ranked: (ranked[1].title or UNTITLED) + _also_at(ranked[1]), WIDE),
        Column("source", lambda ranked: ranked[1].source or "", FOLD),
        Column("published", lambda ranked: how_long_ago(ranked[1].published, now), DATE),
        Column("id", lambda ranked: ranked[1].id, FOLD),
        Column("why", lambda ranked: explain(ranked[1].reasons), WIDE | DIM),
    ]
    return RowTable(columns, enumerate(hits, start=1))


def _also_at(hit: Related) -> str:
    """Where else nearly the same text stands: sources where they are known, else ids."""
    places = dict.fromkeys(copy.source or copy.id for copy in hit.also_at)
    return f" (also at: {', '.join(places)})" if places else ""
