"""Who tonight's stories and topics are: the ids they go on with, and what became of the others."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from recommender.arrays import Array
from recommender.former import Former
from recommender.hierarchy import at_level, tree_of
from recommender.lineage import Event, Lineage, compacted, follow_groups

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
    heirs: dict[str, str | None]


def identify(
    former: Former, ids: Sequence[str], stories: Partition, levels: Sequence[Partition]
) -> Identities:
    """Follow the stories, and the topics of each level, from the `former` night to this one.

    `ids` are those of tonight's articles in alphabetical order; `levels` are the topics of level 1
    and on. See `lineage.follow_groups` for where an id goes on.
    """
    then, now = _aligned(former.ids, ids)
    told = _follow(then, now, former.story_of, former.story_ids, stories, "s", {*former.heirs})
    used = {*former.heirs, *(topic.id for topic in former.topics)}
    lineages: list[Lineage] = []
    for level in range(1, max(len(levels), _depth(former)) + 1):
        tonight = levels[level - 1] if level <= len(levels) else _none(len(ids))
        lineage = _follow(then, now, *_former_level(former, level), tonight, "t", used)
        used |= {*lineage.ids}
        lineages.append(lineage)
    events = sorted((e for lineage in lineages for e in lineage.events), key=lambda e: e.id)
    return Identities(
        told.ids,
        [i for lineage in lineages for i in lineage.ids],
        told.events,
        events,
        _heirs(former, [told, *lineages]),
    )


def _aligned(former: Sequence[str], ids: Sequence[str]) -> tuple[Array, Array]:
    """Rows of all articles of either night, by id: (members,) int64 each, -1 where it was not."""
    members = sorted({*former, *ids})
    rows = []
    for night in (former, ids):
        row = {article_id: number for number, article_id in enumerate(night)}
        rows.append(np.array([row.get(member, -1) for member in members], dtype=np.int64))
    return rows[0], rows[1]


def _follow(
    then: Array,
    now: Array,
    former_of: Array,
    former_ids: Sequence[str],
    tonight: Partition,
    prefix: str,
    used: set[str],
) -> Lineage:
    return follow_groups(
        _by_member(former_of, then),
        _by_member(tonight.group_of, now),
        former_ids,
        tonight.seeds,
        prefix,
        used,
    )


def _by_member(group_of: Array, rows: Array) -> Array:
    with_none = np.append(group_of, -1)  # the last place is where the row -1 looks
    members: Array = with_none[rows].astype(np.int32)
    return members


def _former_level(former: Former, level: int) -> tuple[Array, list[str]]:
    """The former topics of one level by article, numbered from 0, and their ids."""
    numbers = at_level(former.finest_of, *tree_of(former.topics), level)
    return numbers, [topic.id for topic in former.topics if topic.level == level]


def _depth(former: Former) -> int:
    return max((topic.level for topic in former.topics), default=0)


def _none(articles: int) -> Partition:
    return Partition(np.full(articles, -1, dtype=np.int32), ())


def _heirs(former: Former, lineages: Sequence[Lineage]) -> dict[str, str | None]:
    """All that ever died, each with the group that holds its articles now, or None."""
    known = {dead: heir for dead, heir in former.heirs.items() if heir is not None}
    newer = {dead: heir for lineage in lineages for dead, heir in lineage.heirs.items()}
    alive = {i for lineage in lineages for i in lineage.ids}
    died = {event.id for lineage in lineages for event in lineage.events} - alive
    led = compacted(known, newer)
    return {
        dead: heir if (heir := led.get(dead)) in alive else None
        for dead in sorted({*former.heirs, *died})
    }
