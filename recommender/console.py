"""What a person sees: tables and progress bars. Nothing here decides anything."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from unicodedata import category

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from recommender.progress import Advance
from recommender.reasons import explain
from recommender.types import Card, Related, Topic

if TYPE_CHECKING:
    from recommender.groupings import Grouped, Grouping
    from recommender.rankings import Ranking

__all__ = [
    "Bars",
    "article_heading",
    "figures_table",
    "groupings_table",
    "how_long_ago",
    "printable",
    "related_table",
    "topics_table",
]


def article_heading(article: Card, now: datetime) -> Text:
    """The line above an article's related articles: its title, source, date and id."""
    origin = [article.source, how_long_ago(article.published, now), article.id]
    return Text.assemble(
        (printable(article.title) or "(untitled)", "bold"),
        "\n",
        (printable(" · ".join(part for part in origin if part)), "dim"),
    )


def related_table(hits: Sequence[Related], now: datetime) -> Table:
    """Related articles, one a row."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("rank", justify="right")
    table.add_column("score", justify="right")
    table.add_column("title", overflow="fold", ratio=1)
    table.add_column("source", overflow="fold")
    table.add_column("published", justify="right", no_wrap=True)
    table.add_column("id", overflow="fold")
    table.add_column("why", overflow="fold", ratio=1, style="dim")
    for rank, hit in enumerate(hits, start=1):
        table.add_row(
            str(rank),
            f"{hit.score:.3f}",
            Text(printable((hit.title or "(untitled)") + _also_at(hit))),
            Text(printable(hit.source or "")),
            how_long_ago(hit.published, now),
            Text(printable(hit.id)),
            Text(printable(explain(hit.reasons))),
        )
    return table


def _also_at(hit: Related) -> str:
    """Where else nearly the same text stands: sources where they are known, else ids."""
    places = dict.fromkeys(copy.source or copy.id for copy in hit.also_at)
    return f" (also at: {', '.join(places)})" if places else ""


def topics_table(topics: Sequence[Topic], words: int) -> Table:
    """Topics with their sizes and their first `words` keywords."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("topic", no_wrap=True)
    table.add_column("articles", justify="right")
    table.add_column("keywords", overflow="fold", ratio=1)
    for topic in topics:
        terms = ", ".join(keyword.term for keyword in topic.keywords[:words])
        table.add_row(topic.id, f"{topic.size:,}", Text(printable(terms)))
    return table


def figures_table(
    rows: "Sequence[Ranking | Grouping]",
    measures: Sequence[str],
    kind: str = "ranking",
    counts: Mapping[str, Sequence[str]] | None = None,
) -> Table:
    """Rankings or groupings, one a row, each measure with the ends of its interval, and `counts`.

    `counts` holds further columns by their heading, a cell for each row.
    """
    counts = counts or {}
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(kind, no_wrap=True)
    for name in measures:
        table.add_column(name, no_wrap=True)
    for name in counts:
        table.add_column(name, no_wrap=True, justify="right")
    for place, row in enumerate(rows):
        figures = zip(*row.figures, strict=True)
        table.add_row(
            row.name,
            *(f"{mean:.3f} ({low:.3f}–{high:.3f})" for mean, low, high in figures),
            *(cells[place] for cells in counts.values()),
        )
    return table


def groupings_table(found: "Grouped", measures: Sequence[str]) -> Table:
    """Groupings, one a row: their figures, how many groups they have, and what is worth a look."""
    groupings = found.groupings
    counts = {"found": [f"{len(g.sizes):,}" for g in groupings]}
    if found.kind == "story":
        counts["largest"] = [f"{g.sizes.max(initial=0):,}" for g in groupings]
    else:
        counts["in none"] = [f"{g.unassigned:.1%}" for g in groupings]
    return figures_table(groupings, measures, "grouping", counts)


def printable(text: str) -> str:
    """One line without control and direction characters: headlines come from outside."""
    return "".join(" " if category(c) in _UNPRINTED or c in _BIDI else c for c in text)


def how_long_ago(moment: datetime | None, now: datetime) -> str:
    """A moment as an editor says it: "5 minutes ago", "3 days ago", then the date."""
    if moment is None:
        return ""
    seconds = (now - moment).total_seconds()
    if seconds < 0 or seconds >= 60 * 86400:
        return moment.astimezone(UTC).strftime("%-d %b %Y")
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        count = int(seconds // length)
        if count:
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"


# Controls (escape sequences among them), line and paragraph separators, lone surrogates.
_UNPRINTED = frozenset(("Cc", "Zl", "Zp", "Cs"))
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Bars:
    """A `Progress` that draws one bar a stage: how many, at which rate, how long still."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def stage(self, name: str, total: int | None, unit: str) -> Iterator[Advance]:
        """Draw a bar while the block runs; it stays when the block is done."""
        amount: ProgressColumn = DownloadColumn() if unit == "B" else MofNCompleteColumn()
        columns: list[ProgressColumn] = [TextColumn("{task.description:<10}"), BarColumn(24)]
        if total is not None:
            columns += [amount, _RateColumn(unit), TimeRemainingColumn(elapsed_when_finished=True)]
        else:
            columns += [TimeElapsedColumn()]
        with Progress(*columns, console=self._console) as bars:
            task = bars.add_task(name, total=total)
            yield lambda count: bars.advance(task, count)
            bars.update(task, total=total or 1, completed=total or 1)


class _RateColumn(ProgressColumn):
    """Units done per second."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        if speed is None:
            return Text("")
        if self._unit == "B":
            return Text(f"{speed / 1e6:,.1f} MB/s", style="dim")
        return Text(f"{speed:,.0f} {self._unit}/s", style="dim")
