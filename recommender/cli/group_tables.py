"""What a person sees of stories and topics: lists, one of them, changes and trends."""

from collections.abc import Sequence
from datetime import datetime

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
from recommender.types.groups import CHANGE_KINDS, Change, Story, Topic, Trend

__all__ = ["changes_table", "stories_table", "story_table", "topics_table", "trends_table"]

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
    columns = [
        Column("topic", lambda topic: topic.id, WHOLE),
        Column("articles", lambda topic: f"{topic.size:,}", NUMBER),
        Column("keywords", lambda topic: _terms(topic, words), WIDE),
    ]
    return RowTable(columns, topics)


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
    columns = [
        Column("published", lambda card: how_long_ago(card.published, now), WHOLE),
        Column("title", lambda card: card.title or UNTITLED, WIDE),
        Column("source", lambda card: card.source or "", FOLD),
        Column("id", lambda card: card.id, FOLD),
    ]
    heading = [f"{story.id} · {story.headline or UNTITLED}", _terms(story, None)]
    return RowTable(columns, story.articles, [line for line in heading if line])


def _terms(group: Topic | Story, count: int | None) -> str:
    return ", ".join(keyword.term for keyword in group.keywords[:count])


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
