"""Lineage: the identity of stories and topics from night to night, and what happened to each.

The numbers of groups change every night, their ids last. An id stays with its articles. It is
retired when they scatter or merge into another group, and is never given to another group.
"""

from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from recommender._typing import Array
from recommender.groups.group_ids import assign_ids
from recommender.groups.matching import (
    OverlappingPairs,
    best_assignment,
    group_sizes,
    overlapping_pairs,
)

__all__ = ["Event", "EventKind", "Lineage", "follow_groups"]

GROWTH = 1.25  # a group has grown if it has this many times the members of the night before

EventKind: TypeAlias = Literal["born", "continued", "grown", "merged", "split", "gone"]


class Event(NamedTuple):
    """What happened to one id in one night. Each id of either night has exactly one event.

    Attributes:
        kind: For an id in use tonight: "born" if it is new, "split" if other groups took a part of
            it, "grown" if it has at least `GROWTH` times the members, else "continued". For an id
            that was retired: "merged" if one group holds all parts of it that count, "split" if
            several do, "gone" if none does.
        id: The id.
        others: For "merged" and "split", the ids that hold its parts, the largest part first; the
            first one succeeds a retired id. For other kinds, the previous ids whose parts it holds.
        size: Tonight's number of members, 0 if the id was retired.
        previous_size: Last night's number of members, 0 if the id is new.
    """

    kind: EventKind
    id: str
    others: tuple[str, ...]
    size: int
    previous_size: int


class Lineage(NamedTuple):
    """What happened to all ids in one night.

    Attributes:
        ids: The ids of tonight's groups, by number.
        events: What happened to each id of either night, sorted by id.
        successors: The successor of each id that was retired tonight, unless its members scattered.
    """

    ids: list[str]
    events: list[Event]
    successors: dict[str, str]


def follow_groups(
    previous_of: Array,
    group_of: Array,
    previous_ids: Sequence[str],
    seeds: Sequence[str],
    prefix: str,
    used: Container[str] = frozenset(),
) -> Lineage:
    """Give tonight's groups last night's ids if they continue them, and new ids otherwise.

    `best_assignment` says which group continues which. The numbers of the groups change nothing.

    Args:
        previous_of: (members,) int32, last night's group of every member of either night, -1 for
            none. Ties are broken by the order of members, which should come from their own ids.
        group_of: (members,) int32, tonight's group of every member, -1 for none.
        previous_ids: The ids of last night's groups.
        seeds: A string for each of tonight's groups, from which a new id is made.
        prefix: What new ids begin with.
        used: All ids that were ever used; no new id is one of them.

    Returns:
        The ids, events and successors.

    Raises:
        ValueError: The arrays do not match each other or the ids, two previous groups share an id,
            or a group of tonight has no member.
    """
    _check(previous_of, group_of, previous_ids, len(seeds))
    previous_order, previous_of = _numbered_by_first_member(previous_of, len(previous_ids))
    order, group_of = _numbered_by_first_member(group_of, len(seeds))
    old_ids = [previous_ids[number] for number in previous_order]
    pairs = overlapping_pairs(previous_of, group_of, len(old_ids), len(seeds))
    continues = best_assignment(pairs, len(seeds))
    ids = assign_ids(continues, old_ids, [seeds[number] for number in order], prefix, used)
    sizes = (group_sizes(previous_of, len(old_ids)), group_sizes(group_of, len(ids)))
    events = sorted(_events(pairs, continues, old_ids, ids, sizes), key=lambda event: event.id)
    in_use = set(ids)
    successors = {e.id: e.others[0] for e in events if e.id not in in_use and e.others}
    id_of = dict(zip(order.tolist(), ids, strict=True))
    return Lineage([id_of[number] for number in range(len(ids))], events, successors)


def _check(previous_of: Array, group_of: Array, previous_ids: Sequence[str], groups: int) -> None:
    """Refuse arguments that do not match."""
    if len(set(previous_ids)) < len(previous_ids):
        raise ValueError("every previous group should have an id of its own; two share one")
    if previous_of.shape != group_of.shape or previous_of.ndim != 1:
        raise ValueError(
            "both nights' groups should be given for the same members, and come as arrays of shape "
            f"{previous_of.shape} and {group_of.shape}"
        )
    for night, labels, count in (
        ("previous", previous_of, len(previous_ids)),
        ("new", group_of, groups),
    ):
        if labels.size and not (labels.min() >= -1 and labels.max() < count):
            raise ValueError(f"a member's {night} group lies outside -1..{count - 1}")
    empty = np.flatnonzero(group_sizes(group_of, groups) == 0)
    if len(empty):
        raise ValueError(f"every group of tonight should have a member; group {empty[0]} has none")


def _numbered_by_first_member(labels: Array, count: int) -> tuple[Array, Array]:
    """The groups sorted by their first members, and `labels` with the groups numbered like that."""
    first = np.full(count, len(labels))
    found, index = np.unique(labels, return_index=True)
    first[found[found >= 0]] = index[found >= 0]
    order = np.argsort(first, kind="stable")
    rank = np.empty(count + 1, dtype=np.int64)
    rank[order] = np.arange(count)
    rank[-1] = -1  # the label -1 reads the last
    return order, rank[labels]


def _events(
    pairs: OverlappingPairs,
    continues: Array,
    previous_ids: Sequence[str],
    ids: Sequence[str],
    sizes: tuple[Array, Array],
) -> Iterator[Event]:
    """One event for each id of either night; `sizes` are those of both nights' groups."""
    went_to, came_from = _moved_parts(pairs, continues, previous_ids, ids)
    previous_sizes, group_sizes = sizes[0].tolist(), sizes[1].tolist()
    for group, previous in enumerate(continues.tolist()):
        size = group_sizes[group]
        if previous < 0:
            yield Event("born", ids[group], tuple(came_from[group]), size, 0)
            continue
        kind: EventKind = "grown" if size >= GROWTH * previous_sizes[previous] else "continued"
        others = came_from[group]
        if went_to[previous]:
            kind, others = "split", went_to[previous]
        yield Event(kind, ids[group], tuple(others), size, previous_sizes[previous])
    continued = set(continues.tolist())
    for previous, previous_size in enumerate(previous_sizes):
        if previous not in continued:
            parts = tuple(went_to[previous])
            end: EventKind = "gone" if not parts else "merged" if len(parts) == 1 else "split"
            yield Event(end, previous_ids[previous], parts, 0, previous_size)


def _moved_parts(
    pairs: OverlappingPairs, continues: Array, previous_ids: Sequence[str], ids: Sequence[str]
) -> tuple[defaultdict[int, list[str]], defaultdict[int, list[str]]]:
    """Where parts of last night's groups went, and where parts of tonight's came from.

    For each group, by number, the ids of the groups at the other end, the largest part first. Parts
    that stay with their id are left out.
    """
    went_to: defaultdict[int, list[str]] = defaultdict(list)
    came_from: defaultdict[int, list[str]] = defaultdict(list)
    order = np.lexsort((pairs.group, pairs.previous, -pairs.jaccard, -pairs.shared))
    order = order[continues[pairs.group[order]] != pairs.previous[order]]
    ends = zip(pairs.previous[order].tolist(), pairs.group[order].tolist(), strict=True)
    for previous, group in ends:
        went_to[previous].append(ids[group])
        came_from[group].append(previous_ids[previous])
    return went_to, came_from
