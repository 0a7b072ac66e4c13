"""All neighbours from last night's: what a full search finds, and what always holds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.knn.incremental import update_neighbours
from recommender.knn.index import Found
from recommender.knn.pairs import MAX_TEXTS
from tests.knn.oracle import check_lists, clustered, oracle, shared


def night(
    count: int, gone: float, new: float, seed: int, k: int
) -> tuple[Found, np.ndarray, np.ndarray]:
    """Previous lists, tonight's numbers of the previous texts, tonight's vectors."""
    rng = np.random.default_rng(seed)
    vectors = clustered(count, 16, seed)
    fate = rng.random(count)
    previous, tonight = fate >= new, (fate < new) | (fate >= new + gone)
    numbers = np.where(tonight, np.cumsum(tonight) - 1, -1)[previous]
    return oracle_float32(vectors[previous], k), numbers, vectors[tonight]


def oracle_float32(vectors: np.ndarray, k: int) -> Found:
    if len(vectors) < 2:
        return Found(np.empty((len(vectors), 0), np.int32), np.empty((len(vectors), 0), np.float32))
    found = oracle(vectors, k)
    return Found(found.texts.astype(np.int32), found.similarities.astype(np.float32))


@pytest.mark.parametrize("bfloat16", [False, True])
def test_an_update_equals_a_full_search(bfloat16: bool) -> None:
    previous, numbers, vectors = night(3000, gone=0.005, new=0.01, seed=1, k=20)
    found = update_neighbours(previous, numbers, vectors, 20, 2, bfloat16=bfloat16)
    check_lists(found, vectors)
    assert shared(oracle(vectors, 20).texts, found.texts) > 0.999


def test_an_update_with_nothing_new_changes_nothing() -> None:
    previous, numbers, vectors = night(500, gone=0, new=0, seed=1, k=10)
    found = update_neighbours(previous, numbers, vectors, 10, 2)
    assert [a.tobytes() for a in found] == [a.tobytes() for a in previous]


def test_an_update_is_the_same_bits_on_any_number_of_threads() -> None:
    arguments = *night(2000, gone=0.05, new=0.05, seed=2, k=15), 15
    one, three = update_neighbours(*arguments, 1), update_neighbours(*arguments, 3)
    assert [a.tobytes() for a in one] == [a.tobytes() for a in three]


@settings(deadline=None, max_examples=30)
@given(
    st.integers(1, 150), st.floats(0, 0.6), st.floats(0, 0.6), st.integers(0, 9), st.integers(1, 12)
)
def test_any_update_keeps_what_always_holds(
    count: int, gone: float, new: float, seed: int, k: int
) -> None:
    previous, numbers, vectors = night(count, gone, min(new, 1 - gone), seed, k)
    found = update_neighbours(previous, numbers, vectors, k, 2, bfloat16=False)
    assert found.texts.shape == (len(vectors), max(0, min(k, len(vectors) - 1)))
    check_lists(found, vectors)


def test_too_many_texts_are_refused() -> None:
    previous, numbers, _ = night(50, gone=0, new=0, seed=1, k=5)
    vectors = np.broadcast_to(np.zeros(1, np.float32), (MAX_TEXTS + 1, 1))
    with pytest.raises(ValueError, match="at most 8,388,608"):
        update_neighbours(previous, numbers, vectors, 5, 1)
