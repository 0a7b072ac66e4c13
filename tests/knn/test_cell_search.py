"""Comparing cells: near cells give the exact best of what they hold, probed ones what beats it."""

import numpy as np
import pytest
import torch

from recommender.knn import cell_search
from recommender.knn.cell_search import search_near_cells, search_probed_cells
from recommender.knn.cells import all_neighbours
from recommender.knn.parallel import torch_pool
from recommender.knn.partition import Effort, partition
from tests.knn.oracle import clustered, shared
from tests.knn.test_cells import SMALL


def test_lists_hold_the_best_of_the_cells_that_were_compared() -> None:
    vectors, width = clustered(1500), 10
    with torch_pool(2) as pool:
        cells = partition(vectors, Effort(20, 200, 4, 0), torch.float32, pool)
        lists = search_near_cells(cells, width, 200, pool)
        order = cells.order.numpy()
        products = vectors[order] @ vectors[order].T
        np.fill_diagonal(products, -2)
        cell_of = cells.cell_of.numpy()
        compared = cells.covered.numpy()[cell_of][:, cell_of]
        best = -np.sort(-np.where(compared, products, -2), axis=1)[:, :width]
        np.testing.assert_allclose(lists.values, best, atol=1e-6)
        search_probed_cells(cells, lists, pool)
    compared |= (cells.probes.numpy()[:, :, None] == cell_of).any(axis=1)
    best = -np.sort(-np.where(compared, products, -2), axis=1)[:, :width]
    np.testing.assert_allclose(np.sort(lists.values)[:, ::-1], best, atol=1e-4)


def test_merging_candidates_early_finds_what_merging_late_finds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vectors = clustered(3000)
    late = all_neighbours(vectors, 20, 2, effort=SMALL, bfloat16=False)
    monkeypatch.setattr(cell_search, "MERGE_AT", 0)
    monkeypatch.setattr(cell_search, "JOBS", 3)
    early = all_neighbours(vectors, 20, 2, effort=SMALL, bfloat16=False)
    assert shared(late.texts, early.texts) > 0.999
