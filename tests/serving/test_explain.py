"""Reasons: the phrases that two texts share, and the best of them, without repetition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.serving.explain import best_phrases, min_single_weight, shared_phrases

WIDTH = 6
row = st.sets(st.integers(0, 12), max_size=WIDTH).map(
    lambda held: sorted(held) + [-1] * (WIDTH - len(held))
)


@given(st.lists(row, min_size=1, max_size=9), st.data())
def test_shared_phrases_are_the_intersection(rows: list[list[int]], data: st.DataObject) -> None:
    of_text = np.array(rows, dtype=np.int32)
    own = data.draw(st.integers(0, len(rows) - 1))
    others = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=12))
    expected = [sorted(set(rows[own]) & set(rows[other]) - {-1}) for other in others]
    assert shared_phrases(of_text, own, others) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Hun Manet", "Manet", "Poipet"], ["Hun Manet", "Poipet"]),
        (["party talks", "art"], ["party talks", "art"]),
        (["North Korean", "Korea", "Korean"], ["North Korean", "Korea"]),
        (["immigrants", "immigrant", "EU"], ["immigrants", "EU"]),
        # A form of a word lacks one to three of its letters and has four or more.
        (["tide", "tides"], ["tide"]),
        (["tides", "tide"], ["tides"]),
        (["port", "porting"], ["port"]),
        (["port", "portable"], ["port", "portable"]),
        (["sea", "seas"], ["sea", "seas"]),
        (["seas", "sea", "tide"], ["seas", "sea", "tide"]),
        (["人工智能", "智能"], ["人工智能"]),
        (["a", "b", "c", "d"], ["a", "b", "c"]),
        ([], []),
    ],
)
def test_the_best_phrases_do_not_repeat_one_another(texts: list[str], expected: list[str]) -> None:
    """The texts come heaviest first."""
    weights = np.arange(len(texts), 0, -1).astype(np.float32)
    assert [texts[p] for p in best_phrases(range(len(texts)), weights, texts)] == expected


def test_ties_keep_their_order() -> None:
    weights = np.array([1, 2, 2, 2], dtype=np.float32)
    assert best_phrases([0, 1, 2, 3], weights, ["a", "b", "c", "d"], 2) == [1, 2]


def test_a_common_phrase_is_no_reason_alone() -> None:
    weights, texts = [1.0, 4.0, 1.5], ["bank", "Poipet", "Irish"]
    assert best_phrases([0], weights, texts, min_single=2.0) == []
    assert best_phrases([1], weights, texts, min_single=2.0) == [1]
    assert best_phrases([0, 2], weights, texts, min_single=2.0) == [2, 0]


@pytest.mark.parametrize(("texts", "held"), [(50, 10), (1000, 10), (100_000, 1000)])
def test_a_phrase_is_common_from_one_text_in_a_hundred_and_from_ten_on(
    texts: int, held: int
) -> None:
    assert min_single_weight(texts) == pytest.approx(np.log(texts / held))
