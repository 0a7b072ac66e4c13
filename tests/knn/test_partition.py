"""Cells: every text is in one, near its centroid, and cells plan to be compared with near ones."""

import numpy as np
import torch

from recommender.knn.parallel import torch_pool
from recommender.knn.partition import Cells, Effort, partition
from tests.knn.oracle import clustered

VECTORS = clustered(1200)
EFFORT = Effort(cells=30, columns=200, probes=6)


def cut(threads: int = 2, effort: Effort = EFFORT) -> Cells:
    with torch_pool(threads) as pool:
        return partition(VECTORS, effort, torch.float32, pool)


def test_every_text_has_one_position_in_its_cell() -> None:
    cells = cut()
    assert sorted(cells.order.tolist()) == list(range(1200))
    for cell, (start, end) in enumerate(zip(cells.start, cells.start[1:], strict=False)):
        assert (cells.cell_of[start:end] == cell).all()
    assert (cells.probes[:, 0] == cells.cell_of).all()
    np.testing.assert_array_equal(cells.rows, VECTORS[cells.order])


def test_texts_of_a_cell_are_more_similar_than_others() -> None:
    cells = cut()
    rows = cells.rows.numpy()
    same = cells.cell_of.numpy()[:, None] == cells.cell_of.numpy()
    products = rows @ rows.T
    assert products[same].mean() > products[~same].mean() + 0.3


def test_a_cell_is_compared_with_itself_and_with_as_many_texts_as_are_wanted() -> None:
    cells = cut()
    sizes = np.diff(cells.start)
    for cell, near in enumerate(cells.near):
        assert near[0] == cell
        assert len(set(near)) == len(near)
        assert sizes[near].sum() <= max(200, sizes[cell])
        assert set(cells.covered[cell].nonzero().flatten().tolist()) == set(near)


def test_the_same_cells_on_any_number_of_threads() -> None:
    one, three = cut(1), cut(3)
    for name in ("order", "probes", "covered", "rows"):
        assert torch.equal(getattr(one, name), getattr(three, name)), name
    assert one.near == three.near


def test_without_a_number_there_are_about_as_many_cells_as_texts_in_each() -> None:
    assert len(cut(effort=Effort()).start) == round(1.15 * 1200**0.5) + 1
