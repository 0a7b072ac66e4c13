"""Counts of related articles of the own source."""

import numpy as np

from recommender.graph.own_hits import OwnHits, count_own_hits


def test_the_first_five_above_the_floor_are_counted_by_source() -> None:
    neighbours = np.array(
        [[1, 2, 3, 4, 5, 1], [0, -1, -1, -1, -1, -1], [3, 0, 1, -1, -1, -1], [2, 0, -1, -1, -1, -1],
         [0, 1, -1, -1, -1, -1], [0, 1, 2, 3, 4, -1]], dtype=np.int32)  # fmt: skip
    scores = np.where(neighbours >= 0, 0.5, 0.0).astype(np.float32)
    scores[3, 0] = 0.3
    sources = np.array([0, 0, 1, 1, -1, 1], dtype=np.int32)
    assert count_own_hits(neighbours, scores, 0.4, sources, ["Herald", "Post", "Quay"]) == {
        # Text 0 has text 1 among its first five, and text 1 has text 0.
        "Herald": OwnHits(2, 6, 2),
        # Text 2 has 3; of text 3 only 0 is above the floor; text 5 has 2 and 3.
        "Post": OwnHits(3, 9, 3),
        "Quay": OwnHits(0, 0, 0),
    }
    assert count_own_hits(neighbours[:0], scores[:0], 0.4, sources[:0], []) == {}
