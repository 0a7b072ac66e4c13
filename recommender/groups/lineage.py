"""Lineage: the identity of stories and topics over nights, and what became of each.

Groups are numbered anew every night; an id is what lasts. An id goes on with the articles, dies
when they scatter or merge into another's, and never comes back as something else.
"""

import hashlib
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import count as numbers
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from recommender._typing import Array

__all__ = [
    "Event",
    "EventKind",
    "Lineage",
    "compact_successors",
    "follow_groups",
    "latest_successor",
    "match_groups",
]

# An id goes on where half of the one group is in the other (a cluster survives: MONIC, see
# `match_groups`) ...
HALF = 0.5
# ... and where that is at least a quarter of both. Less is a sliver: it carries no id, makes no
# heir and no split. So whatever of a group matters lies in four groups at most.
SLIVER = 0.25
# A group has grown when it is larger by a quarter.
GROWN = 1.25

# Digits and consonants: no vowels, so no words; without 0, 1 and l, which look like others.
ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"
LENGTH = 6  # 28^6 is 482 million ids

# Some likeness between two groups decides only between assignments that share equally much.
STEPS = 1000
# The sparse solver's time goes with the square of the rows that it is given at once.
BATCH = 500

EventKind: TypeAlias = Literal["born", "continued", "grown", "merged", "split", "gone"]


class Event(NamedTuple):
    """What became of one id in one night. Each id of either night has exactly one event.

    An id that is alive tonight: "born"; "split" where other groups took a part of it; "grown" where
    its size is `GROWN` times the previous or more; "continued" otherwise. An id that died: "merged"
    where one group holds what matters of it, "split" where several do, "gone" where none does.

    `others`, the largest part first: of "merged" and "split" the ids that hold its parts (of a dead
    id the heir is the first); of the rest the previous ids of which it holds a part. `size` and
    `previous_size` count members; 0 on the night on which the id was not.
    """

    kind: EventKind
    id: str
    others: tuple[str, ...]
    size: int
    previous_size: int


class Lineage(NamedTuple):
    """One night's step: `ids` by group number, `events` sorted by id, dead id → `heirs`."""

    ids: list[str]
    events: list[Event]
    successors: dict[str, str]


class _Parts(NamedTuple):
    """Pairs of a previous group and one of tonight's that share more than a sliver: (pairs,) each.

    `alike` is their Jaccard index; `lasting` says whether the id may go on between them.
    """

    previous: Array
    group: Array
    shared: Array
    alike: Array
    lasting: Array


def follow_groups(
    previous_of: Array,
    group_of: Array,
    previous_ids: Sequence[str],
    seeds: Sequence[str],
    prefix: str,
    used: Container[str] = frozenset(),
) -> Lineage:
    """Give tonight's groups the ids of last night's where these go on, and new ones elsewhere.

    `previous_of` and `group_of` (members,) int32: last night's and tonight's group of every member
    of either night, -1 for none. A member is whatever was grouped; its place in the two arrays
    breaks ties, so it should come from its own id. `previous_ids` name last night's groups. `seeds`
    has a string for each of tonight's, such as the id of its central article, of which a new id is
    made: `prefix`, a hyphen and `LENGTH` signs of a SHA-256. No new id is in `used`, which should
    hold all that ever were and answer `in` quickly.

    The numbers of the groups decide nothing. See `match_groups` for where an id goes on.

    Raises:
        ValueError: the arrays do not match each other or the names, two previous groups share an
        id,
            or a group of tonight has no member.
    """
    if len(set(previous_ids)) < len(previous_ids):
        raise ValueError("every previous group should have an id of its own; two share one")
    _check(previous_of, group_of, len(previous_ids), len(seeds))
    previous_at, old = _by_first_member(previous_of, len(previous_ids))
    group_at, new = _by_first_member(group_of, len(seeds))
    parts = _parts(old, new, len(previous_ids), len(seeds))
    continues = _assigned(parts, len(seeds))
    previous_names = [previous_ids[at] for at in previous_at]
    names = _named(continues, previous_names, [seeds[at] for at in group_at], prefix, used)
    sizes = (_sizes(old, len(previous_ids)), _sizes(new, len(seeds)))
    events = sorted(_events(parts, continues, previous_names, names, sizes), key=lambda e: e.id)
    alive = set(names)
    successors = {e.id: e.others[0] for e in events if e.id not in alive and e.others}
    ids = [""] * len(names)
    for at, name in zip(group_at.tolist(), names, strict=True):
        ids[at] = name
    return Lineage(ids, events, successors)


def match_groups(previous_of: Array, group_of: Array, previous_groups: int, groups: int) -> Array:
    """The previous group that each of tonight's groups continues, (groups,) int32, -1 for none.

    One assignment for all: each previous group goes on in one group at most and each group
    continues one at most, so that the number of members that stay with their group is the greatest
    possible; of equal sums the one whose pairs are more alike (Jaccard), then the one of earlier
    members.

    A pair may be matched only where it shares (1) half of the one and a quarter of the other,
    counted among members that have a group on both nights, for articles that are new or deleted
    say nothing of how the others moved; and (2) a quarter of the smaller of the two, all members
    counted, so that the last few of a group that was deleted carry no id to strangers.

    The half is the survival of a cluster in MONIC (Spiliopoulou, Ntoutsi, Theodoridis & Schult,
    KDD 2006, section 3); there each cluster is matched for itself, here all at once.

    Raises:
        ValueError: as `follow_groups`.
    """
    _check(previous_of, group_of, previous_groups, groups)
    previous_at, old = _by_first_member(previous_of, previous_groups)
    group_at, new = _by_first_member(group_of, groups)
    found = _assigned(_parts(old, new, previous_groups, groups), groups)
    continues = np.full(groups, -1, dtype=np.int32)
    continues[group_at[found >= 0]] = previous_at[found[found >= 0]]
    return continues


def latest_successor(id: str, successors: Mapping[str, str]) -> str:  # noqa: A002 - it is the id
    """Where the articles of `id` are now: its heir, the heir's heir and so on; itself without one.

    The last of a chain may be gone too. A circle, which no lineage makes, leads back to `id`.
    """
    seen, last = {id}, id
    while (following := successors.get(last)) is not None:
        if following in seen:
            return id
        seen.add(following)
        last = following
    return last


def compact_successors(successors: Mapping[str, str], newer: Mapping[str, str]) -> dict[str, str]:
    """All heirs with tonight's `newer` ones, each leading to the last of its chain in one step."""
    both = {**successors, **newer}
    last = {dead: latest_successor(dead, both) for dead in both}
    return {dead: successor for dead, successor in last.items() if successor != dead}


def _check(previous_of: Array, group_of: Array, previous_groups: int, groups: int) -> None:
    if previous_of.shape != group_of.shape or previous_of.ndim != 1:
        raise ValueError(
            "both nights' groups should be given for the same members, and come as arrays of shape "
            f"{previous_of.shape} and {group_of.shape}"
        )
    for night, labels, count in (
        ("previous", previous_of, previous_groups),
        ("new", group_of, groups),
    ):
        if labels.size and not (labels.min() >= -1 and labels.max() < count):
            raise ValueError(f"a member's {night} group lies outside -1..{count - 1}")
    empty = np.flatnonzero(_sizes(group_of, groups) == 0)
    if len(empty):
        raise ValueError(f"every group of tonight should have a member; group {empty[0]} has none")


def _by_first_member(labels: Array, count: int) -> tuple[Array, Array]:
    """Order of the groups by their first members, and `labels` renumbered in this order."""
    first = np.full(count, len(labels))
    found, index = np.unique(labels, return_index=True)
    first[found[found >= 0]] = index[found >= 0]
    order = np.argsort(first, kind="stable")
    rank = np.empty(count + 1, dtype=np.int64)
    rank[order] = np.arange(count)
    rank[-1] = -1  # where the label -1 looks
    return order, rank[labels]


def _sizes(labels: Array, count: int) -> Array:
    return np.bincount(labels[labels >= 0], minlength=count)


def _parts(previous_of: Array, group_of: Array, previous_groups: int, groups: int) -> _Parts:
    """What the two nights' groups share, without slivers, by previous group and then by group."""
    both = (previous_of >= 0) & (group_of >= 0)
    key = previous_of[both] * max(groups, 1) + group_of[both]
    pairs, shared = np.unique(key, return_counts=True)
    previous, group = np.divmod(pairs, max(groups, 1))
    of_previous = shared / _sizes(previous_of[both], previous_groups)[previous]
    of_group = shared / _sizes(group_of[both], groups)[group]
    previous_size, size = (
        _sizes(previous_of, previous_groups)[previous],
        _sizes(group_of, groups)[group],
    )
    lasting = (np.maximum(of_previous, of_group) >= HALF) & (of_group >= SLIVER)
    some = (of_previous >= SLIVER) & (shared >= SLIVER * np.minimum(previous_size, size))
    alike = shared / (previous_size + size - shared)
    return _Parts(previous[some], group[some], shared[some], alike[some], lasting[some])


def _assigned(parts: _Parts, groups: int) -> Array:
    """The previous group of each group, (groups,) int64, -1 for none: the best assignment."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    continues = np.full(groups, -1)
    previous, group = parts.previous[parts.lasting], parts.group[parts.lasting]
    if not len(previous):
        return continues
    shared, alike = parts.shared[parts.lasting], np.rint(parts.alike[parts.lasting] * STEPS)
    nodes = groups + int(previous.max()) + 1
    links = coo_array((np.ones(len(previous)), (group, groups + previous)), shape=(nodes, nodes))
    component = connected_components(links, directed=False)[1]
    several_previous = _several(component[group], previous)
    several_groups = _several(component[group], group)
    # Around a single group on either side the best pair is the best assignment.
    star = ~(several_previous & several_groups)
    best = np.lexsort((group, previous, -alike, -shared, component[group]))
    best = best[star[best]]
    best = best[np.unique(component[group[best]], return_index=True)[1]]
    continues[group[best]] = previous[best]
    tangled = np.flatnonzero(~star)
    tangled = tangled[np.argsort(component[group[tangled]], kind="stable")]
    for batch in _batches(component[group[tangled]]):
        at = tangled[batch]
        chosen = at[_best_assignment(previous[at], group[at], shared[at], alike[at])]
        continues[group[chosen]] = previous[chosen]
    return continues


def _several(component: Array, member: Array) -> Array:
    """Whether the component of each pair has more than one such member."""
    _, first = np.unique(member, return_index=True)
    return np.bincount(component[first])[component] > 1


def _batches(component: Array) -> Iterator[slice]:
    """Cut the pairs, sorted by component, so that no component is cut and no batch large."""
    ends = np.append(np.flatnonzero(np.diff(component)) + 1, len(component))
    begin = last = 0
    for end in ends.tolist():
        if end - begin > BATCH and last > begin:
            yield slice(begin, last)
            begin = last
        last = end
    if last > begin:
        yield slice(begin, last)


def _best_assignment(previous: Array, group: Array, shared: Array, alike: Array) -> Array:
    """Pairs of the assignment that shares most, then is the most alike, as positions.

    By the Jonker–Volgenant algorithm for sparse matrices. It matches every row, so each previous
    group has a column of its own that stands for no group and shares nothing.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    previous_groups, row = np.unique(previous, return_inverse=True)
    columns, column = np.unique(group, return_inverse=True)
    rows = np.arange(len(previous_groups))
    # Whole numbers below 2^53, so that sums are exact: all likeness together is less than one
    # member. One more everywhere, for zeros are not stored.
    weight = (
        np.append(
            shared * (STEPS * len(previous_groups) + 1.0) + alike, np.zeros(len(previous_groups))
        )
        + 1
    )
    where = (np.append(row, rows), np.append(column, len(columns) + rows))
    matrix = coo_array(
        (weight, where), shape=(len(previous_groups), len(columns) + len(previous_groups))
    )
    matched, to = min_weight_full_bipartite_matching(matrix.tocsr(), maximize=True)
    mate = np.empty(len(previous_groups), dtype=np.int64)
    mate[matched] = to
    return np.flatnonzero(mate[row] == column)


def _named(
    continues: Array,
    previous_names: Sequence[str],
    seeds: Sequence[str],
    prefix: str,
    used: Container[str],
) -> list[str]:
    """The ids of tonight's groups: kept or born, in the order of the groups."""
    taken, names = set(previous_names), []
    for previous, seed in zip(continues.tolist(), seeds, strict=True):
        if previous >= 0:
            names.append(previous_names[previous])
            continue
        new = next(new for new in _new_ids(prefix, seed) if new not in taken and new not in used)
        taken.add(new)
        names.append(new)
    return names


def _new_ids(prefix: str, seed: str) -> Iterator[str]:
    for attempt in numbers():
        text = f"{seed}\n{attempt}" if attempt else seed
        number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16])
        signs = ""
        for _ in range(LENGTH):
            number, sign = divmod(number, len(ALPHABET))
            signs += ALPHABET[sign]
        yield f"{prefix}-{signs}"


def _events(
    parts: _Parts,
    continues: Array,
    previous_names: Sequence[str],
    names: Sequence[str],
    sizes: tuple[Array, Array],
) -> Iterator[Event]:
    """One event for each id of either night; `sizes` of the previous groups and tonight's.

    `parts` that stay with their id are no news; the others say what came and what went.
    """
    went: defaultdict[int, list[str]] = defaultdict(list)
    came: defaultdict[int, list[str]] = defaultdict(list)
    order = np.lexsort((parts.group, parts.previous, -parts.alike, -parts.shared))
    order = order[continues[parts.group[order]] != parts.previous[order]]
    moved = zip(parts.previous[order].tolist(), parts.group[order].tolist(), strict=True)
    for previous, group in moved:
        went[previous].append(names[group])
        came[group].append(previous_names[previous])
    previous_sizes, group_sizes = sizes[0].tolist(), sizes[1].tolist()
    for group, previous in enumerate(continues.tolist()):
        size, others = group_sizes[group], tuple(came.get(group, ()))
        if previous < 0:
            yield Event("born", names[group], others, size, 0)
        elif previous in went:
            yield Event(
                "split", names[group], tuple(went[previous]), size, previous_sizes[previous]
            )
        else:
            kind: EventKind = "grown" if size >= GROWN * previous_sizes[previous] else "continued"
            yield Event(kind, names[group], others, size, previous_sizes[previous])
    alive = set(continues.tolist())
    for previous, previous_size in enumerate(previous_sizes):
        if previous not in alive:
            to = tuple(went.get(previous, ()))
            end: EventKind = "gone" if not to else "merged" if len(to) == 1 else "split"
            yield Event(end, previous_names[previous], to, 0, previous_size)
