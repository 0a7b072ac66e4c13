"""Reasons: what two rows share, found as sets find it; what is shown is best and not nested."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.serving.explain import best, lone_weight, shared

WIDTH = 6
row = st.sets(st.integers(0, 12), max_size=WIDTH).map(
    lambda held: sorted(held) + [-1] * (WIDTH - len(held))
)


@given(st.lists(row, min_size=1, max_size=9), st.data())
def test_shared_is_the_intersection(rows: list[list[int]], data: st.DataObject) -> None:
    of_text = np.array(rows, dtype=np.int32)
    own = data.draw(st.integers(0, len(rows) - 1))
    others = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=12))
    expected = [sorted(set(rows[own]) & set(rows[other]) - {-1}) for other in others]
    assert shared(of_text, own, others) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Hun Manet", "Manet", "Poipet"], ["Hun Manet", "Poipet"]),
        (["party talks", "art"], ["party talks", "art"]),
        (["North Korean", "Korea", "Korean"], ["North Korean", "Korea"]),
        (["immigrants", "immigrant", "EU"], ["immigrants", "EU"]),
        (["人工智能", "智能"], ["人工智能"]),
        (["a", "b", "c", "d"], ["a", "b", "c"]),
        ([], []),
    ],
)
def test_the_best_are_shown_and_none_inside_another(texts: list[str], expected: list[str]) -> None:
    """The texts come heaviest first."""
    weights = np.arange(len(texts), 0, -1).astype(np.float32)
    assert [texts[p] for p in best(range(len(texts)), weights, texts)] == expected


def test_the_count_and_ties_are_kept() -> None:
    weights = np.array([1, 2, 2, 2], dtype=np.float32)
    assert best([0, 1, 2, 3], weights, ["a", "b", "c", "d"], 2) == [1, 2]


def test_a_common_phrase_is_no_reason_on_its_own() -> None:
    weights, texts = [1.0, 4.0, 1.5], ["bank", "Poipet", "Irish"]
    assert best([0], weights, texts, alone=2.0) == []
    assert best([1], weights, texts, alone=2.0) == [1]
    assert best([0, 2], weights, texts, alone=2.0) == [2, 0]


@pytest.mark.parametrize(("texts", "held"), [(50, 10), (1000, 10), (100_000, 1000)])
def test_common_is_what_one_text_in_a_hundred_holds_and_more_than_ten(
    texts: int, held: int
) -> None:
    assert lone_weight(texts) == pytest.approx(np.log(texts / held))
