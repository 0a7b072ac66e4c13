"""Two nights of groups, for the tests of lineage and matching."""

from collections.abc import Iterable

import numpy as np
from hypothesis import strategies as st

from recommender._typing import Array


def night(*pairs: tuple[str, str, int]) -> tuple[Array, Array, list[str], list[str]]:
    """Members from (previous group, tonight's group, how many); "" is none.

    The names of previous groups are their ids, those of tonight's groups are their seeds.
    """
    previous_groups = list(dict.fromkeys(old for old, _, _ in pairs if old))
    groups = list(dict.fromkeys(new for _, new, _ in pairs if new))
    numbers = [
        ({"": -1} | {g: i for i, g in enumerate(names)}) for names in (previous_groups, groups)
    ]
    labels = [(numbers[0][old], numbers[1][new]) for old, new, n in pairs for _ in range(n)]
    old_of, new_of = np.array(labels, dtype=np.int32).reshape(-1, 2).T
    return old_of, new_of, previous_groups, groups


def compact(labels: Iterable[int]) -> Array:
    """The labels, numbered from 0 without gaps; -1 stays."""
    array = np.array(list(labels), dtype=np.int64)
    numbers = {label: i for i, label in enumerate(sorted(set(array[array >= 0].tolist())))}
    return np.array([numbers.get(label, -1) for label in array.tolist()], dtype=np.int32)


@st.composite
def two_nights(draw: st.DrawFn, groups: int = 5, members: int = 30) -> tuple[Array, Array]:
    labels = st.tuples(st.integers(-1, groups - 1), st.integers(-1, groups - 1))
    drawn = draw(st.lists(labels, max_size=members))
    return compact(old for old, _ in drawn), compact(new for _, new in drawn)


def counts(old: Array, new: Array) -> tuple[int, int]:
    return int(old.max(initial=-1)) + 1, int(new.max(initial=-1)) + 1


def members(labels: Array) -> dict[int, set[int]]:
    return {g: set(np.flatnonzero(labels == g).tolist()) for g in set(labels.tolist()) - {-1}}
