"""Ranking one text's candidates: nothing barred is chosen, nothing admitted is passed over."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.related import Ranked, choose, related_lists

COPIES = {0: [0, 4], 1: [1], 2: [5, 2, 3], 3: [6]}


def answer(
    texts: list[int], admitted: set[int], k: int, scores: list[float] | None = None
) -> list[Ranked]:
    scores = scores or [1.0 - position / 10 for position in range(len(texts))]
    return choose(texts, scores, COPIES.__getitem__, admitted.__contains__, k)


def test_the_best_texts_are_answered_by_their_leads() -> None:
    everything = set(range(7))
    assert answer([2, 0, 1], everything, 2) == [Ranked(5, 1.0), Ranked(0, 0.9)]


def test_a_barred_lead_is_replaced_by_its_first_admitted_copy() -> None:
    assert answer([2, 0], {0, 3}, 5) == [Ranked(3, 1.0), Ranked(0, 0.9)]


def test_a_text_without_an_admitted_article_makes_room_for_the_next() -> None:
    assert answer([2, 0, 1], {1}, 1) == [Ranked(1, 0.8)]


def test_the_list_ends_at_minus_one() -> None:
    assert answer([1, -1, 0], set(range(7)), 5) == [Ranked(1, 1.0)]


def test_nothing_is_asked_for_nothing_comes() -> None:
    assert answer([1, 0], set(range(7)), 0) == []


def test_no_more_candidates_are_read_than_needed() -> None:
    """The request path answers from the first entries of a long mapped row."""
    asked: list[int] = []

    def copies_of(text: int) -> list[int]:
        asked.append(text)
        return COPIES[text]

    assert len(choose([1, 0, 3, 2], [0.9, 0.8, 0.7, 0.6], copies_of, lambda _: True, 2)) == 2
    assert asked == [1, 0]


@given(
    st.permutations(list(COPIES)),
    st.sets(st.integers(0, 6)),
    st.integers(0, 5),
)
def test_choosing_against_the_definition(texts: list[int], admitted: set[int], k: int) -> None:
    hits = answer(texts, admitted, k)
    possible = [text for text in texts if admitted & set(COPIES[text])]
    assert len(hits) == min(k, len(possible))
    for hit, text in zip(hits, possible, strict=False):
        assert hit.row == next(row for row in COPIES[text] if row in admitted)
        assert hit.score == 1.0 - texts.index(text) / 10
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_lists_are_the_graphs_first_columns() -> None:
    neighbours = np.array([[1, 2, 3], [0, 2, 3]], dtype=np.int32)
    similarities = np.array([[0.9, 0.5, 0.1], [0.8, 0.7, 0.6]], dtype=np.float32)
    lists = related_lists(neighbours, similarities, 2)
    assert lists.related.tolist() == [[1, 2], [0, 2]]
    assert np.array_equal(lists.scores, similarities[:, :2])
    assert (lists.related.dtype, lists.scores.dtype) == (np.int32, np.float32)
    assert lists.related.flags.c_contiguous


def test_scores_are_clipped_to_zero_and_one() -> None:
    # Unit vectors in float32 may have a product just above one.
    similarities = np.array([[np.float32(1.0000001), -0.25, -np.inf]], dtype=np.float32)
    lists = related_lists(np.array([[1, 2, -1]], dtype=np.int32), similarities, 3)
    assert lists.scores.tolist() == [[1.0, 0.0, 0.0]]


def test_a_list_longer_than_the_graph_is_as_long_as_the_graph() -> None:
    lists = related_lists(np.zeros((4, 0), dtype=np.int32), np.zeros((4, 0), dtype=np.float32), 30)
    assert lists.related.shape == lists.scores.shape == (4, 0)
