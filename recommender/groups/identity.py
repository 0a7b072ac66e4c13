"""The identity of tonight's stories and topics: which ids continue, and what became of the rest."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.groups.lineage import Event, Lineage, follow_groups
from recommender.groups.previous import PreviousGroups
from recommender.groups.successors import compact_successors
from recommender.snapshot.topic_tree import at_level, tree_of

__all__ = ["Identities", "Partition", "identify"]


class Partition(NamedTuple):
    """Tonight's stories, or tonight's topics of one level.

    Attributes:
        group_of: (articles,) int32, the group of each article, numbered from 0, -1 for none.
        seeds: For each group a string from which a new id is made; no group of another night has
            the same.
    """

    group_of: Array
    seeds: Sequence[str]


class Identities(NamedTuple):
    """The ids of tonight's groups, and what happened to those of both nights.

    Attributes:
        story_ids: By story number.
        topic_ids: By topic number, level by level.
        story_events: Sorted by id.
        topic_events: Sorted by id.
        successors: For every id that was ever retired the group that holds its articles now, or
            None if they scattered. Sorted by id.
    """

    story_ids: list[str]
    topic_ids: list[str]
    story_events: list[Event]
    topic_events: list[Event]
    successors: dict[str, str | None]


def identify(
    previous: PreviousGroups, ids: Sequence[str], stories: Partition, levels: Sequence[Partition]
) -> Identities:
    """Follow the stories, and the topics of each level, from the previous night to tonight.

    Args:
        previous: Last night's groups.
        ids: The ids of tonight's articles, in alphabetical order.
        stories: Tonight's stories.
        levels: Tonight's topics of level 1, 2 and so on.

    Returns:
        Ids, events and successors; see `follow_groups`.
    """
    previous_rows, rows = _aligned(previous.ids, ids)
    used = {*previous.successors}  # no new id is one of these

    def follow(
        previous_of: Array, previous_ids: Sequence[str], tonight: Partition, prefix: str
    ) -> Lineage:
        return follow_groups(
            _by_member(previous_of, previous_rows),
            _by_member(tonight.group_of, rows),
            previous_ids,
            tonight.seeds,
            prefix,
            used,
        )

    story_lineage = follow(previous.story_of, previous.story_ids, stories, "s")
    used |= {topic.id for topic in previous.topics}
    topic_lineages: list[Lineage] = []
    for level in range(1, max(len(levels), _depth(previous)) + 1):
        tonight = levels[level - 1] if level <= len(levels) else _no_groups(len(ids))
        lineage = follow(*_previous_level(previous, level), tonight, "t")
        used |= {*lineage.ids}
        topic_lineages.append(lineage)
    return Identities(
        story_lineage.ids,
        [topic_id for lineage in topic_lineages for topic_id in lineage.ids],
        story_lineage.events,
        sorted((e for lineage in topic_lineages for e in lineage.events), key=lambda e: e.id),
        _all_successors(previous, [story_lineage, *topic_lineages]),
    )


def _aligned(previous: Sequence[str], ids: Sequence[str]) -> tuple[Array, Array]:
    """The row of each member on both nights, (members,) int64 each, -1 for none.

    Members are the articles of either night, sorted by id.
    """
    members = sorted({*previous, *ids})
    rows = []
    for night in (previous, ids):
        row = {article_id: number for number, article_id in enumerate(night)}
        rows.append(np.array([row.get(member, -1) for member in members], dtype=np.int64))
    return rows[0], rows[1]


def _by_member(group_of: Array, rows: Array) -> Array:
    """The group of each member, -1 for none."""
    with_none = np.append(group_of, -1)  # the row -1 reads the last
    return with_none[rows].astype(np.int32)


def _previous_level(previous: PreviousGroups, level: int) -> tuple[Array, list[str]]:
    """The previous topics of one level by article, numbered from 0, and their ids."""
    numbers = at_level(previous.finest_of, *tree_of(previous.topics), level)
    return numbers, [topic.id for topic in previous.topics if topic.level == level]


def _depth(previous: PreviousGroups) -> int:
    """The number of levels that the previous topics had."""
    return max((topic.level for topic in previous.topics), default=0)


def _no_groups(articles: int) -> Partition:
    """A level without topics."""
    return Partition(np.full(articles, -1, dtype=np.int32), ())


def _all_successors(previous: PreviousGroups, lineages: Sequence[Lineage]) -> dict[str, str | None]:
    """For every id that was ever retired the group in use that took over, or None."""
    before = {retired: by for retired, by in previous.successors.items() if by is not None}
    newer = {retired: by for lineage in lineages for retired, by in lineage.successors.items()}
    in_use = {group_id for lineage in lineages for group_id in lineage.ids}
    retired_tonight = {event.id for lineage in lineages for event in lineage.events} - in_use
    latest = compact_successors(before, newer)
    return {
        retired: successor if (successor := latest.get(retired)) in in_use else None
        for retired in sorted({*previous.successors, *retired_tonight})
    }
