"""Edges against dictionaries of pairs, and the order that keeps neighbours together."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.graph.edges import (
    Edges,
    community_edges,
    edges_within_components,
    locality_order,
    text_edges,
)
from tests.graph.test_leiden import noisy

Weights = dict[tuple[int, int], float]


def as_dict(edges: Edges) -> Weights:
    return {(a, b): w for a, b, w in zip(*(c.tolist() for c in edges), strict=True)}


@pytest.mark.parametrize("mean", [True, False])
@given(st.integers(2, 9), st.integers(1, 4), st.integers(0, 10_000))
def test_text_edges_weigh_the_sum_or_the_mean_of_the_scores_of_a_pair(
    mean: bool, texts: int, k: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    neighbours = np.argsort(rng.random((texts, texts)), axis=1)[:, :k].astype(np.int32)
    neighbours[rng.random(neighbours.shape) < 0.2] = -1
    scores = (rng.integers(0, 5, neighbours.shape) / 4).astype(np.float32)  # exact sums, and zeros
    order = rng.permutation(texts).astype(np.int32)
    position = np.argsort(order).astype(np.int32)
    listed: defaultdict[tuple[int, int], list[float]] = defaultdict(list)
    for text, row in enumerate(neighbours.tolist()):
        for other, score in zip(row, scores[text].tolist(), strict=True):
            if other not in (-1, text) and score > 0:
                low, high = sorted((int(position[text]), int(position[other])))
                listed[low, high].append(score)
    found = text_edges(neighbours, scores, order, position, mean=mean)
    assert as_dict(found) == {
        pair: sum(scores) / (len(scores) if mean else 1) for pair, scores in listed.items()
    }
    assert list(as_dict(found)) == sorted(listed)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(1, 8)), max_size=20))
def test_community_edges_sum_the_edges_of_their_members(
    members: list[tuple[int, int, int]],
) -> None:
    source, target, weight = np.array(members, dtype=np.int64).reshape(-1, 3).T
    wanted: defaultdict[tuple[int, int], int] = defaultdict(int)
    for a, b, w in members:
        if a != b:
            wanted[min(a, b), max(a, b)] += w
    found = as_dict(community_edges(source, target, weight, 5))
    assert found == wanted
    assert list(found) == sorted(wanted)


def test_edges_between_components_of_strong_edges_are_left_out() -> None:
    # 0-1-2 hang together by strong edges, and so do 3-4; the edge 0-2 is weak but lies within.
    edges = Edges(
        *(np.array(c) for c in ([0, 0, 1, 2, 3], [1, 2, 2, 3, 4], [0.9, 0.1, 0.8, 0.4, 0.5]))
    )
    found = edges_within_components(edges, 0.5, np.ones(5))
    assert as_dict(found) == {(0, 1): 0.9, (0, 2): 0.1, (1, 2): 0.8, (3, 4): 0.5}


def test_an_edge_is_strong_in_proportion_to_the_weights_of_its_nodes() -> None:
    edges = Edges(np.array([0, 1]), np.array([1, 2]), np.array([0.5, 0.5]))
    found = edges_within_components(edges, 1.0, np.array([0.5, 1.0, 0.4]))
    assert as_dict(found) == {(0, 1): 0.5, (1, 2): 0.5}
    found = edges_within_components(edges, 1.0, np.array([0.5, 1.0, 0.6]))
    assert as_dict(found) == {(0, 1): 0.5}


def test_the_locality_order_puts_neighbours_side_by_side() -> None:
    # A ring of texts with scattered numbers.
    rng = np.random.default_rng(0)
    number = rng.permutation(1000)
    ring = np.empty((1000, 2), dtype=np.int32)
    ring[number] = np.stack((np.roll(number, 1), np.roll(number, -1)), axis=1)
    order, position = locality_order(ring)
    assert order.dtype == position.dtype == np.int32
    assert sorted(order.tolist()) == list(range(1000))
    assert (order[position] == np.arange(1000)).all()
    assert np.abs(position[ring] - position[:, None]).max() <= 2
    assert np.abs(ring - np.arange(1000)[:, None]).mean() > 300


@pytest.mark.parametrize("texts", [0, 1, 5])
def test_texts_without_neighbours_have_an_order_and_no_edges(texts: int) -> None:
    neighbours, scores = np.full((texts, 3), -1, np.int32), np.zeros((texts, 3), np.float32)
    order, position = locality_order(neighbours)
    assert sorted(order.tolist()) == list(range(texts))
    assert len(text_edges(neighbours, scores, order, position, mean=True).low) == 0


def test_arguments_are_left_as_they_are() -> None:
    neighbours, scores = noisy(30, 4)
    before = neighbours.copy(), scores.copy()
    text_edges(neighbours, scores, *locality_order(neighbours), mean=True)
    assert (neighbours == before[0]).all()
    assert (scores == before[1]).all()
