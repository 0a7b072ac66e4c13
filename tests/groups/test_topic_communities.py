"""The communities of one level of topics: settled by votes, merged, and kept from last night."""

import numpy as np
import pytest

from recommender._typing import Array
from recommender.groups.label_propagation import knn_labels
from recommender.groups.topic_communities import STABLE_SHARE, topic_communities
from tests.groups.test_topics import planted_graph


def communities(
    neighbours: Array,
    scores: Array,
    resolution: float = 0.5,
    previous: Array | None = None,
    count: int | None = None,
) -> Array:
    return topic_communities(neighbours, scores, resolution, 0, 5, previous, count=count)


# Votes never settle completely where topics are hardly distinct.
@pytest.mark.parametrize(
    ("noise", "least"), [(0.3, STABLE_SHARE), (1.0, 0.98), (2.0, STABLE_SHARE)]
)
def test_texts_are_where_their_nearest_neighbours_vote(noise: float, least: float) -> None:
    graph, _ = planted_graph(300, 300, 300, noise=noise)
    topic_of = communities(*graph)
    settled = knn_labels(topic_of[graph.neighbours], graph.scores) == topic_of
    assert settled.mean() >= least


def test_a_community_that_is_too_small_merges_into_its_neighbour() -> None:
    neighbours = np.array([[1, 2], [0, 2], [0, 1], [4, 0], [3, -1]], dtype=np.int32)
    scores = np.array([[0.9, 0.9]] * 3 + [[0.9, 0.2], [0.9, 0.0]], dtype=np.float32)
    assert set(communities(neighbours, scores, 1.0).tolist()) == {0}


@pytest.mark.parametrize("count", [1, 2, 5])
def test_there_are_as_many_topics_as_asked_for(count: int) -> None:
    graph, _ = planted_graph(40, 40, 40, noise=0.4)
    assert int(communities(*graph, count=count).max()) + 1 == count


def test_last_nights_topics_stay_unless_a_search_finds_far_better_ones() -> None:
    graph, axes = planted_graph(40, 40)
    planted = np.array(axes, dtype=np.int32)
    # Last night's numbers stay, and new texts join the topic of their neighbours.
    before = planted.copy()
    before[::10] = -1
    assert communities(*graph, previous=before).tolist() == planted.tolist()
    # All texts in one topic is far worse than the two that are planted.
    found = communities(*graph, previous=np.zeros(80, dtype=np.int32))
    assert len({*found.tolist()}) == 2
