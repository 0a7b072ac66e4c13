"""The assignment of groups to last night's, against a slow oracle of sets and fractions."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given

from recommender._typing import Array
from recommender.groups import matching
from recommender.groups.lineage import Event
from recommender.groups.matching import (
    JACCARD_STEPS,
    best_assignment,
    overlapping_pairs,
)
from tests.groups.nights import compact, counts, members, two_nights
from tests.groups.test_lineage import follow

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)


def worth(old: Array, new: Array) -> dict[tuple[int, int], tuple[int, int]]:
    """For each pair that may be matched: its shared members and its Jaccard index in steps."""
    previous_groups, groups = members(old), members(new)
    both = set(np.flatnonzero((old >= 0) & (new >= 0)).tolist())
    found = {}
    for f, previous in previous_groups.items():
        for g, group in groups.items():
            shared = len(previous & group)
            if not shared:
                continue
            shares = Fraction(shared, len(previous & both)), Fraction(shared, len(group & both))
            whole = Fraction(shared, min(len(previous), len(group)))
            if max(shares) >= HALF and min(shares) >= QUARTER and whole >= QUARTER:
                alike = np.rint(shared / len(previous | group) * JACCARD_STEPS)
                found[f, g] = shared, int(alike)
    return found


def assignments(pairs: list[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """All sets of pairs in which no group occurs twice."""
    if not pairs:
        yield []
        return
    (f, g), rest = pairs[0], pairs[1:]
    yield from assignments(rest)
    for chosen in assignments([(a, b) for a, b in rest if a != f and b != g]):
        yield [(f, g), *chosen]


def total(
    pairs: Iterable[tuple[int, int]], values: dict[tuple[int, int], tuple[int, int]]
) -> tuple[int, int]:
    chosen = [values[pair] for pair in pairs]
    return sum(shared for shared, _ in chosen), sum(alike for _, alike in chosen)


def matched(old: Array, new: Array) -> list[tuple[int, int]]:
    previous_groups, groups = counts(old, new)
    pairs = overlapping_pairs(old, new, previous_groups, groups)
    continues = best_assignment(pairs, groups)
    return [(f, g) for g, f in enumerate(continues.tolist()) if f >= 0]


@given(two_nights(groups=4, members=40))
def test_the_assignment_is_the_best_of_all(nights: tuple[Array, Array]) -> None:
    old, new = nights
    values = worth(old, new)
    found = matched(old, new)
    assert set(found) <= values.keys()
    assert len({f for f, _ in found}) == len({g for _, g in found}) == len(found)
    best = max(total(chosen, values) for chosen in assignments(list(values)))
    assert total(found, values) == best


def test_the_assignment_is_solved_as_a_whole_and_not_greedily() -> None:
    # P → X is the largest pair, but then Q would have no partner: 60 < 55 + 35.
    ids, events, _ = follow(("P", "X", 60), ("P", "Y", 35), ("Q", "X", 55))
    assert ids == {"X": "Q", "Y": "P"}
    assert events == {
        "P": Event("split", "P", ("Q",), 35, 95),
        "Q": Event("grown", "Q", ("P",), 115, 55),
    }


def test_of_equal_sums_the_pairs_with_the_greater_jaccard_index_are_matched() -> None:
    ids, _, _ = follow(("P", "X", 5), ("P", "Y", 5), ("", "X", 3))
    assert ids["Y"] == "P"
    assert ids["X"] != "P"
    ids, _, _ = follow(("P", "X", 5), ("P", "Y", 5), ("", "Y", 3))
    assert ids["X"] == "P"


def test_of_equal_pairs_those_with_the_earlier_members_are_matched() -> None:
    ids, _, _ = follow(("P", "X", 5), ("P", "Y", 5))
    assert ids["X"] == "P"
    ids, events, _ = follow(("P", "X", 5), ("Q", "X", 5))
    assert ids["X"] == "P"
    assert events["Q"] == Event("merged", "Q", ("P",), 0, 5)


@pytest.mark.parametrize("batch", [1, 7, 500])
def test_batches_of_any_size_give_the_same_assignment(
    batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(3)
    blocks = [rng.integers(0, 3, (2, 12)) + 3 * i for i in range(150)]
    old, new = (compact(np.concatenate([block[k] for block in blocks])) for k in (0, 1))
    monkeypatch.setattr(matching, "BATCH", batch)
    values = worth(old, new)
    of_block: dict[int, list[tuple[int, int]]] = {}
    for f, g in values:
        of_block.setdefault(int(np.flatnonzero(old == f)[0]) // 12, []).append((f, g))
    best = [max(total(c, values) for c in assignments(pairs)) for pairs in of_block.values()]
    found = total(matched(old, new), values)
    assert found == (sum(shared for shared, _ in best), sum(alike for _, alike in best))
