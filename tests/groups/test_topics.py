"""Topics: planted groups are found, numbered by size, the same on every run."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender._typing import Array
from recommender.graph.rescore import Graph
from recommender.groups import topics as topics_module
from recommender.groups.topics import topic_strengths, unassign_weakest


def detect_topics(
    neighbours: Array, scores: Array, resolution: float, seed: int, articles: Array | None = None
) -> Array:
    """The topics of level 1."""
    return topics_module.detect_topics(neighbours, scores, resolution, seed, articles).topic_of


def planted_graph(*sizes: int, noise: float = 0.1) -> tuple[Graph, list[int]]:
    """Texts around one axis for each size, shuffled; and the axis of each text."""
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
    # So noisy that there are many answers, and only the seed decides.
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


def test_missing_neighbours_and_scores_of_0_make_no_edges() -> None:
    neighbours = np.array([[1, -1], [0, 2], [1, -1]], dtype=np.int32)
    scores = np.array([[0.9, 0.9], [0.9, 0.0], [0.0, 0.0]], dtype=np.float32)
    assert detect_topics(neighbours, scores, 0.5, 0).tolist() == [0, 0, 1]


def test_the_topic_of_most_articles_comes_first_not_of_most_texts() -> None:
    graph, axes = planted_graph(20, 30)
    assert set(detect_topics(*graph, 0.5, 0)[np.array(axes) == 1]) == {0}
    articles = np.where(np.array(axes) == 0, 3, 1)
    assert set(detect_topics(*graph, 0.5, 0, articles)[np.array(axes) == 0]) == {0}


def check_levels(topics: topics_module.Topics) -> None:
    """Each finer topic lies in one of the level above, and so do its texts."""
    broad = int(topics.topic_of.max()) + 1
    assert (topics.parents[:broad] == -1).all()
    assert (topics.levels[:broad] == 1).all()
    for topic, (parent, level) in enumerate(zip(topics.parents, topics.levels, strict=True)):
        if level > 1:
            assert topics.levels[parent] == level - 1
            assert parent < topic
    above = topics.finest_of.copy()
    while (topics.levels[above] > 1).any():
        above = np.where(topics.levels[above] > 1, topics.parents[above], above)
    assert (above == topics.topic_of).all()


def test_large_topics_are_split_into_finer_ones() -> None:
    rng = np.random.default_rng(3)
    parts = np.repeat(np.arange(6), 60)  # two topics of three parts each
    axes = np.hstack([np.eye(2)[parts // 3], 0.8 * np.eye(6)[parts]])
    vectors = axes + 0.05 * rng.standard_normal(axes.shape)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    cosine = vectors @ vectors.T
    np.fill_diagonal(cosine, -1)
    links = np.argsort(-cosine, axis=1)[:, :100].astype(np.int32)
    scores = np.maximum(np.take_along_axis(cosine, links, axis=1), 0).astype(np.float32)
    topics = topics_module.detect_topics(links, scores, 0.5, 0)
    check_levels(topics)
    assert len(set(zip(parts // 3, topics.topic_of, strict=True))) == 2
    assert len(set(zip(parts, topics.finest_of, strict=True))) == 6
    assert topics.parents.tolist() == [-1, -1, 0, 0, 0, 1, 1, 1] or len(topics.parents) == 8
    again = topics_module.detect_topics(
        links, scores, 0.5, 0, previous=(topics.topic_of, topics.finest_of)
    )
    assert [a.tolist() for a in again] == [a.tolist() for a in topics]
    assert topic_strengths(links, scores, topics.topic_of).min() > 0.5


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_the_weakest_texts_lose_their_topic_up_to_a_share(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    # Two broad topics of which the first has three finer ones, and a third without.
    finest = rng.integers(1, 6, 40).astype(np.int32)
    finest[:5] = 1, 2, 3, 4, 5
    parents, levels = np.array([-1, -1, -1, 0, 0, 0]), np.array([1, 1, 1, 2, 2, 2])
    broad = np.where(parents[finest] < 0, finest, parents[finest]).astype(np.int32)
    articles, strength = rng.integers(1, 4, 40), rng.random(40).astype(np.float32)
    topics = topics_module.Topics(broad, finest, parents.astype(np.int32), levels.astype(np.int32))
    left = unassign_weakest(topics, strength, share, articles)
    without = left.topic_of < 0
    assert np.array_equal(without, left.finest_of < 0)
    assert articles[without].sum() <= share * articles.sum()
    assert strength[without].max(initial=0) <= strength[~without].min(initial=1)
    if not without.all():  # one article more would have been too many
        more = articles[~without][strength[~without].argmin()]
        assert articles[without].sum() + more > share * articles.sum()
    # The other texts are grouped as before, and each remaining topic has texts.
    for new_of, old_of in ((left.topic_of, broad), (left.finest_of, finest)):
        pairs = set(zip(new_of[~without].tolist(), old_of[~without].tolist(), strict=True))
        assert len(pairs) == len({new for new, _ in pairs}) == len({old for _, old in pairs})
    has = left._replace(topic_of=left.topic_of[~without], finest_of=left.finest_of[~without])
    if not without.all():
        check_levels(has)
        assert set(has.topic_of.tolist()) == set(range((left.levels == 1).sum()))
    if without.any():
        sizes = np.bincount(has.topic_of, weights=articles[~without])
        assert (np.diff(sizes) <= 0).all()


def test_a_share_of_0_changes_nothing() -> None:
    graph, _ = planted_graph(20, 45, 30)
    topics = topics_module.detect_topics(*graph, 0.5, 0)
    weak = topic_strengths(*graph, topics.topic_of)
    assert unassign_weakest(topics, weak, 0.0, np.ones(95, int)) is topics
