"""NPMI: as the formula says, with its bounds where no text or all texts hold both terms."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.keywords.npmi import npmi


def test_pairs_equal_the_formula_by_hand() -> None:
    together = np.array([[4, 2], [2, 3]])
    found = npmi(together, np.array([4, 3]), texts=10)
    expected = log((2 / 10) / (4 / 10 * 3 / 10)) / -log(2 / 10)
    assert found[0, 1] == found[1, 0] == pytest.approx(expected)
    np.testing.assert_allclose(np.diag(found), 1.0)


def test_never_together_is_minus_one_and_always_together_is_one() -> None:
    found = npmi(np.array([[5, 0, 5], [0, 0, 0], [5, 0, 5]]), np.array([5, 0, 5]), texts=5)
    assert found[0, 2] == 1.0
    assert found[0, 1] == found[1, 1] == -1.0


def test_a_smallest_number_distinguishes_pairs_that_are_never_together() -> None:
    alone = np.array([50, 50, 2])
    found = npmi(np.diag(alone), alone, texts=100, smallest=1e-12)
    assert -1 < found[0, 1] < found[0, 2] < 0


@given(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=1, max_size=20))
def test_npmi_lies_between_minus_one_and_one(rows: list[list[bool]]) -> None:
    holds = np.array(rows, dtype=np.float64)
    found = npmi(holds.T @ holds, holds.sum(axis=0), len(rows))
    assert (np.abs(found) <= 1 + 1e-9).all()
    np.testing.assert_array_equal(found, found.T)
