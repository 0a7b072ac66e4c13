"""Exact search of many queries against a plain numpy oracle, on any number of threads."""

import numpy as np

from recommender.knn.exact import BLOCK_ROWS, exact_search
from tests.knn.test_index import oracle, unit_vectors


def test_exact_search_equals_the_oracle_across_blocks() -> None:
    count = 2 * BLOCK_ROWS + 37  # the last block is a short one
    vectors = unit_vectors(count, dimension=12)
    steps: list[int] = []
    found = exact_search(vectors, vectors, 9, 2, steps.append)
    expected = oracle(vectors, vectors, 9)
    assert found.texts.tolist() == expected.texts.tolist()
    np.testing.assert_allclose(found.similarities, expected.similarities, atol=1e-6)
    assert steps == [BLOCK_ROWS, BLOCK_ROWS, 37]


def test_exact_search_gives_the_same_bits_on_any_number_of_threads() -> None:
    vectors = unit_vectors(3 * BLOCK_ROWS + 5, dimension=64)
    one = exact_search(vectors, vectors, 20, 1)
    for threads in (2, 5):
        other = exact_search(vectors, vectors, 20, threads)
        assert other.texts.tobytes() == one.texts.tobytes()
        assert other.similarities.tobytes() == one.similarities.tobytes()


def test_more_neighbours_than_texts_are_as_many_as_texts() -> None:
    vectors = unit_vectors(4)
    found = exact_search(vectors, vectors, 10, 1)
    assert found.texts.shape == (4, 4)
    assert sorted(found.texts[0].tolist()) == [0, 1, 2, 3]


def test_no_queries_and_no_texts_give_empty_lists() -> None:
    found = exact_search(unit_vectors(4), unit_vectors(0), 3, 1)
    assert found.texts.shape == found.similarities.shape == (0, 3)
    assert (found.texts.dtype, found.similarities.dtype) == (np.int32, np.float32)
