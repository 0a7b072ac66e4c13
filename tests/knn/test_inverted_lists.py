"""Inverted lists: searches find nearly all, never too few, and the lists are reproducible."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import recommender.knn.index
from recommender.knn import inverted_lists
from recommender.knn.index import Index
from recommender.knn.inverted_lists import EXACT_UP_TO, build_lists
from tests.knn.test_index import unit_vectors


@pytest.fixture(autouse=True, scope="module")
def small_indexes_have_lists() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inverted_lists, "EXACT_UP_TO", 0)
        yield


@pytest.mark.parametrize("share", [0.01, 0.3, 1.0])
def test_lists_find_nearly_all_and_never_too_few(
    share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recommender.knn.index, "FEW", 100)
    vectors = unit_vectors(4000, dimension=8)
    index = Index.build(vectors)
    lists = build_lists(index, 2)
    assert lists.recall >= 0.97
    assert sorted(lists.texts.tolist()) == list(range(4000))
    admitted = np.random.default_rng(4).random(4000) < share
    exact = shared = 0
    for query in unit_vectors(50, dimension=8, seed=5):
        found = index.search_lists(query, 10, lists, admitted)
        expected = index.search(query, 10, admitted)
        assert len(found.texts) == len(expected.texts)
        assert admitted[found.texts].all()
        assert (np.diff(found.similarities) <= 0).all()
        shared += len(np.intersect1d(found.texts, expected.texts))
        exact += len(expected.texts)
    assert shared / exact >= 0.95


def test_lists_are_the_same_on_any_number_of_threads() -> None:
    index = Index.build(unit_vectors(1500))
    one, two = build_lists(index, 1), build_lists(index, 2)
    assert [np.asarray(a).tobytes() for a in one] == [np.asarray(a).tobytes() for a in two]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.booleans(), min_size=4, max_size=60), st.integers(0, 70))
def test_lists_give_fewer_only_where_fewer_are_admitted(admitted: list[bool], k: int) -> None:
    index = Index.build(unit_vectors(len(admitted)))
    found = index.search_lists(unit_vectors(1)[0], k, build_lists(index, 1), np.array(admitted))
    assert len(set(found.texts.tolist())) == min(k, sum(admitted))
    assert np.array(admitted)[found.texts].all()


def test_an_index_that_is_searched_exactly_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inverted_lists, "EXACT_UP_TO", EXACT_UP_TO)
    lists = build_lists(Index.build(unit_vectors(50)), 1)
    assert (len(lists.centroids), lists.recall) == (0, 1.0)
