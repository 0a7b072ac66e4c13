"""Blocks of vectors: copied, converted to the wanted type, padded with zeros."""

import numpy as np
import pytest
import torch

from recommender.knn import products
from recommender.knn.products import pad_rows, product_dtype, rows_as_tensor


def test_rows_of_a_read_only_array_are_copied() -> None:
    vectors = np.arange(12, dtype=np.float32).reshape(4, 3)
    vectors.flags.writeable = False
    rows = rows_as_tensor(vectors, np.array([2, 0]), torch.float32)
    assert rows.tolist() == [[6, 7, 8], [0, 1, 2]]
    rows[0, 0] = -1
    assert vectors[2, 0] == 6
    assert rows_as_tensor(vectors, slice(1, 9), torch.bfloat16).dtype == torch.bfloat16


def test_padding_appends_zeros() -> None:
    assert pad_rows(torch.ones(1, 2), 3).tolist() == [[1, 1], [0, 0], [0, 0]]


@pytest.mark.parametrize("has_instructions", [False, True])
def test_bfloat16_is_used_where_it_is_fast_or_wanted(
    has_instructions: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(products, "uses_bfloat16", lambda: has_instructions)
    assert product_dtype(None) == (torch.bfloat16 if has_instructions else torch.float32)
    assert product_dtype(True) == torch.bfloat16
    assert product_dtype(False) == torch.float32
