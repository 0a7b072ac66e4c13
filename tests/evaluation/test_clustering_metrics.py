"""Agreement: the figures are those of their definitions, and of a library's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.evaluation.clustering_metrics import (
    B_CUBED,
    PARTITION,
    b_cubed,
    b_cubed_intervals,
    partition,
    partition_intervals,
)

GROUPINGS = st.lists(st.tuples(st.integers(-1, 4), st.integers(0, 4)), min_size=1, max_size=25).map(
    lambda pairs: np.array(pairs).T
)


@given(GROUPINGS)
def test_b_cubed_is_its_definition(pair: np.ndarray) -> None:
    found, right = pair
    articles = range(len(found))
    precision, recall = [], []
    for a in articles:
        both = [b for b in articles if found[b] == found[a] and right[b] == right[a]]
        precision.append(len(both) / sum(found[b] == found[a] for b in articles))
        recall.append(len(both) / sum(right[b] == right[a] for b in articles))
    p, r = np.mean(precision), np.mean(recall)
    assert b_cubed(found, right) == pytest.approx([2 * p * r / (p + r), p, r])


@settings(deadline=None)  # the library is loaded within it
@given(GROUPINGS)
def test_partitions_are_compared_as_scikit_learn_does(pair: np.ndarray) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    found, right = pair
    homogeneity, completeness, v = metrics.homogeneity_completeness_v_measure(right, found)
    expected = [v, homogeneity, completeness, metrics.adjusted_rand_score(right, found)]
    assert partition(found, right) == pytest.approx(expected, abs=1e-9)


@given(GROUPINGS)
def test_equal_groupings_agree_whatever_the_numbers(pair: np.ndarray) -> None:
    found = pair[0]
    other = 7 - found
    assert b_cubed(found, other) == pytest.approx(np.ones(len(B_CUBED)))
    assert partition(found, other) == pytest.approx(np.ones(len(PARTITION)))


def test_all_in_one_group_finds_all_and_knows_nothing() -> None:
    one, right = np.zeros(4, int), np.array([0, 0, 1, 1])
    assert b_cubed(one, right) == pytest.approx([2 / 3, 0.5, 1.0])
    assert partition(one, right) == pytest.approx([0, 0, 1, 0])


@settings(max_examples=20, deadline=None)
@given(GROUPINGS)
def test_intervals_hold_the_figures_they_are_of(pair: np.ndarray) -> None:
    for of, measure in ((b_cubed_intervals, b_cubed), (partition_intervals, partition)):
        found = of(*pair)
        assert np.array_equal(found.mean, measure(*pair))
        assert (found.low <= found.mean + 1e-9).all()
        assert (found.high >= found.mean - 1e-9).all()
        assert (found.high <= 1).all()
        assert all(np.array_equal(a, b) for a, b in zip(found, of(*pair), strict=True))


@pytest.mark.parametrize("of", [b_cubed_intervals, partition_intervals])
def test_more_articles_narrow_the_intervals(of: object) -> None:
    assert callable(of)
    rng = np.random.default_rng(0)
    widths = []
    for count in (100, 10_000):
        right = np.arange(count) // 5 if of is b_cubed_intervals else rng.integers(0, 5, count)
        found = np.where(rng.random(count) < 0.2, rng.integers(0, right.max(), count), right)
        figures = of(found, right)
        widths.append(figures.high - figures.low)
    # A tenth, for a hundred times the articles.
    assert widths[0] / widths[1] == pytest.approx(10, rel=0.4)


def test_many_small_groups_do_not_move_an_interval_off_its_figure() -> None:
    rng = np.random.default_rng(0)
    right = rng.integers(0, 10, 500)
    figures = partition_intervals(np.arange(500) // 3, right)
    assert (figures.low < figures.mean).all()
    assert (figures.mean < figures.high).all()


@pytest.mark.parametrize("measure", [b_cubed, partition])
def test_what_cannot_be_compared_is_refused(measure: object) -> None:
    assert callable(measure)
    with pytest.raises(ValueError, match="no article"):
        measure(np.empty(0, int), np.empty(0, int))
    with pytest.raises(ValueError, match="3 articles are grouped, 2 are labelled"):
        measure(np.zeros(3, int), np.zeros(2, int))
