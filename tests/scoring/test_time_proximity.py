"""Time proximity: near pairs count for more where proximity is rare."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender._typing import Array
from recommender.scoring.time_proximity import (
    HALF_DAYS,
    MIN_CHANCE,
    TimeProximity,
    chance_corrected,
    chance_corrected_proximity,
    proximity,
    time_proximity,
)

NO_DATE = np.iinfo(np.int64).min
DAY = 86_400_000_000


def every_pair(published: list[int]) -> Array:
    """A graph in which the neighbours of each text are all others, in order."""
    count = len(published)
    return np.array(
        [[other for other in range(count) if other != text] for text in range(count)], np.int32
    ).reshape(count, max(count - 1, 0))


def of(*days: float | None) -> TimeProximity:
    published = [NO_DATE if day is None else int(day * DAY) for day in days]
    return time_proximity(every_pair(published), np.array(published, np.int64), NO_DATE)


def test_proximity_halves_by_the_days_and_is_nan_without_a_date() -> None:
    near = of(0, HALF_DAYS, 2 * HALF_DAYS, None).proximity
    assert near.dtype == np.float32
    assert near[0].tolist() == pytest.approx([0.5, 0.25, np.nan], nan_ok=True)
    assert np.isnan(near[3]).all()


def test_proximity_to_a_missing_neighbour_is_nan() -> None:
    found = time_proximity(np.array([[1, -1], [-1, -1]], np.int32), np.zeros(2, np.int64), NO_DATE)
    assert found.proximity[0].tolist() == pytest.approx([1, np.nan], nan_ok=True)
    assert found.chance_corrected[:, 1].tolist() == [0, 0]


def test_proximity_counts_most_where_it_is_rare_and_not_at_all_in_a_corpus_of_one_day() -> None:
    rare = of(0, 0, *range(100, 1100, 10))
    assert rare.chance_corrected[0, 0] == pytest.approx(
        (1 - rare.expected[0]) / (1 + rare.expected[0])
    )
    assert rare.expected[0] < MIN_CHANCE + 0.02
    assert rare.chance_corrected[0, 1:].tolist() == pytest.approx([-1] * 100)
    assert np.abs(of(*[5] * 10).chance_corrected).max() == 0
    assert np.abs(of(*[None] * 10).chance_corrected).max() == 0


@given(st.lists(st.one_of(st.none(), st.floats(-3e5, 3e5)), max_size=12), st.integers(1, 12))
def test_all_values_are_within_their_limits(days: list[float | None], last: int) -> None:
    found = of(*days)
    dated = [day is not None for day in days]
    assert np.isnan(found.expected).tolist() == [not known for known in dated]
    assert ((found.expected[dated] >= MIN_CHANCE) & (found.expected[dated] <= 1)).all()
    assert (np.abs(found.chance_corrected) <= 1).all()
    crowding = found.crowding(last)
    assert crowding.dtype == np.float32
    assert ((crowding >= 0) & (crowding <= 1)).all()
    assert (crowding[[not known for known in dated]] == 0).all()


@given(st.lists(st.integers(0, 40), min_size=2, max_size=30))
def test_expected_proximity_comes_from_the_share_of_others_within_the_window(
    days: list[int],
) -> None:
    window = HALF_DAYS / np.log(2)
    shares = [
        np.mean([abs(other - day) <= window for n, other in enumerate(days) if n != text])
        for text, day in enumerate(days)
    ]
    expected = MIN_CHANCE + (1 - MIN_CHANCE) * np.array(shares)
    assert of(*days).expected == pytest.approx(expected, abs=1e-6)


def test_neighbours_of_the_same_days_are_a_crowd_only_if_the_corpus_has_other_days() -> None:
    burst = of(*[0] * 20, *range(100, 1100, 2))
    assert burst.crowding(10)[0] < 0.1  # its last neighbours are from other days
    near = TimeProximity(burst.proximity[:, :19], burst.expected)
    assert near.crowding(10)[0] == pytest.approx(1)
    assert of(*[0] * 20).crowding(10).max() == 0


def test_a_corpus_of_centuries_still_resolves_minutes() -> None:
    minute = 1 / (24 * 60)
    near = of(0, minute, 700_000, *[1] * 5).proximity
    assert 1 - near[0, 0] == pytest.approx(minute / HALF_DAYS * np.log(2), rel=0.2)
    assert near[2, :2].tolist() == [0, 0]


@given(st.lists(st.floats(-1e4, 1e4), max_size=9))
def test_the_single_step_equals_both_steps(days: list[float]) -> None:
    apart = np.array(days)
    expected = chance_corrected(proximity(apart), MIN_CHANCE)
    assert chance_corrected_proximity(apart * DAY) == pytest.approx(expected, abs=1e-9)
