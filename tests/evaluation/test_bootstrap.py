"""Bootstrap intervals: they repeat, have the width that theory expects, and resample clusters."""

import numpy as np
import pytest

from recommender.evaluation.bootstrap import Intervals, cluster_bootstrap


def test_intervals_repeat_and_contain_the_mean() -> None:
    rng = np.random.default_rng(1)
    values, stories = rng.random((60, 4)), np.repeat(np.arange(20), 3)
    one, again = (cluster_bootstrap(values, stories) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))
    assert (one.low < one.mean).all()
    assert (one.mean < one.high).all()
    assert one.mean == pytest.approx(values.mean(axis=0))
    named = cluster_bootstrap(values, [f"story {n}" for n in stories])
    assert named.mean == pytest.approx(one.mean)


def test_an_interval_is_as_wide_as_theory_says() -> None:
    # Independent queries, a story each: 1.96 standard errors to either side.
    values = np.random.default_rng(2).random((400, 1))
    found = cluster_bootstrap(values, np.arange(400))
    error = values.std(ddof=1) / np.sqrt(400)
    assert found.high - found.mean == pytest.approx(1.96 * error, rel=0.15)
    assert found.mean - found.low == pytest.approx(1.96 * error, rel=0.15)


def test_queries_of_one_story_count_as_one_observation() -> None:
    # Four queries of a story that always agree tell no more than one of them.
    single = np.random.default_rng(3).random((100, 1))
    alone = cluster_bootstrap(single, np.arange(100))
    fourfold = cluster_bootstrap(np.repeat(single, 4, axis=0), np.repeat(np.arange(100), 4))
    assert fourfold.low == pytest.approx(alone.low)
    assert fourfold.high == pytest.approx(alone.high)


def test_values_that_never_vary_have_an_interval_of_no_width() -> None:
    found = cluster_bootstrap(np.ones((6, 4)), np.array([0, 0, 1, 1, 2, 2]))
    assert (found.low == 1).all()
    assert (found.high == 1).all()


def test_no_query_has_no_mean() -> None:
    with pytest.raises(ValueError, match="nothing to average"):
        cluster_bootstrap(np.empty((0, 4)), [])


def test_a_transform_is_applied_to_the_means_and_to_each_resample() -> None:
    values = np.random.default_rng(4).random((50, 2))
    plain = cluster_bootstrap(values, np.arange(50))
    doubled = cluster_bootstrap(values, np.arange(50), transform=lambda means: 2 * means)
    for one, other in zip(plain, doubled, strict=True):
        assert other == pytest.approx(2 * one)


def test_json_names_the_measures_and_the_ends() -> None:
    intervals = Intervals(np.array([0.5, 0.1234567]), np.array([0.4, 0.0]), np.array([0.6, 1.0]))
    assert intervals.to_dict(["P@1", "MRR"]) == {
        "P@1": {"mean": 0.5, "low": 0.4, "high": 0.6},
        "MRR": {"mean": 0.123457, "low": 0.0, "high": 1.0},
    }
