"""What a person sees of the articles related to another one."""

from collections.abc import Sequence
from datetime import datetime

from recommender.cli.moments import how_long_ago
from recommender.cli.table import DATE, DIM, FOLD, NUMBER, UNTITLED, WIDE, Column, RowTable
from recommender.types.reasons import explain
from recommender.types.related import Related

__all__ = ["related_table"]


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
        Column("why", lambda ranked: _why(ranked[1]), WIDE | DIM),
    ]
    return RowTable(columns, enumerate(hits, start=1))


def _why(hit: Related) -> str:
    """The reasons of a hit; those of one from below the floor begin with "fill"."""
    words = explain(hit.reasons)
    return f"fill · {words}" if hit.fill and hit.reasons.filler is None else words


def _also_at(hit: Related) -> str:
    """Where else nearly the same text stands: sources where they are known, else ids."""
    places = dict.fromkeys(copy.source or copy.id for copy in hit.also_at)
    return f" (also at: {', '.join(places)})" if places else ""
