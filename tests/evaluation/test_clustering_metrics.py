"""Clustering measures equal their definitions, and those of scikit-learn."""

import numpy as np
import pytest
from hypothesis import example, given, settings
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
    predicted, true = pair
    articles = range(len(predicted))
    precision, recall = [], []
    for a in articles:
        both = [b for b in articles if predicted[b] == predicted[a] and true[b] == true[a]]
        precision.append(len(both) / sum(predicted[b] == predicted[a] for b in articles))
        recall.append(len(both) / sum(true[b] == true[a] for b in articles))
    p, r = np.mean(precision), np.mean(recall)
    assert b_cubed(predicted, true) == pytest.approx([2 * p * r / (p + r), p, r])


@settings(deadline=None)  # the first example imports scikit-learn
@given(GROUPINGS)
def test_partition_measures_equal_those_of_scikit_learn(pair: np.ndarray) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    predicted, true = pair
    homogeneity, completeness, v = metrics.homogeneity_completeness_v_measure(true, predicted)
    expected = [v, homogeneity, completeness, metrics.adjusted_rand_score(true, predicted)]
    assert partition(predicted, true) == pytest.approx(expected, abs=1e-9)


@given(GROUPINGS)
def test_equal_clusterings_agree_whatever_their_numbers(pair: np.ndarray) -> None:
    found = pair[0]
    other = 7 - found
    assert b_cubed(found, other) == pytest.approx(np.ones(len(B_CUBED)))
    assert partition(found, other) == pytest.approx(np.ones(len(PARTITION)))


def test_one_group_of_all_articles_has_full_recall_and_no_homogeneity() -> None:
    one, true = np.zeros(4, int), np.array([0, 0, 1, 1])
    assert b_cubed(one, true) == pytest.approx([2 / 3, 0.5, 1.0])
    assert partition(one, true) == pytest.approx([0, 0, 1, 0])


@settings(max_examples=20, deadline=None)
# Rare resamples of one label alone look pure and shift all others.
@example(np.array([[0, 0, 0, 0], [0, 1, 2, 3]]))
@given(GROUPINGS)
def test_intervals_contain_their_measures(pair: np.ndarray) -> None:
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
        true = np.arange(count) // 5 if of is b_cubed_intervals else rng.integers(0, 5, count)
        found = np.where(rng.random(count) < 0.2, rng.integers(0, true.max(), count), true)
        figures = of(found, true)
        widths.append(figures.high - figures.low)
    # A tenth, for a hundred times the articles.
    assert widths[0] / widths[1] == pytest.approx(10, rel=0.4)


def test_many_small_groups_do_not_shift_the_interval_away() -> None:
    rng = np.random.default_rng(0)
    true = rng.integers(0, 10, 500)
    figures = partition_intervals(np.arange(500) // 3, true)
    assert (figures.low < figures.mean).all()
    assert (figures.mean < figures.high).all()


@pytest.mark.parametrize("measure", [b_cubed, partition])
def test_empty_and_unequal_arrays_are_refused(measure: object) -> None:
    assert callable(measure)
    with pytest.raises(ValueError, match="no article"):
        measure(np.empty(0, int), np.empty(0, int))
    with pytest.raises(ValueError, match="3 articles are grouped, 2 are labelled"):
        measure(np.zeros(3, int), np.zeros(2, int))
