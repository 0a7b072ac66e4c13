"""Lineage: ids go on with their articles, die with an heir, and never mean something else."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender._typing import Array
from recommender.groups import lineage
from recommender.groups.lineage import (
    Event,
    Lineage,
    compact_successors,
    follow_groups,
    latest_successor,
    match_groups,
)

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)


def night(*pairs: tuple[str, str, int]) -> tuple[Array, Array, list[str], list[str]]:
    """Members by (previous group, tonight's group, how many); "" is none.

    Previous groups have their names as ids, tonight's have theirs as seeds.
    """
    previous_groups = list(dict.fromkeys(old for old, _, _ in pairs if old))
    groups = list(dict.fromkeys(new for _, new, _ in pairs if new))
    numbers = [
        ({"": -1} | {g: i for i, g in enumerate(names)}) for names in (previous_groups, groups)
    ]
    labels = [(numbers[0][old], numbers[1][new]) for old, new, n in pairs for _ in range(n)]
    old_of, new_of = np.array(labels, dtype=np.int32).reshape(-1, 2).T
    return old_of, new_of, previous_groups, groups


def follow(*pairs: tuple[str, str, int]) -> tuple[dict[str, str], dict[str, Event], dict[str, str]]:
    """Tonight's ids by seed, events by id, heirs."""
    old_of, new_of, previous_groups, groups = night(*pairs)
    found = follow_groups(old_of, new_of, previous_groups, groups, "t")
    return (
        dict(zip(groups, found.ids, strict=True)),
        {event.id: event for event in found.events},
        found.successors,
    )


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


def followed(old: Array, new: Array, **more: frozenset[str]) -> Lineage:
    previous_groups, groups = counts(old, new)
    return follow_groups(
        old,
        new,
        [f"t-{i}" for i in range(previous_groups)],
        [f"a{i}" for i in range(groups)],
        "t",
        **more,
    )


def counts(old: Array, new: Array) -> tuple[int, int]:
    return int(old.max(initial=-1)) + 1, int(new.max(initial=-1)) + 1


# The slow oracle: sets, fractions, all assignments.


def members(labels: Array) -> dict[int, set[int]]:
    return {g: set(np.flatnonzero(labels == g).tolist()) for g in set(labels.tolist()) - {-1}}


def worth(old: Array, new: Array) -> dict[tuple[int, int], tuple[int, int]]:
    """Of each pair that may be matched, what it shares and how alike it is."""
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
                alike = np.rint(shared / len(previous | group) * lineage.STEPS)
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
    continues = match_groups(old, new, *counts(old, new))
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


def test_a_tangle_is_solved_as_a_whole_and_not_by_the_greatest_pair_first() -> None:
    # P → X shares most of all pairs, but then Q has nowhere to go: 60 < 55 + 35.
    ids, events, _ = follow(("P", "X", 60), ("P", "Y", 35), ("Q", "X", 55))
    assert ids == {"X": "Q", "Y": "P"}
    assert events == {
        "P": Event("split", "P", ("Q",), 35, 95),
        "Q": Event("grown", "Q", ("P",), 115, 55),
    }


def test_of_equal_sums_the_more_alike_pairs_are_matched() -> None:
    ids, _, _ = follow(("P", "X", 5), ("P", "Y", 5), ("", "X", 3))
    assert ids["Y"] == "P"
    assert ids["X"] != "P"
    ids, _, _ = follow(("P", "X", 5), ("P", "Y", 5), ("", "Y", 3))
    assert ids["X"] == "P"


def test_of_equal_and_equally_alike_pairs_the_earlier_members_are_matched() -> None:
    ids, _, _ = follow(("P", "X", 5), ("P", "Y", 5))
    assert ids["X"] == "P"
    ids, events, _ = follow(("P", "X", 5), ("Q", "X", 5))
    assert ids["X"] == "P"
    assert events["Q"] == Event("merged", "Q", ("P",), 0, 5)


@pytest.mark.parametrize("batch", [1, 7, 500])
def test_many_tangles_are_solved_alike_in_any_batches(
    batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(3)
    blocks = [rng.integers(0, 3, (2, 12)) + 3 * i for i in range(150)]
    old, new = (compact(np.concatenate([block[k] for block in blocks])) for k in (0, 1))
    monkeypatch.setattr(lineage, "BATCH", batch)
    values = worth(old, new)
    of_block: dict[int, list[tuple[int, int]]] = {}
    for f, g in values:
        of_block.setdefault(int(np.flatnonzero(old == f)[0]) // 12, []).append((f, g))
    best = [max(total(c, values) for c in assignments(pairs)) for pairs in of_block.values()]
    found = total(matched(old, new), values)
    assert found == (sum(shared for shared, _ in best), sum(alike for _, alike in best))


# What happens to groups in a night.


def test_the_first_night_all_are_born() -> None:
    ids, events, successors = follow(("", "X", 3), ("", "Y", 2), ("", "", 4))
    assert [events[ids[name]] for name in "XY"] == [
        Event("born", ids["X"], (), 3, 0),
        Event("born", ids["Y"], (), 2, 0),
    ]
    assert not successors


def test_new_articles_let_a_group_continue_or_grow() -> None:
    _, events, successors = follow(
        ("P", "X", 8), ("", "X", 1), ("Q", "Y", 8), ("", "Y", 2), ("R", "Z", 3), ("", "Z", 500)
    )
    assert events == {
        "P": Event("continued", "P", (), 9, 8),
        "Q": Event("grown", "Q", (), 10, 8),
        "R": Event("grown", "R", (), 503, 3),
    }
    assert not successors


def test_deleted_articles_let_a_group_continue() -> None:
    _, events, _ = follow(("P", "X", 3), ("P", "", 7), ("", "X", 1))
    assert events == {"P": Event("continued", "P", (), 4, 10)}


def test_a_smaller_group_merges_into_a_larger_and_has_it_as_heir() -> None:
    ids, events, successors = follow(("P", "X", 9), ("Q", "X", 4))
    assert ids == {"X": "P"}
    assert events == {
        "P": Event("grown", "P", ("Q",), 13, 9),
        "Q": Event("merged", "Q", ("P",), 0, 4),
    }
    assert successors == {"Q": "P"}


def test_a_group_splits_and_its_larger_part_keeps_the_id() -> None:
    ids, events, successors = follow(("P", "Y", 4), ("P", "X", 6), ("", "Y", 1))
    assert ids["X"] == "P"
    assert events == {
        "P": Event("split", "P", (ids["Y"],), 6, 10),
        ids["Y"]: Event("born", ids["Y"], ("P",), 5, 0),
    }
    assert not successors


def test_a_group_that_splits_between_others_dies_and_the_largest_part_is_its_heir() -> None:
    _, events, successors = follow(("P", "X", 20), ("Q", "Y", 20), ("R", "X", 4), ("R", "Y", 6))
    assert events["R"] == Event("split", "R", ("Q", "P"), 0, 10)
    assert successors == {"R": "Q"}
    assert events["P"].others == events["Q"].others == ("R",)


def test_a_part_below_a_quarter_is_no_split() -> None:
    ids, events, _ = follow(("P", "X", 8), ("P", "Y", 2))
    assert events["P"].kind == "continued"
    assert events[ids["Y"]] == Event("born", ids["Y"], (), 2, 0)


def test_a_group_without_members_is_gone() -> None:
    _, events, successors = follow(("P", "", 3), ("Q", "X", 2))
    assert events["P"] == Event("gone", "P", (), 0, 3)
    assert not successors


def test_a_group_that_scatters_is_gone_without_an_heir() -> None:
    pieces = [("P", f"X{i}", 2) for i in range(5)]
    others = [(f"Q{i}", f"X{i}", 20) for i in range(5)]
    _, events, successors = follow(*others, *pieces)
    assert events["P"] == Event("gone", "P", (), 0, 10)
    assert not successors


def test_an_id_goes_on_where_half_of_the_new_group_is_its_own() -> None:
    ids, events, _ = follow(("P", "X", 40), ("P", "Y", 30), ("P", "Z", 30))
    assert ids["X"] == "P"
    assert events["P"] == Event("split", "P", (ids["Y"], ids["Z"]), 40, 100)


def test_no_id_passes_to_a_sliver() -> None:
    # Nearly all of P merged into Q's group; the three that stayed apart are not P.
    ids, events, successors = follow(("Q", "X", 200), ("P", "X", 97), ("P", "Y", 3))
    assert ids["Y"] not in ("P", "Q")
    assert events["P"] == Event("merged", "P", ("Q",), 0, 100)
    assert successors == {"P": "Q"}


def test_no_id_passes_to_a_group_of_which_it_is_a_sliver() -> None:
    # Q is torn in so many pieces that it continues nowhere, and X is a piece of Q, not P.
    pieces = [("Q", f"X{i}", 50) for i in range(6)]
    ids, events, successors = follow(*pieces, ("P", "X0", 10))
    assert set(ids.values()).isdisjoint({"P", "Q"})
    assert events["P"] == Event("merged", "P", (ids["X0"],), 0, 10)
    assert events["Q"].kind == "gone"
    assert successors == {"P": ids["X0"]}


def test_the_last_of_a_deleted_group_carry_no_id_to_strangers() -> None:
    ids, events, successors = follow(("P", "", 97), ("P", "X", 3), ("", "X", 500))
    assert ids["X"] != "P"
    assert events["P"].kind == "gone"
    assert not successors


def test_five_equal_groups_that_become_one_are_a_new_one() -> None:
    ids, events, successors = follow(*((name, "X", 10) for name in "PQRST"))
    assert events[ids["X"]] == Event("born", ids["X"], tuple("PQRST"), 50, 0)
    assert successors == dict.fromkeys("PQRST", ids["X"])


@given(two_nights(groups=6))
def test_every_id_has_one_event_and_every_dead_one_an_heir_or_is_gone(
    nights: tuple[Array, Array],
) -> None:
    old, new = nights
    found = followed(old, new)
    previous = {f"t-{i}" for i in range(counts(old, new)[0])}
    alive, dead = set(found.ids), previous - set(found.ids)
    assert len(alive) == len(found.ids)
    assert [event.id for event in found.events] == sorted(previous | alive)
    for event in found.events:
        assert (event.kind in ("merged", "gone")) <= (event.id in dead)
        assert (event.kind == "born") == (event.id not in previous)
        assert (event.kind in ("born", "continued", "grown")) <= (event.id in alive)
        assert event.id not in event.others
        assert len(set(event.others)) == len(event.others)
        assert (event.size > 0) == (event.id in alive)
        assert (event.previous_size > 0) == (event.id in previous)
        if event.id in dead:
            assert (
                (event.kind == "gone") == (event.id not in found.successors) == (not event.others)
            )
            assert set(event.others) <= alive
            assert found.successors.get(event.id) == (event.others or (None,))[0]
    assert found.successors.keys() <= dead


@given(two_nights())
def test_an_heir_holds_the_most_of_what_died(nights: tuple[Array, Array]) -> None:
    old, new = nights
    found = followed(old, new)
    previous_groups, groups = members(old), members(new)
    for dead, successor in found.successors.items():
        previous = previous_groups[int(dead[2:])]
        shared = [len(previous & group) for _, group in sorted(groups.items())]
        assert shared[found.ids.index(successor)] == max(shared)
        assert Fraction(max(shared), sum(shared)) >= QUARTER


@given(two_nights(members=60), st.integers(0, 99))
def test_the_numbers_of_groups_decide_nothing(nights: tuple[Array, Array], seed: int) -> None:
    old, new = nights
    previous_groups, groups = counts(old, new)
    rng = np.random.default_rng(seed)
    names, seeds = [f"t-{i}" for i in range(previous_groups)], [f"a{i}" for i in range(groups)]
    first = follow_groups(old, new, names, seeds, "t")
    to_old, to_new = rng.permutation(previous_groups), rng.permutation(groups)
    other = follow_groups(
        np.append(to_old, -1)[old],
        np.append(to_new, -1)[new],
        [names[i] for i in np.argsort(to_old)],
        [seeds[i] for i in np.argsort(to_new)],
        "t",
    )
    assert [other.ids[i] for i in to_new] == first.ids
    assert other.events == first.events
    assert other.successors == first.successors


@given(two_nights())
def test_a_rerun_changes_nothing(nights: tuple[Array, Array]) -> None:
    first = followed(*nights)
    assert followed(*nights) == first
    new = nights[1]
    seeds = [f"b{i}" for i in range(len(first.ids))]
    again = follow_groups(new, new, first.ids, seeds, "t")
    assert again.ids == first.ids
    assert {event.kind for event in again.events} <= {"continued"}
    assert not [event for event in again.events if event.others]
    assert not again.successors


def test_arguments_are_left_as_they_are() -> None:
    old, new, previous_groups, groups = night(("P", "X", 2), ("P", "Y", 1), ("", "Y", 2))
    before = old.copy(), new.copy()
    old.flags.writeable = new.flags.writeable = False
    follow_groups(old, new, previous_groups, groups, "t")
    assert (old == before[0]).all()
    assert (new == before[1]).all()


# Ids.


def test_an_id_is_short_plain_and_made_of_its_seed() -> None:
    # This very id is in the links of readers; whoever changes how it is made changes them.
    found = follow_groups(np.array([-1]), np.array([0]), [], ["article-1"], "s").ids
    assert found == [FIRST]
    other = follow_groups(np.array([-1]), np.array([0]), [], ["article-1"], "t").ids
    assert other == ["t" + FIRST[1:]]
    assert set(FIRST[2:]) <= set(lineage.ALPHABET)
    assert len(FIRST) == 2 + lineage.LENGTH


FIRST = "s-mkycxv"


def test_a_used_id_is_never_given_again() -> None:
    used: set[str] = set()
    for _ in range(50):
        [found] = follow_groups(np.array([-1]), np.array([0]), [], ["article-1"], "s", used).ids
        assert found not in used
        used.add(found)


def test_groups_of_equal_seeds_have_ids_of_their_own() -> None:
    old, new, _, _ = night(("", "X", 1), ("", "Y", 1), ("", "Z", 1))
    found = follow_groups(old, new, [], ["same"] * 3, "t")
    assert len(set(found.ids)) == 3
    swapped = follow_groups(old, np.array([2, 1, 0]), [], ["same"] * 3, "t")
    assert swapped.ids == found.ids[::-1]


def test_a_new_id_is_none_of_last_nights() -> None:
    [first] = follow_groups(np.array([-1]), np.array([0]), [], ["a"], "t").ids
    found = follow_groups(np.array([0, -1]), np.array([-1, 0]), [first], ["a"], "t")
    assert found.ids != [first]
    assert [event.kind for event in found.events if event.id == first] == ["gone"]


# Nights on nights.


class Night:
    """What a job remembers: who was grouped how, all ids with what they first held, the heirs."""

    def __init__(self) -> None:
        self.groups = np.empty(0, dtype=np.int32)
        self.ids: list[str] = []
        self.used: set[str] = set()
        self.alive: set[str] = set()
        self.successors: dict[str, str] = {}
        self.steps: list[dict[str, str]] = []

    def pass_on(self, groups: Array) -> Lineage:
        previous = np.append(self.groups, np.full(len(groups) - len(self.groups), -1))
        seeds = [f"a{int(np.flatnonzero(groups == g)[0])}" for g in range(groups.max() + 1)]
        found = follow_groups(previous, groups, self.ids, seeds, "s", self.used)
        self.successors = compact_successors(self.successors, found.successors)
        self.steps.append(found.successors)
        self.groups, self.ids = groups, found.ids
        return found


@pytest.mark.parametrize("seed", range(8))
def test_over_many_nights_no_id_comes_back_and_heirs_lead_to_where_articles_went(seed: int) -> None:
    rng = np.random.default_rng(seed)
    job, labels = Night(), rng.integers(0, 12, 60)
    buried: set[str] = set()
    for _ in range(60):
        labels = np.append(labels, rng.integers(0, 15, rng.integers(0, 4)))
        labels[rng.random(len(labels)) < 0.1] = -1  # taken down, or in no topic
        moved = rng.random(len(labels)) < rng.choice([0.0, 0.1, 0.5])
        labels[moved] = rng.integers(0, 15, moved.sum())
        if rng.random() < 0.3:
            labels[labels == rng.integers(0, 15)] = rng.integers(0, 15)
        previous = set(job.ids)
        found = job.pass_on(compact(labels))
        alive = set(found.ids)
        assert alive.isdisjoint(buried)
        assert (alive - previous).isdisjoint(job.used)
        buried |= previous - alive
        job.used |= alive
        _check_heirs(job, alive, buried)
    assert len(buried) > 20


def _check_heirs(job: Night, alive: set[str], buried: set[str]) -> None:
    chained = {dead: successor for step in job.steps for dead, successor in step.items()}
    assert len(chained) == sum(map(len, job.steps))  # who died does not die again
    assert job.successors.keys() == chained.keys() <= buried
    for dead, successor in job.successors.items():
        assert (
            successor == latest_successor(dead, chained) == latest_successor(dead, job.successors)
        )
        assert successor not in job.successors
        assert successor in alive or successor in buried
    for living in alive:
        assert latest_successor(living, job.successors) == living


@pytest.mark.parametrize("seed", range(4))
def test_topics_that_keep_half_of_their_articles_keep_their_id(seed: int) -> None:
    # 300 topics over ten nights: a tenth of the articles moves, a tenth is new, some topics split.
    # Only one of those that merge can keep its id; nothing merges here.
    rng = np.random.default_rng(seed)
    job, labels = Night(), rng.integers(0, 300, 6000)
    job.pass_on(compact(labels))
    kept = stayed = 0
    for _ in range(10):
        moved = rng.random(len(labels)) < 0.1
        labels[moved] = rng.integers(0, labels.max() + 1, moved.sum())
        for topic in rng.integers(0, labels.max() + 1, 5):
            part = (labels == topic) & (rng.random(len(labels)) < 0.3)
            labels[part] = labels.max() + 1
        labels = np.append(labels, rng.integers(0, labels.max() + 1, 600))
        previous, ids = job.groups, job.ids
        job.pass_on(compact(labels))
        alive = set(job.ids)
        for group, at in members(previous).items():
            share = np.bincount(job.groups[list(at)]).max() / len(at)
            stayed += share >= 0.5
            kept += share >= 0.5 and ids[group] in alive
    assert stayed > 2500
    assert kept / stayed >= 0.98


# Heirs.


def test_heirs_are_followed_to_the_last() -> None:
    successors = {"a": "b", "b": "c", "c": "d", "x": "d"}
    assert [latest_successor(dead, successors) for dead in "abcdxz"] == [*"ddddd", "z"]
    assert compact_successors({}, successors) == dict.fromkeys("abcx", "d")


def test_compacted_heirs_follow_the_newer_ones() -> None:
    assert compact_successors({"a": "b", "x": "y"}, {"b": "c"}) == {"a": "c", "b": "c", "x": "y"}
    assert compact_successors({}, {}) == {}


def test_a_circle_of_heirs_ends_where_it_began() -> None:
    successors = {"a": "b", "b": "c", "c": "b", "x": "x"}
    assert [latest_successor(dead, successors) for dead in "abcx"] == ["a", "b", "c", "x"]
    assert compact_successors({}, successors) == {}


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 9)), st.integers(0, 10))
def test_any_heirs_end_and_compact_to_one_step(drawn: dict[int, int], cut: int) -> None:
    successors = {f"t-{dead}": f"t-{successor}" for dead, successor in drawn.items()}
    items = list(successors.items())
    found = compact_successors(compact_successors({}, dict(items[:cut])), dict(items[cut:]))
    assert all(dead != successor for dead, successor in found.items())
    if all(int(dead[2:]) < int(successor[2:]) for dead, successor in items):  # no circle
        assert found == {dead: latest_successor(dead, successors) for dead in successors}
        assert not found.keys() & set(found.values())


# What is refused.


@pytest.mark.parametrize(
    ("old", "new", "previous_groups", "groups", "message"),
    [
        ([0, 0], [0], ["a"], ["x"], r"same members.*\(2,\) and \(1,\)"),
        ([[0]], [[0]], ["a"], ["x"], r"same members"),
        ([1], [0], ["a"], ["x"], r"previous group lies outside -1\.\.0"),
        ([0], [-2], ["a"], ["x"], r"new group lies outside -1\.\.0"),
        ([0], [0], ["a"], ["x", "y"], r"should have a member; group 1 has none"),
        ([0, 1], [0, 0], ["a", "a"], ["x"], r"two share one"),
    ],
)
def test_what_does_not_match_is_refused(
    old: list[int], new: list[int], previous_groups: list[str], groups: list[str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        follow_groups(np.array(old), np.array(new), previous_groups, groups, "t")


def test_nothing_at_all_is_a_night_too() -> None:
    none = np.empty(0, dtype=np.int32)
    assert follow_groups(none, none, [], [], "t") == Lineage([], [], {})
    gone = follow_groups(none, none, ["t-a"], [], "t")
    assert gone == Lineage([], [Event("gone", "t-a", (), 0, 0)], {})
