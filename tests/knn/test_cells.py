"""Search by cells against a plain numpy oracle: exact values, nearly all neighbours, same bits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.knn.cells import Effort, all_neighbours
from recommender.knn.pairs import MAX_TEXTS
from tests.knn.oracle import check_lists, clustered, oracle, shared

SMALL = Effort(cells=40, columns=256, probes=8, width=15)  # far from comparing all pairs


@pytest.mark.parametrize("bfloat16", [False, True])
def test_nearly_all_neighbours_are_found_and_similarities_are_exact(bfloat16: bool) -> None:
    vectors = clustered(3000)
    found = all_neighbours(vectors, 20, 2, effort=SMALL, bfloat16=bfloat16)
    check_lists(found, vectors)
    assert shared(oracle(vectors, 20).texts, found.texts) > 0.95


@pytest.mark.parametrize("bfloat16", [False, True])
def test_where_one_block_holds_all_the_answer_is_exact(bfloat16: bool) -> None:
    vectors = clustered(700)
    found = all_neighbours(vectors, 10, 2, bfloat16=bfloat16)
    assert found.texts.tolist() == oracle(vectors, 10).texts.tolist()


@pytest.mark.parametrize("bfloat16", [False, True])
def test_the_same_bits_on_any_number_of_threads(bfloat16: bool) -> None:
    vectors = clustered(2500)
    one, *others = (
        all_neighbours(vectors, 12, threads, effort=SMALL, bfloat16=bfloat16)
        for threads in (1, 2, 5)
    )
    for other in others:
        assert [a.tobytes() for a in other] == [a.tobytes() for a in one]


@settings(deadline=None, max_examples=40)
@given(
    st.integers(1, 120),
    st.integers(1, 40),
    st.integers(0, 5),
    st.integers(1, 12),
    st.booleans(),
)
def test_any_size_any_cells(count: int, k: int, seed: int, number: int, bfloat16: bool) -> None:
    vectors = clustered(count, 8, seed)
    effort = Effort(cells=number, columns=16, probes=2, width=4)
    found = all_neighbours(vectors, k, 2, effort=effort, bfloat16=bfloat16)
    assert found.texts.shape == found.similarities.shape == (count, min(k, count - 1))
    check_lists(found, vectors)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=60), st.integers(1, 8))
def test_equal_vectors_have_others_for_neighbours(corners: list[int], k: int) -> None:
    vectors = np.eye(4, dtype=np.float32)[corners]
    found = all_neighbours(vectors, k, 1, effort=Effort(3, 16, 2, 3))
    check_lists(found, vectors)


def test_one_cell_larger_than_a_block_of_columns_is_searched_whole() -> None:
    vectors = clustered(600)
    found = all_neighbours(vectors, 5, 1, effort=Effort(1, 64, 1, 1), bfloat16=False)
    assert found.texts.tolist() == oracle(vectors, 5).texts.tolist()


def test_read_only_vectors_will_do() -> None:
    vectors = clustered(100)
    vectors.flags.writeable = False
    check_lists(all_neighbours(vectors, 5, 1), vectors)


def test_progress_adds_up_to_all_texts() -> None:
    steps: list[int] = []
    all_neighbours(clustered(101), 5, 1, advance=steps.append)
    assert sum(steps) == 101


def test_too_many_texts_are_refused() -> None:
    vectors = np.broadcast_to(np.zeros(1, np.float32), (MAX_TEXTS + 1, 1))
    with pytest.raises(ValueError, match="at most 8,388,608"):
        all_neighbours(vectors, 5, 1)
