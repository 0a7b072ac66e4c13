"""Crowding: lists that name the same others end amid a story, the more so the more of them do."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import recommender.crowding as room
from recommender.arrays import Array
from recommender.crowding import crowding, shared_neighbours

SIZE, WIDTH, LAST = 40, 20, 5


def lists(texts: int, width: int, rng: np.random.Generator, share: float = 1.0) -> Array:
    """Random neighbours, no text twice in a list or in its own; of some fewer than `width`."""
    rows = np.full((texts, width), -1, dtype=np.int32)
    for text in range(texts):
        others = rng.permutation(np.delete(np.arange(texts), text))
        count = min(width, texts - 1)
        if rng.random() > share:
            count = int(rng.integers(0, count + 1))
        rows[text, :count] = others[:count]
    return rows


def newsroom(stories: int, alone: int) -> tuple[Array, Array]:
    """So many stories of `SIZE` texts, whose lists hold their own, and texts that stand alone.

    All lists have the same scores at every place.
    """
    rng, texts = np.random.default_rng(0), stories * SIZE + alone
    rows = []
    for text in range(texts):
        first = text - text % SIZE if text < stories * SIZE else 0
        among = np.arange(first, first + SIZE) if text < stories * SIZE else np.arange(texts)
        rows.append(rng.permutation(among[among != text])[:WIDTH])
    scores = np.linspace(0.7, 0.5, WIDTH, dtype=np.float32)
    return np.array(rows, dtype=np.int32), np.tile(scores, (texts, 1))


@given(st.integers(0, 12), st.integers(0, 9), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_agreement_is_what_counting_finds(texts: int, width: int, last: int, seed: int) -> None:
    neighbours = lists(texts, width, np.random.default_rng(seed), share=0.7)
    found = shared_neighbours(neighbours, last)
    chance = width / (texts - 1) if texts > 1 else 1.0
    for text in range(texts):
        if chance >= 1 or not width:
            assert found[text] == 0
            continue
        own = {other for other in neighbours[text].tolist() if other >= 0}
        named = [
            len(own & set(neighbours[other].tolist())) if other >= 0 else 0
            for other in neighbours[text, -last:].tolist()
        ]
        share = sum(named) / (len(named) * width)
        assert found[text] == pytest.approx(max((share - chance) / (1 - chance), 0))


def test_agreement_is_the_same_however_much_is_looked_at_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    neighbours = lists(101, 9, np.random.default_rng(0), share=0.5)
    whole = shared_neighbours(neighbours, 3)
    for rows in (1, 2, 7, 100):
        monkeypatch.setattr(room, "CELLS", rows * 102)
        np.testing.assert_array_equal(shared_neighbours(neighbours, 3), whole)


def test_random_lists_agree_by_chance_alone() -> None:
    rng = np.random.default_rng(0)
    for texts in (60, 600):
        assert shared_neighbours(lists(texts, WIDTH, rng), LAST).mean() < 0.05


def test_lists_within_large_stories_crowd_and_the_more_the_more_texts_have_such() -> None:
    found = [crowding(*newsroom(stories, 600 - SIZE * stories), 5, LAST) for stories in (1, 5, 15)]
    for few, more in pairwise(found):
        assert more[:SIZE].mean() > 2 * few[:SIZE].mean()
    one, several, all_of_them = found
    assert one.dtype == np.float32
    assert one.max() < 0.02  # a single one may be a series under one template
    assert several[: 5 * SIZE].mean() > 10 * several[5 * SIZE :].mean()
    assert all_of_them.min() > 0.2


def test_a_list_that_falls_to_little_ends_with_strangers() -> None:
    neighbours, scores = newsroom(15, 0)
    level = crowding(neighbours, scores, 5, LAST).mean()
    assert crowding(neighbours, scores * np.linspace(1, 0.1, WIDTH), 5, LAST).mean() < level / 4
    assert crowding(neighbours, scores * 0, 5, LAST).max() == 0


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (1, 0), (1, 5), (2, 1), (3, 2), (5, 9)])
def test_what_is_too_small_to_tell_does_not_crowd(shape: tuple[int, int]) -> None:
    neighbours = np.full(shape, -1, dtype=np.int32)
    assert crowding(neighbours, np.zeros(shape, np.float32), 5, 10).tolist() == [0] * shape[0]
