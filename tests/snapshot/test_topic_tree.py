"""The tree of topics: every level read from the finest topics alone."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.snapshot.topic_tree import at_level, tree_of
from recommender.types.groups import Topic

PARENTS = np.array([-1, -1, 0, 0, 1, 2, 2], dtype=np.int32)
LEVELS = np.array([1, 1, 2, 2, 2, 3, 3], dtype=np.int32)


@given(st.lists(st.integers(-1, len(PARENTS) - 1)), st.integers(1, 4))
def test_a_level_is_what_walking_up_from_each_text_finds(finest: list[int], level: int) -> None:
    def walked(topic: int) -> int:
        while topic >= 0 and LEVELS[topic] > level:
            topic = int(PARENTS[topic])
        first = int((level > LEVELS).sum())
        return topic - first if topic >= 0 and LEVELS[topic] == level else -1

    found = at_level(np.array(finest, dtype=np.int32), PARENTS, LEVELS, level)
    assert found.dtype == np.int32
    assert found.tolist() == [walked(topic) for topic in finest]


def test_the_tree_is_read_from_the_topics_names() -> None:
    topics = [
        Topic("t-a", "", 3, (), 1),
        Topic("t-b", "", 2, (), 1),
        Topic("t-c", "", 2, (), 2, "t-a"),
        Topic("t-d", "", 1, (), 3, "t-c"),
    ]
    parents, levels = tree_of(topics)
    assert parents.tolist() == [-1, -1, 0, 2]
    assert levels.tolist() == [1, 1, 2, 3]


def test_no_topics_are_no_tree() -> None:
    parents, levels = tree_of([])
    assert at_level(np.full(3, -1, dtype=np.int32), parents, levels, 1).tolist() == [-1, -1, -1]
