"""Ranks: counted from 0 within each group."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender._ranks import rank_within_groups


@given(st.lists(st.integers(-2, 5)).map(sorted))
def test_ranks_count_the_entries_of_the_group_before(groups: list[int]) -> None:
    seen: Counter[int] = Counter()
    expected = []
    for group in groups:
        expected.append(seen[group])
        seen[group] += 1
    assert rank_within_groups(np.array(groups, dtype=np.int64)).tolist() == expected
