"""The neighbour graph against its definition: the k nearest other texts, exactly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.knn import neighbours
from recommender.knn.neighbours import Nearest, nearest, updated


def graph_of(vectors: np.ndarray, k: int, threads: int = 1) -> Nearest:
    return nearest(vectors, k, threads, lambda _: None)


def unit_vectors(count: int, dimension: int = 16) -> np.ndarray:
    vectors = np.random.default_rng(7).standard_normal((count, dimension))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_neighbours_equal_the_slow_exact_answer() -> None:
    vectors = unit_vectors(300)
    products = vectors.astype(np.float64) @ vectors.astype(np.float64).T
    np.fill_diagonal(products, -np.inf)
    expected = np.argsort(-products, axis=1, kind="stable")[:, :10]
    graph = graph_of(vectors, 10)
    assert graph.candidates.tolist() == expected.tolist()
    np.testing.assert_allclose(
        graph.similarities, np.take_along_axis(products, expected, axis=1), atol=1e-6
    )
    assert (graph.candidates.dtype, graph.similarities.dtype) == (np.int32, np.float32)
    assert graph.candidates.flags.c_contiguous
    assert graph.similarities.flags.c_contiguous


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=25), st.integers(1, 8))
def test_with_equal_vectors_each_text_still_has_k_others(corners: list[int], k: int) -> None:
    # Along the axes: products are exactly 0 or 1, so nothing but ties.
    graph = graph_of(np.eye(4, dtype=np.float32)[corners], k)
    width = min(k, len(corners) - 1)
    assert graph.candidates.shape == graph.similarities.shape == (len(corners), width)
    for text, (row, similarities) in enumerate(zip(*graph, strict=True)):
        others = set(row.tolist())
        assert len(others) == width
        assert text not in others
        assert others <= set(range(len(corners)))
        like = corners.count(corners[text]) - 1
        near = min(like, width)
        assert similarities.tolist() == [1.0] * near + [0.0] * (width - near)
        assert [corners[n] == corners[text] for n in row.tolist()] == [
            value == 1.0 for value in similarities
        ]


def test_many_equal_vectors_push_no_text_into_its_own_list() -> None:
    vectors = np.tile(unit_vectors(1), (40, 1))
    graph = graph_of(vectors, 5)
    assert graph.candidates.shape == (40, 5)
    assert not (graph.candidates == np.arange(40)[:, None]).any()
    assert all(len(set(row)) == 5 for row in graph.candidates.tolist())


@pytest.mark.parametrize(("count", "width"), [(1, 0), (2, 1), (3, 2)])
def test_a_tiny_corpus_has_as_many_neighbours_as_there_are(count: int, width: int) -> None:
    graph = graph_of(unit_vectors(count), 30)
    assert graph.candidates.shape == graph.similarities.shape == (count, width)


def test_opposite_texts_are_neighbours_of_negative_similarity() -> None:
    vectors = np.array([[1, 0], [-1, 0]], dtype=np.float32)
    assert graph_of(vectors, 3).similarities.tolist() == [[-1.0], [-1.0]]


def test_the_graph_is_the_same_bits_on_any_number_of_threads() -> None:
    vectors = unit_vectors(1500, dimension=48)
    one, three = graph_of(vectors, 15, threads=1), graph_of(vectors, 15, threads=3)
    assert [array.tobytes() for array in one] == [array.tobytes() for array in three]


def test_many_texts_are_searched_by_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", 500)
    vectors = unit_vectors(700)
    products = vectors.astype(np.float64) @ vectors.astype(np.float64).T
    np.fill_diagonal(products, -np.inf)
    expected = np.argsort(-products, axis=1, kind="stable")[:, :10]
    assert graph_of(vectors, 10).candidates.tolist() == expected.tolist()  # few enough: exact


def test_an_update_is_what_a_full_search_is(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = unit_vectors(800)
    previous = graph_of(vectors[3:], 10)
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", 500)
    found = updated(previous, np.arange(3, 800), vectors, 10, 2, lambda _: None)
    assert found is not None
    assert found.candidates.tolist() == graph_of(vectors, 10).candidates.tolist()


@pytest.mark.parametrize(
    ("new", "k"), [(300, 10), (3, 12)], ids=["too much is new", "another width"]
)
def test_where_an_update_does_not_pay_there_is_none(
    new: int, k: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = unit_vectors(800)
    previous = graph_of(vectors[new:], 10)
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", 500)
    assert updated(previous, np.arange(new, 800), vectors, k, 2, lambda _: None) is None


def test_a_small_corpus_is_never_updated() -> None:
    vectors = unit_vectors(800)
    previous = graph_of(vectors[3:], 10)
    assert updated(previous, np.arange(3, 800), vectors, 10, 2, lambda _: None) is None
