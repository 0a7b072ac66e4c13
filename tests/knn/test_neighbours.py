"""The nearest other texts against their definition, and which search finds them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.knn import neighbours
from recommender.knn.index import Found
from recommender.knn.neighbours import PreviousNearest, nearest
from tests.knn.oracle import note_searches, oracle


def graph_of(vectors: np.ndarray, k: int, threads: int = 1) -> Found:
    return nearest(vectors, k, threads, lambda _: None).lists


def unit_vectors(count: int, dimension: int = 16) -> np.ndarray:
    vectors = np.random.default_rng(7).standard_normal((count, dimension))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_neighbours_equal_the_slow_exact_answer() -> None:
    vectors = unit_vectors(300)
    products = vectors.astype(np.float64) @ vectors.astype(np.float64).T
    np.fill_diagonal(products, -np.inf)
    expected = np.argsort(-products, axis=1, kind="stable")[:, :10]
    graph = graph_of(vectors, 10)
    assert graph.texts.tolist() == expected.tolist()
    np.testing.assert_allclose(
        graph.similarities, np.take_along_axis(products, expected, axis=1), atol=1e-6
    )
    assert (graph.texts.dtype, graph.similarities.dtype) == (np.int32, np.float32)
    assert graph.texts.flags.c_contiguous
    assert graph.similarities.flags.c_contiguous


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=25), st.integers(1, 8))
def test_with_equal_vectors_each_text_still_has_k_others(corners: list[int], k: int) -> None:
    # Vectors along the axes: products are exactly 0 or 1, so that many are equal.
    graph = graph_of(np.eye(4, dtype=np.float32)[corners], k)
    width = min(k, len(corners) - 1)
    assert graph.texts.shape == graph.similarities.shape == (len(corners), width)
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
    assert graph.texts.shape == (40, 5)
    assert not (graph.texts == np.arange(40)[:, None]).any()
    assert all(len(set(row)) == 5 for row in graph.texts.tolist())


@pytest.mark.parametrize(("count", "width"), [(1, 0), (2, 1), (3, 2)])
def test_a_tiny_corpus_has_as_many_neighbours_as_there_are(count: int, width: int) -> None:
    graph = graph_of(unit_vectors(count), 30)
    assert graph.texts.shape == graph.similarities.shape == (count, width)


def test_opposite_texts_are_neighbours_of_negative_similarity() -> None:
    vectors = np.array([[1, 0], [-1, 0]], dtype=np.float32)
    assert graph_of(vectors, 3).similarities.tolist() == [[-1.0], [-1.0]]


def test_the_graph_is_the_same_bits_on_any_number_of_threads() -> None:
    vectors = unit_vectors(1500, dimension=48)
    one, three = graph_of(vectors, 15, threads=1), graph_of(vectors, 15, threads=3)
    assert [array.tobytes() for array in one] == [array.tobytes() for array in three]


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which searches were made, where more than 500 texts are many."""
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", 500)
    return note_searches(monkeypatch)


def night_before(vectors: np.ndarray, new: int, k: int) -> PreviousNearest:
    """The exact lists of all but the first `new` of tonight's texts."""
    lists = exact_lists(vectors[new:], k)
    return PreviousNearest(lists, np.arange(new, len(vectors)), "the digest")


def exact_lists(vectors: np.ndarray, k: int) -> Found:
    found = oracle(vectors, k)
    return Found(found.texts.astype(np.int32), found.similarities.astype(np.float32))


def test_few_texts_are_compared_exactly(searches: list[str]) -> None:
    vectors = unit_vectors(500)
    found = nearest(vectors, 10, 2, lambda _: None, night_before(vectors, 3, 10))
    assert found.lists.texts.tolist() == exact_lists(vectors, 10).texts.tolist()
    assert (found.exact, found.updated_from) == (True, "")
    assert searches == ["exact_search"]


def test_many_texts_are_searched_by_cells(searches: list[str]) -> None:
    vectors = unit_vectors(700)
    found = nearest(vectors, 10, 1, lambda _: None)
    # One block of columns holds all of so few texts: the search is exact.
    assert found.lists.texts.tolist() == exact_lists(vectors, 10).texts.tolist()
    assert (found.exact, found.updated_from) == (False, "")
    assert searches == ["all_neighbours"]


def test_an_update_is_what_a_full_search_is(searches: list[str]) -> None:
    vectors = unit_vectors(800)
    found = nearest(vectors, 10, 2, lambda _: None, night_before(vectors, 3, 10))
    assert found.lists.texts.tolist() == exact_lists(vectors, 10).texts.tolist()
    assert (found.exact, found.updated_from) == (False, "the digest")
    assert searches == ["update_neighbours"]


@pytest.mark.parametrize(
    ("new", "k"), [(300, 10), (3, 12)], ids=["too much is new", "another width"]
)
def test_where_an_update_does_not_pay_all_are_searched(
    new: int, k: int, searches: list[str]
) -> None:
    vectors = unit_vectors(800)
    found = nearest(vectors, k, 2, lambda _: None, night_before(vectors, new, 10))
    assert (found.exact, found.updated_from) == (False, "")
    assert searches == ["all_neighbours"]


def test_no_text_has_no_neighbours() -> None:
    found = nearest(unit_vectors(1)[:0], 5, 1, lambda _: None)
    assert found.lists.texts.shape == found.lists.similarities.shape == (0, 0)
