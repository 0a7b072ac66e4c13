"""Stories and topics of a snapshot: by id, by article, by date; their changes and trends.

Every function takes a row filter and shows only what it admits.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal, get_args

import numpy as np

from recommender.dates import NO_DATE, from_microseconds, to_microseconds
from recommender.errors import UnknownGroup
from recommender.serving.filters import RowFilter
from recommender.serving.imports import countable_rows
from recommender.serving.live_groups import LiveGroups, live_groups
from recommender.serving.trends import (
    DAYS,
    burst_scores,
    daily_counts,
    daily_curve,
    trending_groups,
)
from recommender.snapshot.reader import Snapshot
from recommender.snapshot.topic_tree import at_level, tree_of
from recommender.types.article import Card
from recommender.types.groups import Change, Story, Topic, Trend

__all__ = [
    "GroupKind",
    "changes",
    "find_story",
    "find_topic",
    "largest_stories",
    "stories_at",
    "topic_at",
    "trends",
    "visible_topic",
    "visible_topics",
]

GroupKind = Literal["topics", "stories"]


def find_topic(snapshot: Snapshot, topic_id: str) -> Topic:
    """The topic of an id, or the one that took over from a topic that no longer exists.

    Args:
        snapshot: The snapshot.
        topic_id: Id of a topic of tonight or of an earlier night.

    Returns:
        The topic; `asked` is set where it took over.

    Raises:
        UnknownGroup: There is neither.
    """
    if snapshot.has_topic(topic_id):
        return snapshot.topic(topic_id)
    heir = snapshot.lookup.successor_of(topic_id)
    if heir is None or not snapshot.has_topic(heir):
        raise UnknownGroup(topic_id)
    return replace(snapshot.topic(heir), asked=topic_id)


def visible_topic(snapshot: Snapshot, topic: Topic, visible: RowFilter) -> Topic:
    """A topic with only what may be shown of it; see `live_groups`.

    Args:
        snapshot: The snapshot.
        topic: The topic.
        visible: The rows that may be shown.

    Returns:
        The topic.

    Raises:
        UnknownGroup: Nothing of it may be shown.
    """
    shown = live_groups(snapshot, visible).topic(topic)
    if not shown.size:
        raise UnknownGroup(topic.asked or topic.id)
    return shown


def visible_topics(
    snapshot: Snapshot, topics: Iterable[Topic], visible: RowFilter
) -> tuple[Topic, ...]:
    """Those of some topics of which something may be shown; see `visible_topic`.

    Args:
        snapshot: The snapshot.
        topics: The topics.
        visible: The rows that may be shown.

    Returns:
        The topics in the same order.
    """
    live = live_groups(snapshot, visible)
    return tuple(topic for topic in map(live.topic, topics) if topic.size)


def topic_at(snapshot: Snapshot, text: int, level: int) -> Topic | None:
    """The topic of a text at a level.

    Args:
        snapshot: The snapshot.
        text: Number of the text.
        level: 1 for the broad topic, more for a finer one.

    Returns:
        Its topic at `level`, or at the nearest broader level that it has; None where it has none.
    """
    place = int(snapshot.arrays.finest_of[text])
    if place < 0:
        return None
    topic = snapshot.topics[place]
    while topic.level > max(level, 1) and topic.parent is not None:
        topic = snapshot.topic(topic.parent)
    return topic


def find_story(snapshot: Snapshot, story_id: str, visible: RowFilter) -> Story:
    """The story of an id, or the one that took over from a story that no longer exists.

    Args:
        snapshot: The snapshot.
        story_id: Id of a story of tonight or of an earlier night.
        visible: The rows that may be shown.

    Returns:
        The story; `asked` is set where it took over.

    Raises:
        UnknownGroup: There is neither, or none of its articles may be shown.
    """
    story, asked = snapshot.lookup.story_of(story_id), None
    if story is None and (heir := snapshot.lookup.successor_of(story_id)) is not None:
        story, asked = snapshot.lookup.story_of(heir), story_id
    found = [] if story is None else stories_at(snapshot, [story], visible)
    if not found:
        raise UnknownGroup(story_id)
    return found[0] if asked is None else replace(found[0], asked=asked)


def largest_stories(
    snapshot: Snapshot, visible: RowFilter, since: datetime | None, min_size: int
) -> list[int]:
    """The largest stories.

    Args:
        snapshot: The snapshot.
        visible: The rows that may be shown; no others count.
        since: Only stories with an article published then or later; None for all.
        min_size: Only stories of at least this many articles.

    Returns:
        Numbers of the stories, the largest story first.
    """
    arrays = snapshot.arrays
    story_of = arrays.story_of[arrays.text_of]
    mask = visible.mask()
    sizes = np.bincount(story_of[mask], minlength=len(arrays.story_central))
    chosen = sizes >= max(min_size, 1)
    if since is not None:
        # A missing date is the smallest number, so that it is never recent.
        recent = mask & (arrays.published >= to_microseconds(since))
        chosen &= np.bincount(story_of[recent], minlength=len(chosen)) > 0
    stories = np.flatnonzero(chosen)
    ordered: list[int] = stories[np.argsort(-sizes[stories], kind="stable")].tolist()
    return ordered


def stories_at(snapshot: Snapshot, stories: Sequence[int], visible: RowFilter) -> list[Story]:
    """Stories with those of their articles that may be shown.

    Args:
        snapshot: The snapshot.
        stories: Numbers of the stories.
        visible: The rows that may be shown.

    Returns:
        The stories in the same order, without those of which nothing may be shown.
    """
    rows = [_story_rows(snapshot, story, visible) for story in stories]
    flat = [row for some in rows for row in some]
    cards = dict(zip(flat, snapshot.cards.of(flat), strict=True))
    live = live_groups(snapshot, visible)
    return [
        _story(snapshot, live, story, some, cards)
        for story, some in zip(stories, rows, strict=True)
        if some
    ]


def changes(snapshot: Snapshot, kind: GroupKind, visible: RowFilter) -> tuple[Change, ...]:
    """What the last night did to topics or stories.

    Args:
        snapshot: The snapshot.
        kind: "topics" or "stories".
        visible: The rows that may be shown.

    Returns:
        The changes, sorted by id, with sizes and labels of what may be shown; those of groups of
        which nothing may be shown are left out. A label is empty where it may come from an article
        that may not be shown.

    Raises:
        ValueError: `kind` is neither.
    """
    found = snapshot.changes(_checked(kind))
    live = live_groups(snapshot, visible)
    if live.whole:
        return found
    if kind == "topics":
        now = {topic.id: topic for topic in map(live.topic, snapshot.topics)}
        return tuple(
            replace(c, label=now[c.id].label, size=now[c.id].size) if c.id in now
            else replace(c, label="")
            for c in found
            if c.id not in now or now[c.id].size
        )  # fmt: skip
    hidden = np.flatnonzero(~visible.mask()).tolist()
    titles = {card.title for card in snapshot.cards.of(hidden)}
    shown = []
    for change in found:
        story = snapshot.lookup.story_of(change.id)
        size = 0 if story is None else live.story_size(story)
        if size or story is None:
            label = "" if change.label in titles else change.label
            shown.append(replace(change, label=label, size=size))
    return tuple(shown)


def trends(
    snapshot: Snapshot, kind: GroupKind, level: int, now: datetime, visible: RowFilter
) -> list[Trend]:
    """The topics or stories with far more articles than usual; see `trends.burst_scores`.

    Args:
        snapshot: The snapshot.
        kind: "topics" or "stories".
        level: The level of the topics.
        now: The last day counted is that of the newest article until this moment.
        visible: The rows that may be shown; no others count.

    Returns:
        The trends, the greatest burst first. Articles that seem to come from an import are not
        counted; see `imports.imported`.

    Raises:
        ValueError: `kind` is neither.
    """
    arrays, kind = snapshot.arrays, _checked(kind)
    rows = countable_rows(arrays, np.flatnonzero(visible.mask()), to_microseconds(now), DAYS)
    if not rows.size:
        return []
    published, texts = arrays.published.take(rows), arrays.text_of.take(rows)
    until, live = int(published.max()), live_groups(snapshot, visible)
    topics = [topic for topic in snapshot.topics if topic.level == level]
    if kind == "topics":
        group_of, size = at_level(arrays.finest_of, *tree_of(snapshot.topics), level), len(topics)
    else:
        group_of, size = arrays.story_of, len(arrays.story_central)
    daily = daily_counts(published, group_of[texts], size, until)
    scores, last_day = burst_scores(daily), from_microseconds(until).date()
    found = []
    for group in trending_groups(scores).tolist():
        if kind == "topics":
            name, label = topics[group].id, live.topic(topics[group]).label
        else:
            story = stories_at(snapshot, [group], visible)[0]
            name, label = story.id, story.headline
        curve = tuple(daily_curve(daily, group).tolist())
        found.append(Trend(name, label, round(float(scores[group]), 2), last_day, curve))
    return found


def _checked(kind: GroupKind) -> GroupKind:
    """Check a kind of groups; returns the kind itself."""
    kinds = get_args(GroupKind)
    if kind not in kinds:
        raise ValueError(f"{kind!r} is no kind of groups; there are {', '.join(kinds)}")
    return kind


def _story_rows(snapshot: Snapshot, story: int, visible: RowFilter) -> list[int]:
    """Rows of the story's articles that may be shown, the oldest first, undated ones last."""
    arrays = snapshot.arrays
    texts = arrays.story_texts[arrays.story_start[story] : arrays.story_start[story + 1]]
    rows = np.array([row for text in texts.tolist() for row in snapshot.copies_of(text)])
    rows = rows[visible.admits(rows)]
    published = arrays.published[rows]
    ordered: list[int] = rows[np.lexsort((rows, published, published == NO_DATE))].tolist()
    return ordered


def _story(
    snapshot: Snapshot,
    live: LiveGroups,
    story: int,
    rows: Sequence[int],
    cards: Mapping[int, Card],
) -> Story:
    """The story of a number, with the articles of `rows`, whose `cards` are given."""
    story_id, keywords = snapshot.lookup.story(story)
    articles = tuple(cards[row] for row in rows)
    central = snapshot.copies_of(int(snapshot.arrays.story_central[story]))
    lead = next((cards[row] for row in central if row in cards), articles[0])
    dated = [card.published for card in articles if card.published is not None]
    sources = Counter(card.source for card in articles if card.source is not None)
    return Story(
        story_id,
        lead.title or next((card.title for card in articles if card.title), ""),
        lead,
        articles,
        dated[0] if dated else None,
        dated[-1] if dated else None,
        tuple(source for source, _ in sources.most_common()),
        live.story_keywords(story, keywords),
    )
