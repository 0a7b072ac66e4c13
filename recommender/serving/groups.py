"""Stories and topics as they are asked for: by id, by article, by date, by what bursts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal, get_args

import numpy as np

from recommender.dates import NO_DATE, from_microseconds, to_microseconds
from recommender.errors import UnknownGroup
from recommender.serving.filters import RowFilter
from recommender.serving.trends import bursts, daily_counts, days_of, trending
from recommender.snapshot.reader import Snapshot
from recommender.snapshot.topic_tree import at_level, tree_of
from recommender.types import Card, Change, Story, Topic, Trend

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
]

GroupKind = Literal["topics", "stories"]


def find_topic(snapshot: Snapshot, topic_id: str) -> Topic:
    """The topic of this id, or the heir of one that is no more, which then says what was `asked`.

    Raises:
        UnknownGroup: there is neither.
    """
    if snapshot.has_topic(topic_id):
        return snapshot.topic(topic_id)
    heir = snapshot.lookup.successor_of(topic_id)
    if heir is None or not snapshot.has_topic(heir):
        raise UnknownGroup(topic_id)
    return replace(snapshot.topic(heir), asked=topic_id)


def visible_topic(snapshot: Snapshot, topic: Topic, admitted: RowFilter) -> Topic:
    """The topic with those of its representatives that are admitted."""
    rows = [snapshot.lookup.row_of(article_id) for article_id in topic.representatives]
    known = [
        (article_id, row)
        for article_id, row in zip(topic.representatives, rows, strict=True)
        if row is not None
    ]
    mask = admitted.admits(np.array([row for _, row in known], dtype=np.int64)).tolist()
    articles = tuple(i for (i, _), fits in zip(known, mask, strict=True) if fits)
    return replace(topic, representatives=articles)


def topic_at(snapshot: Snapshot, text: int, level: int) -> Topic | None:
    """The topic of `text` at `level`, or the finest one above where it is cut no finer."""
    place = int(snapshot.arrays.finest_of[text])
    if place < 0:
        return None
    topic = snapshot.topics[place]
    while topic.level > max(level, 1) and topic.parent is not None:
        topic = snapshot.topic(topic.parent)
    return topic


def find_story(snapshot: Snapshot, story_id: str, admitted: RowFilter) -> Story:
    """The story of this id, or the heir of one that is no more, which then says what was `asked`.

    Raises:
        UnknownGroup: there is neither, or nothing of it is admitted.
    """
    story, asked = snapshot.lookup.story_of(story_id), None
    if story is None and (heir := snapshot.lookup.successor_of(story_id)) is not None:
        story, asked = snapshot.lookup.story_of(heir), story_id
    found = [] if story is None else stories_at(snapshot, [story], admitted)
    if not found:
        raise UnknownGroup(story_id)
    return found[0] if asked is None else replace(found[0], asked=asked)


def largest_stories(
    snapshot: Snapshot, admitted: RowFilter, since: datetime | None, min_size: int
) -> list[int]:
    """Stories of `min_size` articles or more and one since then, by number, the largest first."""
    arrays = snapshot.arrays
    story_of = arrays.story_of[arrays.text_of]
    mask = admitted.mask()
    sizes = np.bincount(story_of[mask], minlength=len(arrays.story_central))
    chosen = sizes >= max(min_size, 1)
    if since is not None:
        recent = mask & (arrays.published >= to_microseconds(since))  # no date is the least number
        chosen &= np.bincount(story_of[recent], minlength=len(chosen)) > 0
    stories = np.flatnonzero(chosen)
    ordered: list[int] = stories[np.argsort(-sizes[stories], kind="stable")].tolist()
    return ordered


def stories_at(snapshot: Snapshot, stories: Sequence[int], admitted: RowFilter) -> list[Story]:
    """`stories` with what is admitted of them; those of which nothing is are left out."""
    rows = [_rows(snapshot, story, admitted) for story in stories]
    flat = [row for some in rows for row in some]
    cards = dict(zip(flat, snapshot.cards.of(flat), strict=True))
    return [
        _story(snapshot, story, some, cards)
        for story, some in zip(stories, rows, strict=True)
        if some
    ]


def changes(snapshot: Snapshot, kind: GroupKind, admitted: RowFilter) -> tuple[Change, ...]:
    """What the last night did to groups of a `kind`.

    The headline of an article that is not admitted names no story: its label is left empty.

    Raises:
        ValueError: another `kind`.
    """
    found = snapshot.changes(_checked(kind))
    if kind == "topics" or not found:
        return found
    hidden = np.flatnonzero(~admitted.mask()).tolist()
    titles = {card.title for card in snapshot.cards.of(hidden)}
    return tuple(c._replace(label="") if c.label in titles else c for c in found)


def trends(
    snapshot: Snapshot, kind: GroupKind, level: int, now: datetime, admitted: RowFilter
) -> list[Trend]:
    """Topics of a level, or stories, that burst at `now` or when last something was published.

    See `trends.bursts` for what that means. Only admitted articles count.

    Raises:
        ValueError: another `kind`.
    """
    arrays, kind = snapshot.arrays, _checked(kind)
    rows = np.flatnonzero(admitted.mask())
    published, texts = arrays.published.take(rows), arrays.text_of.take(rows)
    until = min(to_microseconds(now), int(published.max(initial=NO_DATE)))
    if until == NO_DATE:
        return []
    topics = [topic for topic in snapshot.topics if topic.level == level]
    if kind == "topics":
        group_of, size = at_level(arrays.finest_of, *tree_of(snapshot.topics), level), len(topics)
    else:
        group_of, size = arrays.story_of, len(arrays.story_central)
    daily = daily_counts(published, group_of[texts], size, until)
    scores, last = bursts(daily), from_microseconds(until).date()
    found = []
    for group in trending(scores).tolist():
        if kind == "topics":
            name, label = topics[group].id, topics[group].label
        else:
            story = stories_at(snapshot, [group], admitted)[0]
            name, label = story.id, story.headline
        curve = tuple(days_of(daily, group).tolist())
        found.append(Trend(name, label, round(float(scores[group]), 2), last, curve))
    return found


def _checked(kind: GroupKind) -> GroupKind:
    """`kind`, which callers may have mistaken."""
    if kind not in get_args(GroupKind):
        raise ValueError(
            f"{kind!r} is no kind of groups; there are {', '.join(get_args(GroupKind))}"
        )
    return kind


def _rows(snapshot: Snapshot, story: int, admitted: RowFilter) -> list[int]:
    """Rows of the story's admitted articles, the oldest first, undated ones last."""
    arrays = snapshot.arrays
    texts = arrays.story_texts[arrays.story_start[story] : arrays.story_start[story + 1]]
    rows = np.array([row for text in texts.tolist() for row in snapshot.copies_of(text)])
    rows = rows[admitted.admits(rows)]
    published = arrays.published[rows]
    ordered: list[int] = rows[np.lexsort((rows, published, published == NO_DATE))].tolist()
    return ordered


def _story(snapshot: Snapshot, story: int, rows: Sequence[int], cards: Mapping[int, Card]) -> Story:
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
        keywords,
    )
