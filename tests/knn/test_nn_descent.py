"""Neighbours of neighbours: lists only get better, by texts of cells that were not compared."""

import numpy as np
import torch

from recommender.knn.cell_search import search_near_cells
from recommender.knn.nn_descent import try_neighbours_of_neighbours
from recommender.knn.parallel import torch_pool
from recommender.knn.partition import Effort, partition
from recommender.knn.topk import TopK
from tests.knn.oracle import clustered, oracle, shared


def test_lists_come_nearer_to_the_exact_ones() -> None:
    vectors, k = clustered(2000), 10
    with torch_pool(2) as pool:
        cells = partition(vectors, Effort(200, 30, 1, 0), torch.float32, pool)
        lists = search_near_cells(cells, k, 30, pool)
        better = try_neighbours_of_neighbours(vectors, cells, lists, 10, pool)
    order = cells.order.numpy()
    exact = oracle(vectors[order], k).texts
    before, after = (shared(exact, found.indices.numpy()) for found in (lists, better))
    assert after > before + 0.05
    assert (better.values >= lists.values - 1e-6).all()
    products = np.einsum("nd,nkd->nk", vectors[order], vectors[order][better.indices.numpy()])
    missing = better.indices.numpy() < 0
    np.testing.assert_allclose(better.values, np.where(missing, -2, products), atol=1e-5)


def test_lists_with_gaps_stay_lists() -> None:
    vectors = clustered(50)
    with torch_pool(1) as pool:
        cells = partition(vectors, Effort(5, 10, 1, 0), torch.float32, pool)
        better = try_neighbours_of_neighbours(vectors, cells, TopK.empty(50, 4), 4, pool)
    assert (better.indices == -1).all()
