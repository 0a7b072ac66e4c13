"""The FAISS index against a plain numpy oracle: exact, ordered, the same after it is written."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.knn.index import FEW, Found, Index, sorted_found


def unit_vectors(count: int, dimension: int = 24, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal((count, dimension))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def corners(numbers: list[int], dimension: int = 8) -> np.ndarray:
    """Vectors along the axes: every product is exactly 0 or 1, so that ties are ties."""
    return np.eye(dimension, dtype=np.float32)[numbers]


def oracle(vectors: np.ndarray, queries: np.ndarray, k: int) -> Found:
    products = queries.astype(np.float64) @ vectors.astype(np.float64).T
    numbers = np.broadcast_to(np.arange(len(vectors)), products.shape)
    order = np.lexsort((numbers, -products), axis=-1)[:, :k]
    return Found(order, np.take_along_axis(products, order, axis=-1))


def test_a_search_finds_the_most_similar_admitted_texts() -> None:
    vectors = unit_vectors(200)
    index = Index.build(vectors)
    rng = np.random.default_rng(1)
    for share in (0.02, 0.5, 1.0):
        admitted = rng.random(200) < share
        query = unit_vectors(1, seed=2)[0]
        numbers = np.flatnonzero(admitted)
        expected = oracle(vectors[admitted], query[None, :], 10)
        found = index.search(query, 10, admitted)
        assert found.texts.tolist() == numbers[expected.texts[0]].tolist()
        np.testing.assert_allclose(found.similarities, expected.similarities[0], atol=1e-6)
        assert (found.texts.dtype, found.similarities.dtype) == (np.int32, np.float32)


@pytest.mark.parametrize(
    ("admitted", "k", "expected"), [(0, 5, 0), (3, 5, 3), (7, 5, 5), (7, 0, 0)]
)
def test_fewer_come_only_where_fewer_are_admitted(admitted: int, k: int, expected: int) -> None:
    vectors = unit_vectors(50)
    mask = np.zeros(50, dtype=bool)
    mask[np.random.default_rng(3).choice(50, admitted, replace=False)] = True
    found = Index.build(vectors).search(vectors[0], k, mask)
    assert len(found.texts) == len(found.similarities) == expected
    assert mask[found.texts].all()


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 7), min_size=1, max_size=40), st.integers(1, 12), st.data())
def test_equal_similarities_are_ordered_by_number(
    numbers: list[int], k: int, data: st.DataObject
) -> None:
    vectors = corners(numbers)
    admitted = np.array(data.draw(st.lists(st.booleans(), min_size=len(numbers),
                                           max_size=len(numbers))))  # fmt: skip
    found = Index.build(vectors).search(corners([0])[0], k, admitted)
    like = [n for n, corner in enumerate(numbers) if corner == 0 and admitted[n]]
    assert len(found.texts) == min(k, int(admitted.sum()))
    assert admitted[found.texts].all()
    assert found.similarities.tolist() == [1.0] * min(k, len(like)) + [0.0] * (
        len(found.texts) - min(k, len(like))
    )
    for value in (1.0, 0.0):
        run = found.texts[found.similarities == value].tolist()
        assert run == sorted(set(run))


def test_an_index_written_and_mapped_answers_the_same() -> None:
    vectors = unit_vectors(100)
    index = Index.build(vectors)
    file = io.BytesIO()
    index.write(file, b"a stamp behind the data")
    assert file.getvalue().endswith(b"a stamp behind the data")
    again = Index.from_buffer(file.getvalue())
    assert len(again) == len(index) == 100
    for query in vectors[:5]:
        before, after = (i.search(query, 10) for i in (index, again))
        assert before.texts.tolist() == after.texts.tolist()
        assert before.similarities.tobytes() == after.similarities.tobytes()
    assert again.vector(42).tobytes() == vectors[42].tobytes()


def test_two_indexes_of_the_same_vectors_are_the_same_bytes() -> None:
    files = [io.BytesIO(), io.BytesIO()]
    for file in files:
        Index.build(unit_vectors(50)).write(file)
    assert files[0].getvalue() == files[1].getvalue()


def test_the_vectors_are_read_where_they_lie() -> None:
    vectors = unit_vectors(30)
    index = Index.build(vectors)
    np.testing.assert_array_equal(index.vectors, vectors)
    assert np.shares_memory(index.vectors, index.vectors)


def test_results_are_sorted_by_similarity_then_by_number() -> None:
    texts = np.array([[9, 4, 7, 5], [3, 2, 1, 0]])
    similarities = np.array([[0.5, 0.5, 0.9, 0.1], [0.0, 0.0, 0.0, 1.0]], dtype=np.float32)
    found = sorted_found(texts, similarities, 3)
    assert found.texts.tolist() == [[7, 4, 9], [0, 1, 2]]
    np.testing.assert_allclose(found.similarities, [[0.9, 0.5, 0.5], [1.0, 0.0, 0.0]])
    assert sorted_found(texts[0], similarities[0]).texts.tolist() == [7, 4, 9, 5]


def test_no_wanted_text_is_an_empty_answer_of_a_large_index_too() -> None:
    vectors = unit_vectors(FEW + 1, dimension=4)
    assert len(Index.build(vectors).search(vectors[0], 0).texts) == 0
