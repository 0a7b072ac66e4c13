"""Stories: planted events are found, tight ones only, and the three arrays agree."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender._typing import Array
from recommender.groups import stories as stories_module
from recommender.groups.stories import (
    MAX_TIME_ADJUSTMENT,
    Stories,
    Thresholds,
    time_adjusted_scores,
)
from recommender.scoring.time_proximity import TimeProximity, time_proximity
from tests.graph.test_leiden import graph, noisy

SAME_STORY = 0.49
NO_DATE = np.iinfo(np.int64).min
DAY = 86_400_000_000


def detect_stories(
    neighbours: Array, scores: Array, seed: int, articles: Array | None = None
) -> Stories:
    """Stories by one threshold for all texts."""
    return stories_module.detect_stories(
        neighbours, scores, equal_thresholds(len(neighbours)), seed, articles
    )


def equal_thresholds(
    texts: int, listed: float = SAME_STORY, unlisted: float | None = None
) -> Thresholds:
    return Thresholds(*(np.full(texts, t) for t in (listed, unlisted or listed)))


def events(*groups: set[int], score: float = 0.8) -> list[tuple[int, int, float]]:
    return [(a, b, score) for group in groups for a in group for b in group if a != b]


def check_arrays(stories: Stories) -> None:
    """Each slice is a story with its texts in order, and each text is in one story."""
    assert [array.dtype for array in stories] == [np.int32, np.int32, np.int64]
    start = stories.story_start.tolist()
    assert start[0] == 0
    assert start[-1] == len(stories.story_of)
    for story in range(len(start) - 1):
        texts = stories.story_texts[start[story] : start[story + 1]].tolist()
        assert texts
        assert texts == np.flatnonzero(stories.story_of == story).tolist()


def test_planted_events_are_the_stories_the_largest_first() -> None:
    planted = [{1, 4, 7}, {0, 2, 3, 5, 6}, {8, 9}]
    edges = [*events(*planted), (1, 0, 0.4), (3, 8, 0.45), (9, 10, 0.4)]
    stories = detect_stories(*graph(11, *edges), 0)
    assert stories.story_of.tolist() == [0, 1, 0, 0, 1, 0, 0, 1, 2, 2, 3]
    check_arrays(stories)


@pytest.mark.parametrize(("score", "together"), [(SAME_STORY + 0.01, True), (0.48, False)])
def test_two_texts_are_one_story_if_they_score_the_threshold(score: float, together: bool) -> None:
    stories = detect_stories(*graph(2, *events({0, 1}, score=score)), 0)
    assert (len(stories.story_start) - 1 == 1) == together


def test_a_chain_of_similar_texts_is_not_one_story() -> None:
    edges = [edge for n in range(9) for edge in events({n, n + 1}, score=0.6)]
    stories = detect_stories(*graph(10, *edges), 0)
    assert np.diff(stories.story_start).max() == 2


@pytest.mark.parametrize("size", [2, 5, 20])
def test_one_threshold_serves_stories_of_any_size(size: int) -> None:
    members = set(range(size))
    edges = [*events(members, score=0.55), *((0, n, 0.45) for n in range(size, size + 10))]
    stories = detect_stories(*graph(size + 10, *edges), 0)
    assert np.flatnonzero(stories.story_of == stories.story_of[0]).tolist() == sorted(members)


def test_the_story_of_most_articles_comes_first_not_of_most_texts() -> None:
    edges = events({0, 1}, {2, 3, 4})
    assert detect_stories(*graph(5, *edges), 0).story_of.tolist() == [1, 1, 0, 0, 0]
    articles = np.array([3, 1, 1, 1, 1])
    assert detect_stories(*graph(5, *edges), 0, articles).story_of.tolist() == [0, 0, 1, 1, 1]


@pytest.mark.parametrize("count", [1, 3])
def test_a_text_without_neighbours_is_a_story_of_its_own(count: int) -> None:
    stories = detect_stories(*graph(count), 0)
    assert stories.story_of.tolist() == list(range(count))
    check_arrays(stories)


def test_equal_seeds_give_the_same_bytes() -> None:
    neighbours, scores = noisy(120, 6)
    one, other = (detect_stories(neighbours, scores, 3) for _ in range(2))
    assert [array.tobytes() for array in one] == [array.tobytes() for array in other]


def test_stories_stay_the_same_when_only_unrelated_texts_are_new() -> None:
    neighbours, scores = noisy(120, 6)

    def night(previous: Array | None, seed: int, unrelated: int = 0) -> Array:
        pad = ((0, unrelated), (0, 0))
        graph_ = np.pad(neighbours, pad, constant_values=-1), np.pad(scores, pad)
        found = stories_module.detect_stories(
            *graph_, equal_thresholds(120 + unrelated), seed, previous=previous
        )
        return found.story_of

    settled = night(None, 0)
    for seed in range(1, 4):
        settled = night(settled, seed)
    assert len({*settled.tolist()}) < 120
    for seed in range(4, 12):
        later = night(np.append(settled, [-1, -1]), seed, unrelated=2)
        assert later[:120].tolist() == settled.tolist()
        assert len({*later.tolist()}) == len({*settled.tolist()}) + 2


def pair_scores(neighbours: Array, scores: Array) -> dict[frozenset[int], float]:
    listed: dict[frozenset[int], list[float]] = {}
    for row, (others, values) in enumerate(zip(neighbours.tolist(), scores.tolist(), strict=True)):
        for other, value in zip(others, values, strict=True):
            if other >= 0:
                listed.setdefault(frozenset((row, other)), []).append(value)
    return {pair: sum(values) / len(values) for pair, values in listed.items()}


@settings(deadline=None)
@given(st.integers(2, 14), st.integers(1, 6), st.integers(0, 1000))
def test_the_members_of_a_story_score_high_enough_on_average(texts: int, k: int, seed: int) -> None:
    neighbours, scores = noisy(texts, min(k, texts - 1), seed)
    stories = detect_stories(neighbours, scores, 0)
    check_arrays(stories)
    score = pair_scores(neighbours, scores)
    for story in range(len(stories.story_start) - 1):
        members = np.flatnonzero(stories.story_of == story).tolist()
        pairs = [score.get(frozenset(pair), 0.0) for pair in combinations(members, 2)]
        assert not pairs or sum(pairs) / len(pairs) >= SAME_STORY - 1e-6


def test_each_text_has_its_own_threshold() -> None:
    def stories(*thresholds: float) -> list[int]:
        each = np.array(thresholds)
        pair = graph(4, *events({0, 1}, {2, 3}, score=0.5))
        return stories_module.detect_stories(*pair, Thresholds(each, each), 0).story_of.tolist()

    assert stories(0.45, 0.45, 0.6, 0.6) == [0, 0, 1, 2]
    assert stories(0.45, 0.45, 0.4, 0.6) == [0, 0, 1, 1]  # √0.24 = 0.49


def test_unlisted_pairs_cost_a_story_their_own_threshold() -> None:
    ring = [(n, (n + step) % 12, 0.6) for n in range(12) for step in (1, 2, 3, 9, 10, 11)]

    def stories(unlisted: float) -> int:
        found = stories_module.detect_stories(
            *graph(12, *ring), equal_thresholds(12, 0.49, unlisted), 0
        )
        return len(found.story_start) - 1

    # Of 11 others, 6 are listed and bring 0.11 each; the other 5 cost the unlisted threshold.
    assert stories(0.49) > 1
    assert stories(0.02) == 1


def test_dates_change_scores_a_little_and_keep_them_in_bounds() -> None:
    near = np.array([[1.0, 0.2, 0.0, np.nan]], np.float32)
    close = TimeProximity(near, np.full(1, 0.2, np.float32))
    found = time_adjusted_scores(np.full((1, 4), 0.6, np.float32), close)
    assert found.dtype == np.float32
    added = MAX_TIME_ADJUSTMENT * (2 / 1.2 - 1)
    assert found[0].tolist() == pytest.approx([0.6 + added, 0.6, 0.6 - MAX_TIME_ADJUSTMENT, 0.6])
    assert time_adjusted_scores(np.zeros((1, 4), np.float32), close).tolist() == [[0, 0, 0, 0]]
    assert time_adjusted_scores(np.full((1, 4), 0.05, np.float32), close).min() == 0


def test_equal_scores_are_one_story_on_one_day_and_two_in_different_weeks() -> None:
    pairs = graph(204, *events({0, 1}, {2, 3}, score=0.45))
    days = [0, 0, 100, 107, *range(200, 400)]
    close = time_proximity(pairs[0], np.array(days) * DAY, NO_DATE)
    adjusted = time_adjusted_scores(pairs[1], close)
    found = stories_module.detect_stories(pairs[0], adjusted, equal_thresholds(204), 0).story_of
    assert found[0] == found[1]
    assert found[2] != found[3]
