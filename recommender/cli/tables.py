"""What a person sees: tables and progress bars. Nothing here decides anything."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
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
from recommender.serving.explain import explain
from recommender.types import Card, Change, Related, Story, Topic, Trend

if TYPE_CHECKING:
    from recommender.evaluation.evaluate_groups import ClusteringEvaluation, EvaluatedClustering
    from recommender.evaluation.evaluate_related import EvaluatedRanking

__all__ = [
    "HiddenRows",
    "article_heading",
    "changes_table",
    "figures_table",
    "groupings_table",
    "how_long_ago",
    "night_report",
    "printable",
    "related_table",
    "stories_table",
    "story_table",
    "topics_table",
    "trends_table",
]

KINDS = ("born", "merged", "split", "grown", "gone", "continued")
BARS = " ▁▂▃▄▅▆▇█"
STORY_TERMS = 4


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


def stories_table(stories: Sequence[Story], now: datetime) -> Table:
    """Stories, one a row."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("story", no_wrap=True)
    table.add_column("articles", justify="right")
    table.add_column("headline", overflow="fold", ratio=2)
    table.add_column("keywords", overflow="fold", ratio=1, style="dim")
    table.add_column("first", justify="right", no_wrap=True)
    table.add_column("last", justify="right", no_wrap=True)
    table.add_column("sources", overflow="fold", ratio=1)
    for story in stories:
        terms = ", ".join(keyword.term for keyword in story.keywords[:STORY_TERMS])
        table.add_row(
            story.id,
            f"{story.size:,}",
            Text(printable(story.headline or "(untitled)")),
            Text(printable(terms)),
            how_long_ago(story.first, now),
            how_long_ago(story.last, now),
            Text(printable(", ".join(story.sources))),
        )
    return table


def story_table(story: Story, now: datetime) -> Table:
    """The articles of one story, the oldest first."""
    terms = ", ".join(keyword.term for keyword in story.keywords)
    heading = [f"{story.id} · {printable(story.headline or '(untitled)')}", printable(terms)]
    table = Table(
        box=None, pad_edge=False, header_style="dim", title="\n".join(filter(None, heading)),
        title_justify="left", title_style="bold",
    )  # fmt: skip
    table.add_column("published", no_wrap=True)
    table.add_column("title", overflow="fold", ratio=1)
    table.add_column("source", overflow="fold")
    table.add_column("id", overflow="fold")
    for card in story.articles:
        table.add_row(
            how_long_ago(card.published, now),
            Text(printable(card.title or "(untitled)")),
            Text(printable(card.source or "")),
            Text(printable(card.id)),
        )
    return table


def changes_table(changes: Sequence[Change]) -> Table:
    """What a night did, one group a row: kinds in the order of `KINDS`, the largest first."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("what", no_wrap=True)
    table.add_column("id", no_wrap=True)
    table.add_column("articles", justify="right", no_wrap=True)
    table.add_column("label", overflow="fold", ratio=1)
    table.add_column("from or to", overflow="fold", ratio=1)
    order = {kind: place for place, kind in enumerate(KINDS)}
    for change in sorted(
        changes, key=lambda c: (order[c.kind], -max(c.size, c.previous_size), c.id)
    ):
        sizes = f"{change.previous_size:,} → {change.size:,}"
        label = Text(printable(change.label))
        table.add_row(change.kind, change.id, sizes, label, ", ".join(change.others))
    return table


def trends_table(trends: Sequence[Trend]) -> Table:
    """What bursts, one group a row, with its articles a day as small bars."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("id", no_wrap=True)
    table.add_column("burst", justify="right")
    table.add_column("label", overflow="fold", ratio=1)
    table.add_column("articles a day", no_wrap=True)
    table.add_column("on the last", justify="right", no_wrap=True)
    for trend in trends:
        most = max(trend.daily, default=0)
        bars = "".join(BARS[-(-count * (len(BARS) - 1) // max(most, 1))] for count in trend.daily)
        last = f"{trend.daily[-1]:,} on {trend.until:%-d %b}"
        table.add_row(trend.id, f"{trend.burst:.1f}", Text(printable(trend.label)), bars, last)
    return table


def night_report(night: Mapping[str, Any]) -> str:
    """What one nightly run did, from its record; see `nights.Night`."""
    intake = night["intake"]
    if night["refused"]:
        serves = night["snapshot"] or "nothing"
        lines = [f"not published, {serves} serves on", *(f"gate: {g}" for g in night["refused"])]
    elif night["unchanged"]:
        lines = [f"nothing has changed: {night['snapshot']} serves on"]
    else:
        lines = [f"published {night['snapshot']}", *(f"forced: {g}" for g in night["forced"])]
    counted = ("new", "changed", "unchanged", "removed", "rejected")
    lines.append(
        f"read {intake['read']:,} records: " + ", ".join(f"{intake[c]:,} {c}" for c in counted)
    )
    if intake["rejects_file"]:
        lines.append(f"rejects are listed in {intake['rejects_file']}")
    lines += [
        f"{night['articles']:,} articles with {night['contents']:,} different texts: "
        f"{night['embedded']:,} embedded, {night['reused']:,} reused; "
        f"{night['texts']:,} are left where near-duplicates count once",
        f"{night['truncated']:,} articles are longer than the encoder reads; "
        f"{1 - night['words_read_share']:.1%} of all words were not read",
        f"{night['stories']:,} stories; "
        f"{night['topics']:,} topics, {night['finer_topics']:,} finer ones within them, "
        f"{night['without_topic']:,} articles without",
    ]
    for kind, changes in night["changes"].items():
        if changes:
            counted_changes = ", ".join(f"{changes[k]:,} {k}" for k in KINDS if k in changes)
            lines.append(f"{kind}: {counted_changes}")
    if night["gates"]:
        shares = ", ".join(f"{name} {value:.1%}" for name, value in night["gates"].items())
        lines.append(f"gates: {shares}")
    lines += [
        "the search is exact"
        if night["search_recall"] == 1
        else f"the search finds {night['search_recall']:.1%} of the nearest articles",
        f"{sum(night['seconds'].values()):.1f} s: "
        + ", ".join(f"{name} {seconds:.1f}" for name, seconds in night["seconds"].items()),
    ]
    return "\n".join(lines)


def figures_table(
    rows: "Sequence[EvaluatedRanking | EvaluatedClustering]",
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


def groupings_table(found: "ClusteringEvaluation", measures: Sequence[str]) -> Table:
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


class HiddenRows:
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
