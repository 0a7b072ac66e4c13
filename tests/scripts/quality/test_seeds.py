"""The script that compares topics over seeds."""

import numpy as np
import pytest

from recommender.graph.rescore import Graph


@pytest.mark.parametrize("place", range(3))
def test_seeds_that_find_the_same_topics_agree(scripts: None, place: int) -> None:
    seeds = pytest.importorskip("seeds")
    # Two cliques of four: each text names the other three.
    texts = np.arange(8)
    neighbours = np.array([[n for n in texts if n // 4 == t // 4 and n != t] for t in texts])
    graph = Graph(neighbours.astype(np.int32), np.full((8, 3), 0.5, dtype=np.float32))
    method = list(seeds.METHODS)[place]
    cells = seeds.table_row(graph, texts // 4, method, 3).split(" | ")
    assert cells[0] == f"| {method}"
    assert cells[2:] == ["1.0000, 1.0000", "0.8000, 0.8000", "1.0000, 1.0000 |"]
