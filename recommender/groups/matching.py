"""Which of last night's groups each of tonight's continues, solved as an assignment problem."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from recommender._typing import Array

__all__ = ["OverlappingPairs", "best_assignment", "group_sizes", "overlapping_pairs"]

# A group may continue another if they share at least half of the members of one of them (the
# survival of a cluster in MONIC, see `overlapping_pairs`) and at least a quarter of both.
MIN_SURVIVING_SHARE = 0.5
# A smaller overlap does not count at all, so the parts of a group that count are in at most four
# groups.
MIN_SHARE = 0.25

# The Jaccard index, rounded to this many steps, decides between assignments that share equally many
# members.
JACCARD_STEPS = 1000
# How many pairs are solved at once: the time of the sparse solver grows with the square of the
# rows.
BATCH = 500


class OverlappingPairs(NamedTuple):
    """Pairs of one of last night's groups and one of tonight's that share enough members to count.

    Attributes:
        previous: (pairs,) int64, last night's group.
        group: (pairs,) int64, tonight's group.
        shared: (pairs,) int64, the number of members in both.
        jaccard: (pairs,) float64, shared members divided by the members of either.
        matchable: (pairs,) bool, whether tonight's group may continue last night's.
    """

    previous: Array
    group: Array
    shared: Array
    jaccard: Array
    matchable: Array


def group_sizes(group_of: Array, groups: int) -> Array:
    """The number of members of each group.

    Args:
        group_of: (members,) int, the group of each member, -1 for none.
        groups: The number of groups.

    Returns:
        (groups,) int64.
    """
    return np.bincount(group_of[group_of >= 0], minlength=groups)


def overlapping_pairs(
    previous_of: Array, group_of: Array, previous_groups: int, groups: int
) -> OverlappingPairs:
    """The pairs of groups whose overlap counts.

    An overlap counts if it holds a quarter of last night's group, and a quarter of the smaller of
    the two groups. The first share is taken of the members that have a group on both nights, since
    new and deleted articles do not say how the others moved. The second is taken of all members, so
    that the last few of a deleted group pass nothing on to unrelated articles.

    Tonight's group may continue last night's if the overlap also holds a quarter of tonight's group
    and half of one of the two, counted among members with a group on both nights. The half is the
    survival of a cluster in MONIC (Spiliopoulou, Ntoutsi, Theodoridis and Schult, KDD 2006, section
    3), which matches each cluster on its own.

    Args:
        previous_of: (members,) int, last night's group of each member, -1 for none.
        group_of: (members,) int, tonight's group of each member, -1 for none.
        previous_groups: The number of last night's groups.
        groups: The number of tonight's groups.

    Returns:
        The pairs, sorted by last night's group and then by tonight's.
    """
    both = (previous_of >= 0) & (group_of >= 0)
    key = previous_of[both] * max(groups, 1) + group_of[both]
    pairs, shared = np.unique(key, return_counts=True)
    previous, group = np.divmod(pairs, max(groups, 1))
    of_previous = shared / group_sizes(previous_of[both], previous_groups)[previous]
    of_group = shared / group_sizes(group_of[both], groups)[group]
    previous_size = group_sizes(previous_of, previous_groups)[previous]
    size = group_sizes(group_of, groups)[group]
    survives = np.maximum(of_previous, of_group) >= MIN_SURVIVING_SHARE
    matchable = survives & (of_group >= MIN_SHARE)
    counts = (of_previous >= MIN_SHARE) & (shared >= MIN_SHARE * np.minimum(previous_size, size))
    jaccard = shared / (previous_size + size - shared)
    columns = (previous, group, shared, jaccard, matchable)
    return OverlappingPairs(*(column[counts] for column in columns))


def best_assignment(pairs: OverlappingPairs, groups: int) -> Array:
    """The group of last night that each of tonight's groups continues.

    The result is the one-to-one assignment of matchable pairs that keeps most members in their
    group; of equally good ones, the one with the greatest sum of Jaccard indices. All groups are
    assigned at once, so a pair that shares much does not take the only partner of another group.

    Args:
        pairs: The overlapping pairs.
        groups: The number of tonight's groups.

    Returns:
        (groups,) int64, -1 for a group that continues none.
    """
    continues = np.full(groups, -1)
    previous, group = pairs.previous[pairs.matchable], pairs.group[pairs.matchable]
    if not len(previous):
        return continues
    shared = pairs.shared[pairs.matchable]
    jaccard_steps = np.rint(pairs.jaccard[pairs.matchable] * JACCARD_STEPS)
    component = _components(previous, group, groups)
    # A component with a single group on either night is a star, and its best pair is the solution.
    star = ~(_has_several(component, previous) & _has_several(component, group))
    best = np.lexsort((group, previous, -jaccard_steps, -shared, component))
    best = best[star[best]]
    best = best[np.unique(component[best], return_index=True)[1]]
    continues[group[best]] = previous[best]
    tangled = np.flatnonzero(~star)
    tangled = tangled[np.argsort(component[tangled], kind="stable")]
    for batch in _batches(component[tangled]):
        at = tangled[batch]
        chosen = at[_solve(previous[at], group[at], shared[at], jaccard_steps[at])]
        continues[group[chosen]] = previous[chosen]
    return continues


def _components(previous: Array, group: Array, groups: int) -> Array:
    """The connected component of each pair, in the bipartite graph that the pairs form."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    nodes = groups + int(previous.max()) + 1
    links = coo_array((np.ones(len(previous)), (group, groups + previous)), shape=(nodes, nodes))
    component: Array = connected_components(links, directed=False)[1]
    return component[group]


def _has_several(component: Array, group: Array) -> Array:
    """Whether the component of each pair has more than one such group, (pairs,) bool."""
    _, first = np.unique(group, return_index=True)
    return np.bincount(component[first])[component] > 1


def _batches(component: Array) -> Iterator[slice]:
    """Cut the pairs, sorted by component, into small batches of whole components."""
    ends = np.append(np.flatnonzero(np.diff(component)) + 1, len(component))
    begin = last = 0
    for end in ends.tolist():
        if end - begin > BATCH and last > begin:
            yield slice(begin, last)
            begin = last
        last = end
    if last > begin:
        yield slice(begin, last)


def _solve(previous: Array, group: Array, shared: Array, jaccard_steps: Array) -> Array:
    """Positions of the matched pairs: most shared members, then the greatest Jaccard index.

    By the Jonker-Volgenant algorithm for sparse matrices. It matches every row, so each of last
    night's groups has a column of its own that stands for no group and is worth nothing.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    previous_groups, row = np.unique(previous, return_inverse=True)
    columns, column = np.unique(group, return_inverse=True)
    count = len(previous_groups)
    rows = np.arange(count)
    # One shared member outweighs all Jaccard steps together. Weights are whole numbers below 2^53,
    # so sums are exact. One is added to each, because a sparse matrix does not store zeros.
    worth = shared * (JACCARD_STEPS * count + 1.0) + jaccard_steps
    weight = np.append(worth, np.zeros(count)) + 1
    where = (np.append(row, rows), np.append(column, len(columns) + rows))
    matrix = coo_array((weight, where), shape=(count, len(columns) + count))
    matched, to = min_weight_full_bipartite_matching(matrix.tocsr(), maximize=True)
    partner = np.empty(count, dtype=np.int64)
    partner[matched] = to
    return np.flatnonzero(partner[row] == column)
