"""Topics: planted groups are found, numbered by size, the same on every run."""

import random

import numpy as np
import pytest

from recommender.graph import Graph
from recommender.topics import detect_topics


def planted_graph(*sizes: int, noise: float = 0.1) -> tuple[Graph, list[int]]:
    """Texts around one axis for each size, shuffled; and the axis of each."""
    axes = [axis for axis, size in enumerate(sizes) for _ in range(size)]
    random.Random(0).shuffle(axes)
    vectors = np.eye(16)[axes]
    vectors = vectors + noise * np.random.default_rng(0).standard_normal(vectors.shape)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    cosine = vectors @ vectors.T
    np.fill_diagonal(cosine, -np.inf)
    nearest = np.argsort(-cosine, axis=1, kind="stable")[:, :6]
    scores = np.maximum(np.take_along_axis(cosine, nearest, axis=1), 0.0)
    return Graph(nearest.astype(np.int32), scores.astype(np.float32)), axes


def test_planted_groups_are_the_topics_the_largest_first() -> None:
    sizes = (20, 45, 30)
    graph, axes = planted_graph(*sizes)
    topic_of = detect_topics(*graph, 0.5, 0)
    assert topic_of.dtype == np.int32
    by_size = [1, 2, 0]
    assert topic_of.tolist() == [by_size.index(axis) for axis in axes]


def test_equal_seeds_give_equal_topics_whatever_ran_before() -> None:
    # So noisy that there is no one right answer: only the seed decides.
    graph, _ = planted_graph(60, 60, noise=2.0)
    first = detect_topics(*graph, 1.0, 7)
    random.seed(99)
    detect_topics(*graph, 1.0, 8)
    assert detect_topics(*graph, 1.0, 7).tobytes() == first.tobytes()


def test_finding_topics_leaves_pythons_random_numbers_alone() -> None:
    graph, _ = planted_graph(10, 10)
    random.seed(5)
    expected = random.random()
    random.seed(5)
    detect_topics(*graph, 0.5, 0)
    assert random.random() == expected


def test_a_larger_resolution_gives_more_topics() -> None:
    graph, _ = planted_graph(60, 60, noise=0.6)
    coarse, fine = (int(detect_topics(*graph, r, 0).max()) for r in (0.2, 5.0))
    assert fine > coarse


@pytest.mark.parametrize("count", [1, 2, 5])
def test_texts_without_neighbours_are_topics_of_their_own(count: int) -> None:
    empty = np.empty((count, 0))
    topic_of = detect_topics(empty.astype(np.int32), empty.astype(np.float32), 0.5, 0)
    assert topic_of.tolist() == list(range(count))


def test_missing_neighbours_and_scores_of_nothing_are_no_ties() -> None:
    neighbours = np.array([[1, -1], [0, 2], [1, -1]], dtype=np.int32)
    scores = np.array([[0.9, 0.9], [0.9, 0.0], [0.0, 0.0]], dtype=np.float32)
    assert detect_topics(neighbours, scores, 0.5, 0).tolist() == [0, 0, 1]


def test_the_topic_of_most_articles_comes_first_not_of_most_texts() -> None:
    graph, axes = planted_graph(20, 30)
    assert set(detect_topics(*graph, 0.5, 0)[np.array(axes) == 1]) == {0}
    articles = np.where(np.array(axes) == 0, 3, 1)
    assert set(detect_topics(*graph, 0.5, 0, articles)[np.array(axes) == 0]) == {0}
