"""Representatives: central, of their own group, and no two alike."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.groups.representatives import NEAR_COPY_SCORE, representatives


def graph(edges: dict[tuple[int, int], float], texts: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of neighbours from directed edges and their scores."""
    neighbours = np.full((texts, texts), -1, dtype=np.int32)
    scores = np.zeros((texts, texts), dtype=np.float32)
    for text in range(texts):
        own = sorted(((s, b) for (a, b), s in edges.items() if a == text), reverse=True)
        for place, (score, other) in enumerate(own):
            neighbours[text, place], scores[text, place] = other, score
    return neighbours, scores


def mutual(*pairs: tuple[int, int, float]) -> dict[tuple[int, int], float]:
    return {e: s for a, b, s in pairs for e in ((a, b), (b, a))}


def test_the_most_central_comes_first_and_its_neighbours_last() -> None:
    # 0 is the middle of 1, 2, 3; 4 and 5 are by themselves.
    edges = mutual((0, 1, 0.5), (0, 2, 0.5), (0, 3, 0.5), (1, 2, 0.4), (4, 5, 0.3))
    found = representatives(*graph(edges, 6), np.zeros(6, dtype=np.int32), 4)
    assert found.dtype == np.int32
    assert found.tolist() == [[0, 4, 1, 2]]


def test_a_text_that_is_listed_by_many_but_lists_none_is_not_central() -> None:
    edges = {(text, 0): 0.6 for text in range(1, 6)} | mutual((4, 5, 0.3))
    found = representatives(*graph(edges, 6), np.zeros(6, dtype=np.int32), 1)
    assert found.tolist() == [[4]]


def test_near_copies_are_chosen_once() -> None:
    edges = mutual((0, 1, NEAR_COPY_SCORE), (0, 2, 0.3), (1, 2, 0.2))
    found = representatives(*graph(edges, 3), np.zeros(3, dtype=np.int32))
    assert found.tolist() == [[0, 2, -1]]


def test_edges_between_groups_do_not_count() -> None:
    edges = mutual((0, 3, 0.6), (1, 2, 0.1))
    groups = np.array([0, 0, 0, 1, -1], dtype=np.int32)
    assert representatives(*graph(edges, 5), groups, 2).tolist() == [[1, 0], [3, -1]]


def test_without_groups_there_are_no_representatives() -> None:
    assert representatives(*graph({}, 2), np.array([-1, -1], dtype=np.int32)).shape == (0, 3)


@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.floats(0, 1)), max_size=30),
    st.lists(st.integers(-1, 2), min_size=8, max_size=8),
)
def test_each_is_of_its_group_and_none_is_chosen_twice(
    drawn: list[tuple[int, int, float]], of: list[int]
) -> None:
    edges = {(a, b): s for a, b, s in drawn if a != b}
    groups = np.array(of, dtype=np.int32)
    found = representatives(*graph(edges, 8), groups)
    for number, row in enumerate(found.tolist()):
        texts = [text for text in row if text >= 0]
        assert row == texts + [-1] * (3 - len(texts))
        assert len(set(texts)) == len(texts)
        assert all(of[text] == number for text in texts)
        assert bool(texts) == (number in of)
        alike = [max(edges.get((a, b), 0), edges.get((b, a), 0)) for a in texts for b in texts]
        assert np.float32(max(alike, default=0)) < np.float32(NEAR_COPY_SCORE) + 1e-6
