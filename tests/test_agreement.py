"""Agreement: the figures are those of their definitions, and of a library's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.agreement import b_cubed, v_measure

GROUPINGS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=25).map(
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
    p, r, f1 = b_cubed(found, right)
    assert (p, r) == pytest.approx((np.mean(precision), np.mean(recall)))
    assert f1 == pytest.approx(2 * p * r / (p + r))


@given(GROUPINGS)
def test_v_measure_is_that_of_scikit_learn(pair: np.ndarray) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    assert v_measure(*pair) == pytest.approx(metrics.v_measure_score(pair[1], pair[0]), abs=1e-9)


@given(GROUPINGS)
def test_equal_groupings_agree_whatever_the_numbers(pair: np.ndarray) -> None:
    found = pair[0]
    other = 7 - found
    assert b_cubed(found, other) == pytest.approx((1, 1, 1))
    assert v_measure(found, other) == pytest.approx(1)


def test_all_in_one_group_finds_all_and_knows_nothing() -> None:
    one, right = np.zeros(4, int), np.array([0, 0, 1, 1])
    assert b_cubed(one, right) == pytest.approx((0.5, 1.0, 2 / 3))
    assert v_measure(one, right) == 0


@pytest.mark.parametrize("measure", [b_cubed, v_measure])
def test_what_cannot_be_compared_is_refused(measure: object) -> None:
    assert callable(measure)
    with pytest.raises(ValueError, match="no article"):
        measure(np.empty(0, int), np.empty(0, int))
    with pytest.raises(ValueError, match="3 articles are grouped, 2 are labelled"):
        measure(np.zeros(3, int), np.zeros(2, int))
