"""Who tonight's stories and topics are: the ids they go on with, and what became of the others."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.groups.lineage import Event, Lineage, compact_successors, follow_groups
from recommender.groups.previous import PreviousGroups
from recommender.snapshot.topic_tree import at_level, tree_of

__all__ = ["Identities", "Partition", "identify"]


class Partition(NamedTuple):
    """Groups of tonight: `group_of` (articles,) int32 from 0, -1 for none.

    `seeds` has a string for each group that no group of another night has: new ids are made of it.
    """

    group_of: Array
    seeds: Sequence[str]


class Identities(NamedTuple):
    """Ids by group number; what happened, sorted by id; and the heirs of all that ever died.

    `topic_ids` go on from level to level, as topics are numbered. A heir of None is a group whose
    articles scattered.
    """

    story_ids: list[str]
    topic_ids: list[str]
    story_events: list[Event]
    topic_events: list[Event]
    successors: dict[str, str | None]


def identify(
    previous: PreviousGroups, ids: Sequence[str], stories: Partition, levels: Sequence[Partition]
) -> Identities:
    """Follow the stories, and the topics of each level, from the `previous` night to this one.

    `ids` are those of tonight's articles in alphabetical order; `levels` are the topics of level 1
    and on. See `lineage.follow_groups` for where an id goes on.
    """
    then, now = _aligned(previous.ids, ids)
    stories_followed = _follow(
        then, now, previous.story_of, previous.story_ids, stories, "s", {*previous.successors}
    )
    used = {*previous.successors, *(topic.id for topic in previous.topics)}
    lineages: list[Lineage] = []
    for level in range(1, max(len(levels), _depth(previous)) + 1):
        tonight = levels[level - 1] if level <= len(levels) else _none(len(ids))
        lineage = _follow(then, now, *_previous_level(previous, level), tonight, "t", used)
        used |= {*lineage.ids}
        lineages.append(lineage)
    events = sorted((e for lineage in lineages for e in lineage.events), key=lambda e: e.id)
    return Identities(
        stories_followed.ids,
        [i for lineage in lineages for i in lineage.ids],
        stories_followed.events,
        events,
        _all_successors(previous, [stories_followed, *lineages]),
    )


def _aligned(previous: Sequence[str], ids: Sequence[str]) -> tuple[Array, Array]:
    """Rows of all articles of either night, by id: (members,) int64 each, -1 where it was not."""
    members = sorted({*previous, *ids})
    rows = []
    for night in (previous, ids):
        row = {article_id: number for number, article_id in enumerate(night)}
        rows.append(np.array([row.get(member, -1) for member in members], dtype=np.int64))
    return rows[0], rows[1]


def _follow(
    then: Array,
    now: Array,
    previous_of: Array,
    previous_ids: Sequence[str],
    tonight: Partition,
    prefix: str,
    used: set[str],
) -> Lineage:
    return follow_groups(
        _by_member(previous_of, then),
        _by_member(tonight.group_of, now),
        previous_ids,
        tonight.seeds,
        prefix,
        used,
    )


def _by_member(group_of: Array, rows: Array) -> Array:
    with_none = np.append(group_of, -1)  # the last place is where the row -1 looks
    return with_none[rows].astype(np.int32)


def _previous_level(previous: PreviousGroups, level: int) -> tuple[Array, list[str]]:
    """The previous topics of one level by article, numbered from 0, and their ids."""
    numbers = at_level(previous.finest_of, *tree_of(previous.topics), level)
    return numbers, [topic.id for topic in previous.topics if topic.level == level]


def _depth(previous: PreviousGroups) -> int:
    return max((topic.level for topic in previous.topics), default=0)


def _none(articles: int) -> Partition:
    return Partition(np.full(articles, -1, dtype=np.int32), ())


def _all_successors(previous: PreviousGroups, lineages: Sequence[Lineage]) -> dict[str, str | None]:
    """All that ever died, each with the group that holds its articles now, or None."""
    known = {
        dead: successor for dead, successor in previous.successors.items() if successor is not None
    }
    newer = {
        dead: successor for lineage in lineages for dead, successor in lineage.successors.items()
    }
    alive = {i for lineage in lineages for i in lineage.ids}
    died = {event.id for lineage in lineages for event in lineage.events} - alive
    led = compact_successors(known, newer)
    return {
        dead: successor if (successor := led.get(dead)) in alive else None
        for dead in sorted({*previous.successors, *died})
    }
