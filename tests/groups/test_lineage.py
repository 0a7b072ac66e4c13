"""Lineage: ids continue with their articles, are retired with a successor, and never return."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender._typing import Array
from recommender.groups.lineage import Event, Lineage, follow_groups
from recommender.groups.successors import compact_successors, latest_successor
from tests.groups.nights import compact, counts, members, night, two_nights

QUARTER = Fraction(1, 4)


def follow(*pairs: tuple[str, str, int]) -> tuple[dict[str, str], dict[str, Event], dict[str, str]]:
    """Tonight's ids by seed, events by id, successors."""
    old_of, new_of, previous_groups, groups = night(*pairs)
    found = follow_groups(old_of, new_of, previous_groups, groups, "t")
    return (
        dict(zip(groups, found.ids, strict=True)),
        {event.id: event for event in found.events},
        found.successors,
    )


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


def test_all_groups_of_a_first_night_are_born() -> None:
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


def test_a_smaller_group_merges_into_a_larger_one_its_successor() -> None:
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


def test_a_group_that_splits_between_others_is_retired_and_the_largest_part_succeeds() -> None:
    _, events, successors = follow(("P", "X", 20), ("Q", "Y", 20), ("R", "X", 4), ("R", "Y", 6))
    assert events["R"] == Event("split", "R", ("Q", "P"), 0, 10)
    assert successors == {"R": "Q"}
    assert events["P"].others == events["Q"].others == ("R",)


def test_a_part_of_less_than_a_quarter_is_not_a_split() -> None:
    ids, events, _ = follow(("P", "X", 8), ("P", "Y", 2))
    assert events["P"].kind == "continued"
    assert events[ids["Y"]] == Event("born", ids["Y"], (), 2, 0)


def test_a_group_without_members_is_gone() -> None:
    _, events, successors = follow(("P", "", 3), ("Q", "X", 2))
    assert events["P"] == Event("gone", "P", (), 0, 3)
    assert not successors


def test_a_group_that_scatters_is_gone_without_a_successor() -> None:
    pieces = [("P", f"X{i}", 2) for i in range(5)]
    others = [(f"Q{i}", f"X{i}", 20) for i in range(5)]
    _, events, successors = follow(*others, *pieces)
    assert events["P"] == Event("gone", "P", (), 0, 10)
    assert not successors


def test_an_id_continues_if_it_makes_up_half_of_the_new_group() -> None:
    ids, events, _ = follow(("P", "X", 40), ("P", "Y", 30), ("P", "Z", 30))
    assert ids["X"] == "P"
    assert events["P"] == Event("split", "P", (ids["Y"], ids["Z"]), 40, 100)


def test_no_id_passes_to_a_small_remainder() -> None:
    # Nearly all of P merged into Q's group; the three members that did not are not P.
    ids, events, successors = follow(("Q", "X", 200), ("P", "X", 97), ("P", "Y", 3))
    assert ids["Y"] not in ("P", "Q")
    assert events["P"] == Event("merged", "P", ("Q",), 0, 100)
    assert successors == {"P": "Q"}


def test_no_id_passes_to_a_group_of_which_it_is_a_small_part() -> None:
    # Q falls into so many pieces that it continues nowhere, and X0 is a piece of Q, not P.
    pieces = [("Q", f"X{i}", 50) for i in range(6)]
    ids, events, successors = follow(*pieces, ("P", "X0", 10))
    assert set(ids.values()).isdisjoint({"P", "Q"})
    assert events["P"] == Event("merged", "P", (ids["X0"],), 0, 10)
    assert events["Q"].kind == "gone"
    assert successors == {"P": ids["X0"]}


def test_the_last_members_of_a_deleted_group_pass_no_id_to_unrelated_ones() -> None:
    ids, events, successors = follow(("P", "", 97), ("P", "X", 3), ("", "X", 500))
    assert ids["X"] != "P"
    assert events["P"].kind == "gone"
    assert not successors


def test_five_equal_groups_that_become_one_are_a_new_one() -> None:
    ids, events, successors = follow(*((name, "X", 10) for name in "PQRST"))
    assert events[ids["X"]] == Event("born", ids["X"], tuple("PQRST"), 50, 0)
    assert successors == dict.fromkeys("PQRST", ids["X"])


@given(two_nights(groups=6))
def test_every_id_has_one_event_and_every_retired_one_a_successor_or_is_gone(
    nights: tuple[Array, Array],
) -> None:
    old, new = nights
    found = followed(old, new)
    previous = {f"t-{i}" for i in range(counts(old, new)[0])}
    in_use, retired = set(found.ids), previous - set(found.ids)
    assert len(in_use) == len(found.ids)
    assert [event.id for event in found.events] == sorted(previous | in_use)
    for event in found.events:
        assert (event.kind in ("merged", "gone")) <= (event.id in retired)
        assert (event.kind == "born") == (event.id not in previous)
        assert (event.kind in ("born", "continued", "grown")) <= (event.id in in_use)
        assert event.id not in event.others
        assert len(set(event.others)) == len(event.others)
        assert (event.size > 0) == (event.id in in_use)
        assert (event.previous_size > 0) == (event.id in previous)
        if event.id in retired:
            assert (
                (event.kind == "gone") == (event.id not in found.successors) == (not event.others)
            )
            assert set(event.others) <= in_use
            assert found.successors.get(event.id) == (event.others or (None,))[0]
    assert found.successors.keys() <= retired


@given(two_nights())
def test_a_successor_holds_the_largest_part(nights: tuple[Array, Array]) -> None:
    old, new = nights
    found = followed(old, new)
    previous_groups, groups = members(old), members(new)
    for retired_id, successor in found.successors.items():
        previous = previous_groups[int(retired_id[2:])]
        shared = [len(previous & group) for _, group in sorted(groups.items())]
        assert shared[found.ids.index(successor)] == max(shared)
        assert Fraction(max(shared), sum(shared)) >= QUARTER


@given(two_nights(members=60), st.integers(0, 99))
def test_the_numbers_of_groups_change_nothing(nights: tuple[Array, Array], seed: int) -> None:
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


class Night:
    """What the job remembers between nights: groups, ids ever used, successors."""

    def __init__(self) -> None:
        self.groups = np.empty(0, dtype=np.int32)
        self.ids: list[str] = []
        self.used: set[str] = set()
        self.in_use: set[str] = set()
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
def test_over_many_nights_no_id_returns_and_successors_lead_to_the_articles(seed: int) -> None:
    rng = np.random.default_rng(seed)
    job, labels = Night(), rng.integers(0, 12, 60)
    retired: set[str] = set()
    for _ in range(60):
        labels = np.append(labels, rng.integers(0, 15, rng.integers(0, 4)))
        labels[rng.random(len(labels)) < 0.1] = -1  # taken down, or without a topic
        moved = rng.random(len(labels)) < rng.choice([0.0, 0.1, 0.5])
        labels[moved] = rng.integers(0, 15, moved.sum())
        if rng.random() < 0.3:
            labels[labels == rng.integers(0, 15)] = rng.integers(0, 15)
        previous = set(job.ids)
        found = job.pass_on(compact(labels))
        in_use = set(found.ids)
        assert in_use.isdisjoint(retired)
        assert (in_use - previous).isdisjoint(job.used)
        retired |= previous - in_use
        job.used |= in_use
        _check_successors(job, in_use, retired)
    assert len(retired) > 20


def _check_successors(job: Night, in_use: set[str], retired: set[str]) -> None:
    chained = {old: successor for step in job.steps for old, successor in step.items()}
    assert len(chained) == sum(map(len, job.steps))  # no id is retired twice
    assert job.successors.keys() == chained.keys() <= retired
    for old, successor in job.successors.items():
        assert successor == latest_successor(old, chained) == latest_successor(old, job.successors)
        assert successor not in job.successors
        assert successor in in_use or successor in retired
    for living in in_use:
        assert latest_successor(living, job.successors) == living


@pytest.mark.parametrize("seed", range(4))
def test_topics_that_keep_half_of_their_articles_keep_their_id(seed: int) -> None:
    # 300 topics over ten nights: a tenth of the articles moves, a tenth is new, some topics split.
    # None merge, since only one of two that merge can keep its id.
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
        in_use = set(job.ids)
        for group, at in members(previous).items():
            share = np.bincount(job.groups[list(at)]).max() / len(at)
            stayed += share >= 0.5
            kept += share >= 0.5 and ids[group] in in_use
    assert stayed > 2500
    assert kept / stayed >= 0.98


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
def test_arguments_that_do_not_match_are_refused(
    old: list[int], new: list[int], previous_groups: list[str], groups: list[str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        follow_groups(np.array(old), np.array(new), previous_groups, groups, "t")


def test_a_night_without_members_is_allowed() -> None:
    none = np.empty(0, dtype=np.int32)
    assert follow_groups(none, none, [], [], "t") == Lineage([], [], {})
    gone = follow_groups(none, none, ["t-a"], [], "t")
    assert gone == Lineage([], [Event("gone", "t-a", (), 0, 0)], {})
