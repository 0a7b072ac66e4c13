"""Pairs: similarities are the same bits both ways, and packing loses only a rounding."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from recommender.knn.pairs import (
    MAX_TEXTS,
    NO_SIMILARITY,
    pack_pairs,
    pack_scored_pairs,
    pair_similarities,
    row_starts,
    unpack_pairs,
    unpack_scored_pairs,
)
from tests.knn.oracle import clustered

NUMBER = st.integers(0, MAX_TEXTS - 1)


def test_similarities_are_the_same_bits_both_ways_and_there_may_be_none() -> None:
    vectors = clustered(40)
    rows, others = np.arange(20), np.arange(20, 40)
    there, back = (pair_similarities(vectors, *pair) for pair in ((rows, others), (others, rows)))
    assert there.tobytes() == back.tobytes()
    np.testing.assert_allclose(there, (vectors[rows] * vectors[others]).sum(axis=1), atol=1e-6)
    assert pair_similarities(vectors, np.zeros(1), -np.ones(1)).tolist() == [NO_SIMILARITY]


@given(st.lists(st.tuples(NUMBER, NUMBER)))
def test_pairs_are_unpacked_as_they_were_packed_and_sort_alike(
    pairs: list[tuple[int, int]],
) -> None:
    rows, others = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    keys = pack_pairs(rows, others)
    unpacked = zip(*(side.tolist() for side in unpack_pairs(keys)), strict=True)
    assert list(unpacked) == pairs
    assert list(zip(*unpack_pairs(np.sort(keys)), strict=True)) == sorted(pairs)


@given(st.lists(st.tuples(NUMBER, NUMBER, st.floats(-1.5, 1.5, width=32)), min_size=1))
def test_scored_pairs_keep_four_digits_of_the_similarity(
    pairs: list[tuple[int, int, float]],
) -> None:
    rows, others, values = (torch.tensor(side) for side in zip(*pairs, strict=True))
    keys = pack_scored_pairs(rows, others, values)
    found = unpack_scored_pairs(torch.from_numpy(keys))
    assert found[0].tolist() == rows.tolist()
    assert found[1].tolist() == others.tolist()
    np.testing.assert_allclose(found[2], values.clip(-1, 1), atol=1e-4)


def test_the_pairs_of_a_row_start_where_they_are_said_to() -> None:
    rows = torch.tensor([0, 2, 2, MAX_TEXTS - 1])
    keys = pack_scored_pairs(rows, torch.tensor([5, 0, 9, 1]), torch.tensor([1.0, -1.0, 0.0, 1.0]))
    starts = row_starts(keys, np.array([0, 1, 2, 3, MAX_TEXTS]))
    assert starts.tolist() == [0, 1, 1, 3, 4]
