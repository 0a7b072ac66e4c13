"""Members of many slices are gathered as one would gather them slice by slice."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender._slices import slice_positions

SLICES = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5)), max_size=12)


@given(SLICES)
def test_positions_are_those_of_each_slice_in_turn(slices: list[tuple[int, int]]) -> None:
    starts, sizes = np.array(slices, dtype=np.int64).reshape(-1, 2).T
    expected = [start + n for start, size in slices for n in range(size)]
    assert slice_positions(starts, sizes).tolist() == expected


@given(st.lists(st.integers(0, 5), max_size=12))
def test_one_start_serves_all_slices(sizes: list[int]) -> None:
    expected = [n for size in sizes for n in range(size)]
    assert slice_positions(0, np.array(sizes, dtype=np.int64)).tolist() == expected
