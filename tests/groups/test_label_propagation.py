"""Votes of neighbours, and labels that spread by them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.groups import label_propagation
from recommender.groups.label_propagation import knn_labels, propagate_labels


def test_unlabelled_texts_get_the_label_of_their_neighbours() -> None:
    neighbours = np.array([[1, -1], [0, -1], [0, 1], [2, -1], [-1, -1]], dtype=np.int32)
    scores = np.full((5, 2), 0.5, dtype=np.float32)
    labels = np.array([7, 7, -1, -1, -1], dtype=np.int32)
    assert propagate_labels(neighbours, scores, labels).tolist() == [7, 7, 7, 7, -1]


def test_votes_are_weighted_and_ties_go_to_the_lowest_label() -> None:
    labels = np.array([[3, 1, 1], [2, 5, -1], [4, -1, -1], [-1, -1, -1]], dtype=np.int32)
    scores = np.array([[0.9, 0.5, 0.5], [0.5, 0.5, 0.9], [0, 0, 0], [1, 1, 1]], np.float32)
    assert knn_labels(labels, scores).tolist() == [3, 2, -1, -1]


@given(st.integers(0, 10_000))
def test_votes_in_small_blocks_are_the_same(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.integers(-1, 4, (12, 5)).astype(np.int32)
    scores = (rng.integers(0, 5, (12, 5)) / 4).astype(np.float32)
    whole = knn_labels(labels, scores).tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(label_propagation, "VOTES_AT_A_TIME", 8)
        assert knn_labels(labels, scores).tolist() == whole


def test_labels_spread_over_unlabelled_texts_in_rounds() -> None:
    # A chain: each text lists the one before it, and only the first has a label.
    chain = np.arange(-1, 5, dtype=np.int32)[:, None]
    labels = np.array([2, -1, -1, -1, -1, -1], dtype=np.int32)
    found = propagate_labels(chain, np.full((6, 1), 0.5, np.float32), labels)
    assert found.tolist() == [2, 2, 2, 2, -1, -1]  # three rounds
    assert labels.tolist() == [2, -1, -1, -1, -1, -1]


def test_without_any_label_none_spreads() -> None:
    none = np.full(3, -1, dtype=np.int32)
    found = propagate_labels(np.zeros((3, 1), np.int32), np.ones((3, 1), np.float32), none)
    assert found.tolist() == [-1, -1, -1]
