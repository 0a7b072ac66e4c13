"""What a person sees of stories and topics: lists, one of them, changes and trends."""

from collections.abc import Sequence
from datetime import datetime

from recommender.cli.articles_table import articles_table
from recommender.cli.moments import how_long_ago
from recommender.cli.table import (
    DATE,
    DIM,
    FOLD,
    NUMBER,
    UNTITLED,
    WHOLE,
    WIDE,
    Column,
    RowTable,
)
from recommender.counts import counted
from recommender.types.groups import CHANGE_KINDS, Change, Story, Topic, TopicPage, Trend

__all__ = [
    "changes_table",
    "stories_table",
    "story_table",
    "topic_tables",
    "topics_table",
    "trends_table",
]

BARS = " ▁▂▃▄▅▆▇█"
STORY_TERMS = 4


def topics_table(topics: Sequence[Topic], words: int) -> RowTable:
    """Topics, one a row.

    Args:
        topics: The topics.
        words: How many keywords of each.

    Returns:
        The table.
    """
    return RowTable(_topic_columns(words), topics)


def _topic_columns(words: int) -> list[Column]:
    return [
        Column("topic", lambda topic: topic.id, WHOLE),
        Column("articles", lambda topic: f"{topic.size:,}", NUMBER),
        Column("keywords", lambda topic: _terms(topic, words), WIDE),
    ]


def topic_tables(page: TopicPage, words: int, now: datetime) -> list[RowTable]:
    """One topic: itself and its parent, the topics within it, and its articles.

    Args:
        page: The topic's page.
        words: How many keywords of each topic.
        now: The moment that the dates are compared with.

    Returns:
        The tables in the order of the page; none of them is without rows.
    """
    topic = page.topic
    heading = [
        f"{topic.id} · {topic.label}",
        f"{counted(topic.size, 'article')}, level {topic.level}",
    ]
    if page.parent is not None:
        heading.append(f"part of {page.parent.id} · {page.parent.label}")
    tables = [
        RowTable([Column("keywords", lambda topic: _terms(topic, words), WIDE)], [topic], heading)
    ]
    if page.children:
        tables.append(RowTable(_topic_columns(words), page.children, ["", "Within it"]))
    for title, cards in (("Typical articles", page.representatives), ("Newest", page.newest)):
        if cards:
            tables.append(articles_table(cards, now, ["", title]))
    return tables


def stories_table(stories: Sequence[Story], now: datetime) -> RowTable:
    """Stories, one a row.

    Args:
        stories: The stories.
        now: The moment that their dates are compared with.

    Returns:
        The table.
    """
    columns = [
        Column("story", lambda story: story.id, WHOLE),
        Column("articles", lambda story: f"{story.size:,}", NUMBER),
        Column("headline", lambda story: story.headline or UNTITLED, FOLD | {"ratio": 2}),
        Column("keywords", lambda story: _terms(story, STORY_TERMS), WIDE | DIM),
        Column("first", lambda story: how_long_ago(story.first, now), DATE),
        Column("last", lambda story: how_long_ago(story.last, now), DATE),
        Column("sources", lambda story: ", ".join(story.sources), WIDE),
    ]
    return RowTable(columns, stories)


def story_table(story: Story, now: datetime) -> RowTable:
    """The articles of one story, one a row, the oldest first.

    Args:
        story: The story.
        now: The moment that the dates are compared with.

    Returns:
        The table, with the headline and the keywords above it.
    """
    heading = [f"{story.id} · {story.headline or UNTITLED}", _terms(story, None)]
    return articles_table(story.articles, now, [line for line in heading if line])


def _terms(group: Topic | Story, count: int | None) -> str:
    """The keywords of a group; before them its label, where an editor chose that."""
    terms = [keyword.term for keyword in group.keywords]
    shown = ", ".join(terms[:count])
    if isinstance(group, Story) or {*group.label.split(", ")} <= {*terms}:
        return shown
    return " · ".join(part for part in (group.label, shown) if part)


def changes_table(changes: Sequence[Change]) -> RowTable:
    """What a night did, one topic or story a row.

    Args:
        changes: The changes.

    Returns:
        The table: kinds in the order of `CHANGE_KINDS`, the largest groups of each first.
    """
    columns = [
        Column("what", lambda change: change.kind, WHOLE),
        Column("id", lambda change: change.id, WHOLE),
        Column("articles", lambda change: f"{change.previous_size:,} → {change.size:,}", DATE),
        Column("label", lambda change: change.label, WIDE),
        Column("from or to", lambda change: ", ".join(change.others), WIDE),
    ]
    order = {kind: place for place, kind in enumerate(CHANGE_KINDS)}
    return RowTable(
        columns,
        sorted(changes, key=lambda c: (order[c.kind], -max(c.size, c.previous_size), c.id)),
    )


def trends_table(trends: Sequence[Trend]) -> RowTable:
    """Trends, one a row.

    Args:
        trends: The trends.

    Returns:
        The table, with the articles of each day as small bars.
    """
    columns = [
        Column("id", lambda trend: trend.id, WHOLE),
        Column("burst", lambda trend: f"{trend.burst:.1f}", NUMBER),
        Column("label", lambda trend: trend.label, WIDE),
        Column("articles a day", lambda trend: _bars(trend.daily), WHOLE),
        Column("on the last", lambda t: f"{t.daily[-1]:,} on {t.until:%-d %b}", DATE),
    ]
    return RowTable(columns, trends)


def _bars(daily: Sequence[int]) -> str:
    most = max(1, *daily)
    return "".join(BARS[-(-count * (len(BARS) - 1) // most)] for count in daily)
