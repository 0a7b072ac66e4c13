"""What a person sees: one table for each kind of result, a list of columns each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple
from unicodedata import category

from rich.table import Table
from rich.text import Text

from recommender.serving.explain import explain
from recommender.types.article import Card
from recommender.types.groups import CHANGE_KINDS, Change, Story, Topic, Trend
from recommender.types.related import Related

if TYPE_CHECKING:
    from recommender.evaluation.evaluate_groups import ClusteringEvaluation, EvaluatedClustering
    from recommender.evaluation.evaluate_related import EvaluatedRanking

__all__ = [
    "Column",
    "article_heading",
    "build_table",
    "changes_table",
    "figures_table",
    "groupings_table",
    "how_long_ago",
    "printable",
    "related_table",
    "stories_table",
    "story_table",
    "topics_table",
    "trends_table",
]

BARS = " ▁▂▃▄▅▆▇█"
STORY_TERMS = 4
UNTITLED = "(untitled)"

# Controls (escape sequences among them), line and paragraph separators, lone surrogates.
_UNPRINTED = frozenset(("Cc", "Zl", "Zp", "Cs"))
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# How a column is laid out, as arguments of rich's `add_column`.
_FOLD: dict[str, Any] = {"overflow": "fold"}
_WIDE: dict[str, Any] = {"overflow": "fold", "ratio": 1}
_WHOLE: dict[str, Any] = {"no_wrap": True}
_NUMBER: dict[str, Any] = {"justify": "right"}
_DATE: dict[str, Any] = {"justify": "right", "no_wrap": True}
_DIM: dict[str, Any] = {"style": "dim"}


class Column(NamedTuple):
    """One column of a table.

    Attributes:
        heading: What stands above it.
        cell: What it shows of a row.
        layout: Arguments of rich's `Table.add_column`.
    """

    heading: str
    cell: Callable[[Any], str]
    layout: Mapping[str, Any]


def build_table(columns: Sequence[Column], rows: Iterable[Any], title: str | None = None) -> Table:
    """A table of some columns.

    Args:
        columns: The columns, from left to right.
        rows: What each row shows, from top to bottom.
        title: A heading above the table.

    Returns:
        The table. Nothing in it can drive a terminal or is read as markup; see `printable`.
    """
    table = Table(
        box=None, pad_edge=False, header_style="dim", title=title, title_justify="left",
        title_style="bold",
    )  # fmt: skip
    for column in columns:
        table.add_column(column.heading, **column.layout)
    for row in rows:
        table.add_row(*(Text(printable(column.cell(row))) for column in columns))
    return table


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


def related_table(hits: Sequence[Related], now: datetime) -> Table:
    """Related articles, one a row.

    Args:
        hits: The related articles, best first.
        now: The moment that their dates are compared with.

    Returns:
        The table.
    """
    columns = [
        Column("rank", lambda ranked: str(ranked[0]), _NUMBER),
        Column("score", lambda ranked: f"{ranked[1].score:.3f}", _NUMBER),
        Column("title", lambda ranked: (ranked[1].title or UNTITLED) + _also_at(ranked[1]), _WIDE),
        Column("source", lambda ranked: ranked[1].source or "", _FOLD),
        Column("published", lambda ranked: how_long_ago(ranked[1].published, now), _DATE),
        Column("id", lambda ranked: ranked[1].id, _FOLD),
        Column("why", lambda ranked: explain(ranked[1].reasons), _WIDE | _DIM),
    ]
    return build_table(columns, enumerate(hits, start=1))


def _also_at(hit: Related) -> str:
    """Where else nearly the same text stands: sources where they are known, else ids."""
    places = dict.fromkeys(copy.source or copy.id for copy in hit.also_at)
    return f" (also at: {', '.join(places)})" if places else ""


def topics_table(topics: Sequence[Topic], words: int) -> Table:
    """Topics, one a row.

    Args:
        topics: The topics.
        words: How many keywords of each.

    Returns:
        The table.
    """
    columns = [
        Column("topic", lambda topic: topic.id, _WHOLE),
        Column("articles", lambda topic: f"{topic.size:,}", _NUMBER),
        Column("keywords", lambda topic: _terms(topic, words), _WIDE),
    ]
    return build_table(columns, topics)


def stories_table(stories: Sequence[Story], now: datetime) -> Table:
    """Stories, one a row.

    Args:
        stories: The stories.
        now: The moment that their dates are compared with.

    Returns:
        The table.
    """
    columns = [
        Column("story", lambda story: story.id, _WHOLE),
        Column("articles", lambda story: f"{story.size:,}", _NUMBER),
        Column("headline", lambda story: story.headline or UNTITLED, _FOLD | {"ratio": 2}),
        Column("keywords", lambda story: _terms(story, STORY_TERMS), _WIDE | _DIM),
        Column("first", lambda story: how_long_ago(story.first, now), _DATE),
        Column("last", lambda story: how_long_ago(story.last, now), _DATE),
        Column("sources", lambda story: ", ".join(story.sources), _WIDE),
    ]
    return build_table(columns, stories)


def story_table(story: Story, now: datetime) -> Table:
    """The articles of one story, one a row, the oldest first.

    Args:
        story: The story.
        now: The moment that the dates are compared with.

    Returns:
        The table, with the headline and the keywords above it.
    """
    columns = [
        Column("published", lambda card: how_long_ago(card.published, now), _WHOLE),
        Column("title", lambda card: card.title or UNTITLED, _WIDE),
        Column("source", lambda card: card.source or "", _FOLD),
        Column("id", lambda card: card.id, _FOLD),
    ]
    heading = [f"{story.id} · {story.headline or UNTITLED}", _terms(story, None)]
    title = "\n".join(printable(line) for line in heading if line)
    return build_table(columns, story.articles, title)


def _terms(group: Topic | Story, count: int | None) -> str:
    return ", ".join(keyword.term for keyword in group.keywords[:count])


def changes_table(changes: Sequence[Change]) -> Table:
    """What a night did, one topic or story a row.

    Args:
        changes: The changes.

    Returns:
        The table: kinds in the order of `CHANGE_KINDS`, the largest groups of each first.
    """
    columns = [
        Column("what", lambda change: change.kind, _WHOLE),
        Column("id", lambda change: change.id, _WHOLE),
        Column("articles", lambda change: f"{change.previous_size:,} → {change.size:,}", _DATE),
        Column("label", lambda change: change.label, _WIDE),
        Column("from or to", lambda change: ", ".join(change.others), _WIDE),
    ]
    order = {kind: place for place, kind in enumerate(CHANGE_KINDS)}
    return build_table(
        columns,
        sorted(changes, key=lambda c: (order[c.kind], -max(c.size, c.previous_size), c.id)),
    )


def trends_table(trends: Sequence[Trend]) -> Table:
    """Trends, one a row.

    Args:
        trends: The trends.

    Returns:
        The table, with the articles of each day as small bars.
    """
    columns = [
        Column("id", lambda trend: trend.id, _WHOLE),
        Column("burst", lambda trend: f"{trend.burst:.1f}", _NUMBER),
        Column("label", lambda trend: trend.label, _WIDE),
        Column("articles a day", lambda trend: _bars(trend.daily), _WHOLE),
        Column("on the last", lambda t: f"{t.daily[-1]:,} on {t.until:%-d %b}", _DATE),
    ]
    return build_table(columns, trends)


def _bars(daily: Sequence[int]) -> str:
    most = max(1, *daily)
    return "".join(BARS[-(-count * (len(BARS) - 1) // most)] for count in daily)


def figures_table(
    rows: "Sequence[EvaluatedRanking | EvaluatedClustering]",
    measures: Sequence[str],
    kind: str = "ranking",
    counts: Mapping[str, Sequence[str]] | None = None,
) -> Table:
    """Rankings or groupings, one a row, each measure with the ends of its interval.

    Args:
        rows: What was measured.
        measures: The names of the measures, in the order of each row's figures.
        kind: Heading of the column of names.
        counts: Further columns by their heading, with a cell for each row.

    Returns:
        The table.
    """
    columns = [Column(kind, lambda row: row[0], _WHOLE)]
    for place, name in enumerate([*measures, *(counts or {})], start=1):
        columns.append(Column(name, itemgetter(place), _WHOLE if place <= len(measures) else _DATE))
    cells = []
    for place, row in enumerate(rows):
        figures = zip(*row.figures, strict=True)
        cells.append(
            [
                row.name,
                *(f"{mean:.3f} ({low:.3f}–{high:.3f})" for mean, low, high in figures),
                *(column[place] for column in (counts or {}).values()),
            ]
        )
    return build_table(columns, cells)


def groupings_table(found: "ClusteringEvaluation", measures: Sequence[str]) -> Table:
    """Groupings, one a row: their figures, and how many groups each found.

    Args:
        found: The evaluation of stories or topics.
        measures: The names of the measures.

    Returns:
        The table. Stories also have the size of the largest one, topics the share of articles that
        are in none.
    """
    groupings = found.groupings
    counts = {"found": [f"{len(g.sizes):,}" for g in groupings]}
    if found.kind == "story":
        counts["largest"] = [f"{g.sizes.max(initial=0):,}" for g in groupings]
    else:
        counts["in none"] = [f"{g.unassigned:.1%}" for g in groupings]
    return figures_table(groupings, measures, "grouping", counts)


def printable(text: str) -> str:
    """A text as one line that cannot drive a terminal, because headlines come from outside.

    Args:
        text: Any text.

    Returns:
        The text with spaces in place of control and direction characters.
    """
    return "".join(" " if category(c) in _UNPRINTED or c in _BIDI else c for c in text)


def how_long_ago(moment: datetime | None, now: datetime) -> str:
    """A moment as an editor says it.

    Args:
        moment: The moment, or None.
        now: The moment that it is compared with.

    Returns:
        For example "5 minutes ago" or "3 days ago"; from 60 days on, and in the future, a date; ""
        where there is no moment.
    """
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
