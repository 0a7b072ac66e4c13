"""Top-k lists: the best are those that sorting finds, and candidates enter the right lists."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recommender.knn.pairs import NO_SIMILARITY
from recommender.knn.topk import GROUP_SIZE, TopK, topk_of_rows


@given(st.integers(1, 6), st.integers(1, 12), st.integers(0, 99))
def test_the_best_of_each_row_are_those_that_sorting_finds(
    rows: int, width: int, seed: int
) -> None:
    columns = GROUP_SIZE * 16
    products = np.random.default_rng(seed).permuted(np.tile(np.arange(columns), (rows, 1)), axis=1)
    values, found = topk_of_rows(torch.from_numpy(products.astype(np.float32)), width)
    order = np.argsort(-products, axis=1)[:, :width]
    assert found.tolist() == order.tolist()
    assert values.tolist() == np.take_along_axis(products, order, axis=1).tolist()


def lists() -> TopK:
    """Two lists of one candidate each."""
    return TopK(torch.tensor([[0.9], [0.8]]), torch.tensor([[7], [8]], dtype=torch.int32))


def test_candidates_are_appended_to_the_lists_that_they_are_for() -> None:
    rows, values = torch.tensor([1, 1]), torch.tensor([0.5, 0.4])
    wide = lists().extended(rows, torch.tensor([3, 4], dtype=torch.int32), values)
    assert wide.indices.tolist() == [[7, -1, -1], [8, 3, 4]]
    assert wide.values[0].tolist() == pytest.approx([0.9, NO_SIMILARITY, NO_SIMILARITY])
    assert wide.values[1].tolist() == pytest.approx([0.8, 0.5, 0.4])


def test_the_best_candidates_are_kept_best_first() -> None:
    rows, values = torch.tensor([0, 1]), torch.tensor([0.95, 0.5])
    wide = lists().extended(rows, torch.tensor([3, 4], dtype=torch.int32), values)
    assert wide.best(1).indices.tolist() == [[3], [8]]
    assert wide.best(2).indices.tolist() == [[3, 7], [8, 4]]


def test_lists_are_overwritten_where_they_lie() -> None:
    kept = TopK.empty(3, 1)
    kept.overwrite(slice(1, 3), lists())
    assert kept.indices.tolist() == [[-1], [7], [8]]
    assert kept.of_rows(slice(0, 2)).values[:, 0].tolist() == pytest.approx([NO_SIMILARITY, 0.9])
