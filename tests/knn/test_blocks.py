"""Products: the best are found as by sorting, similarities are the same whichever comes first."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recommender.knn.blocks import GROUPS, NOTHING, append_found, best_of, similarities_of, workers
from tests.knn.test_cells import clustered


@given(st.integers(1, 6), st.integers(1, 12), st.integers(0, 99))
def test_the_best_of_each_row_are_those_that_sorting_finds(
    rows: int, width: int, seed: int
) -> None:
    columns = GROUPS * 16
    products = np.random.default_rng(seed).permuted(np.tile(np.arange(columns), (rows, 1)), axis=1)
    values, found = best_of(torch.from_numpy(products.astype(np.float32)), width)
    order = np.argsort(-products, axis=1)[:, :width]
    assert found.tolist() == order.tolist()
    assert values.tolist() == np.take_along_axis(products, order, axis=1).tolist()


def test_similarities_are_the_same_bits_both_ways_and_none_is_nothing() -> None:
    vectors = clustered(40)
    rows, others = np.arange(20), np.arange(20, 40)
    there, back = (similarities_of(vectors, *pair) for pair in ((rows, others), (others, rows)))
    assert there.tobytes() == back.tobytes()
    np.testing.assert_allclose(there, (vectors[rows] * vectors[others]).sum(axis=1), atol=1e-6)
    assert similarities_of(vectors, np.zeros(1), -np.ones(1)).tolist() == [NOTHING]


def test_finds_stand_behind_the_lists_that_they_are_for() -> None:
    values, places = torch.tensor([[0.9], [0.8]]), torch.tensor([[7], [8]], dtype=torch.int32)
    at, value = torch.tensor([1, 1]), torch.tensor([0.5, 0.4])
    wide = append_found(values, places, at, value, torch.tensor([3, 4], dtype=torch.int32))
    assert wide[1].tolist() == [[7, -1, -1], [8, 3, 4]]
    assert wide[0][0].tolist() == pytest.approx([0.9, NOTHING, NOTHING])


def test_torch_computes_by_as_many_threads_afterwards_as_before() -> None:
    before = torch.get_num_threads()
    with workers(2) as pool:
        assert pool.submit(torch.get_num_threads).result() == 1
    assert torch.get_num_threads() == before
