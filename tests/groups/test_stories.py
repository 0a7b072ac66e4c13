"""Stories: planted events are found, tight ones only, and the three arrays say the same."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender._typing import Array
from recommender.groups import stories as room
from recommender.groups.stories import (
    MOST_FOR_TIME,
    Stories,
    Thresholds,
    story_thresholds,
    time_adjusted_scores,
)
from recommender.scoring.time_proximity import TimeProximity, time_proximity
from tests.graph.test_leiden import graph, noisy

SAME_STORY = 0.49
NO_DATE = np.iinfo(np.int64).min
DAY = 86_400_000_000
HEADLINE = 12  # words


def detect_stories(
    neighbours: Array, scores: Array, seed: int, articles: Array | None = None
) -> Stories:
    """With one threshold for all."""
    return room.detect_stories(neighbours, scores, alike(len(neighbours)), seed, articles)


def alike(texts: int, listed: float = SAME_STORY, unlisted: float | None = None) -> Thresholds:
    return Thresholds(*(np.full(texts, t) for t in (listed, unlisted or listed)))


def events(*groups: set[int], score: float = 0.8) -> list[tuple[int, int, float]]:
    return [(a, b, score) for group in groups for a in group for b in group if a != b]


def check_arrays(stories: Stories) -> None:
    """The slices are the stories, texts ascending in each, each text in one."""
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
def test_two_texts_are_one_story_from_the_score_of_one_story_on(
    score: float, together: bool
) -> None:
    stories = detect_stories(*graph(2, *events({0, 1}, score=score)), 0)
    assert (len(stories.story_start) - 1 == 1) == together


def test_a_chain_of_likenesses_is_no_story() -> None:
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
def test_a_text_that_no_other_tells_of_is_a_story_of_its_own(count: int) -> None:
    stories = detect_stories(*graph(count), 0)
    assert stories.story_of.tolist() == list(range(count))
    check_arrays(stories)


def test_equal_seeds_give_the_same_bytes() -> None:
    neighbours, scores = noisy(120, 6)
    one, other = (detect_stories(neighbours, scores, 3) for _ in range(2))
    assert [array.tobytes() for array in one] == [array.tobytes() for array in other]


def test_stories_stay_as_they_were_where_nothing_new_is_near() -> None:
    neighbours, scores = noisy(120, 6)

    def night(previous: Array | None, seed: int, strangers: int = 0) -> Array:
        pad = ((0, strangers), (0, 0))
        graph_ = np.pad(neighbours, pad, constant_values=-1), np.pad(scores, pad)
        found = room.detect_stories(*graph_, alike(120 + strangers), seed, previous=previous)
        return found.story_of

    settled = night(None, 0)
    for seed in range(1, 4):
        settled = night(settled, seed)
    assert len({*settled.tolist()}) < 120
    for seed in range(4, 12):
        later = night(np.append(settled, [-1, -1]), seed, strangers=2)
        assert later[:120].tolist() == settled.tolist()
        assert len({*later.tolist()}) == len({*settled.tolist()}) + 2


def pair_scores(neighbours: Array, scores: Array) -> dict[frozenset[int], float]:
    said: dict[frozenset[int], list[float]] = {}
    for row, (others, values) in enumerate(zip(neighbours.tolist(), scores.tolist(), strict=True)):
        for other, value in zip(others, values, strict=True):
            if other >= 0:
                said.setdefault(frozenset((row, other)), []).append(value)
    return {pair: sum(values) / len(values) for pair, values in said.items()}


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


NOBODY = np.full((4, 15), -1, dtype=np.int32)  # lists that tell nothing of each other


def asked(*lasts: float, words: int = 600) -> Thresholds:
    """What texts ask of which the first five candidates score 0.6 and ten more so much each."""
    scores = np.array([[0.6] * 5 + [last] * 10 for last in lasts])
    return story_thresholds(NOBODY[: len(lasts)], scores, np.full(len(lasts), words), 0)


def test_a_text_in_a_crowd_asks_for_more_and_a_headline_for_less() -> None:
    lonely, crowded = asked(0.1, 0.3).listed
    assert lonely < asked(0.3, words=9).listed[0] < crowded
    assert story_thresholds(NOBODY[:1], np.zeros((1, 15)), np.ones(1), 0).listed[0] > 0


def test_what_is_not_in_a_list_that_ends_with_strangers_is_a_stranger() -> None:
    listed, unlisted = asked(0.1, 0.3, 0.35)
    assert unlisted.tolist() == listed.tolist()


def test_a_list_that_ends_amid_a_story_tells_of_no_crowd() -> None:
    listed, unlisted = asked(0.35, 0.4, 0.5, 0.6)
    assert np.ptp(listed) == pytest.approx(0)
    assert (np.diff(unlisted) <= 0).all()
    assert unlisted[0] == listed[0]
    assert 0 < unlisted[-1] < listed[-1] / 10


def test_each_text_brings_its_own_threshold() -> None:
    def stories(*thresholds: float) -> list[int]:
        each = np.array(thresholds)
        pair = graph(4, *events({0, 1}, {2, 3}, score=0.5))
        return room.detect_stories(*pair, Thresholds(each, each), 0).story_of.tolist()

    assert stories(0.45, 0.45, 0.6, 0.6) == [0, 0, 1, 2]
    assert stories(0.45, 0.45, 0.4, 0.6) == [0, 0, 1, 1]  # √0.24 = 0.49


def test_a_story_holds_by_what_it_asks_of_pairs_that_are_in_no_list() -> None:
    ring = [(n, (n + step) % 12, 0.6) for n in range(12) for step in (1, 2, 3, 9, 10, 11)]

    def stories(unlisted: float) -> int:
        found = room.detect_stories(*graph(12, *ring), alike(12, 0.49, unlisted), 0)
        return len(found.story_start) - 1

    # Of 11 others 6 are listed and bring 0.11 each; the other 5 cost what is asked.
    assert stories(0.49) > 1
    assert stories(0.02) == 1


@pytest.mark.parametrize("size", [30, 70, 200])
def test_a_story_that_no_list_holds_whole_is_one_all_the_same(size: int) -> None:
    rng, texts, candidates = np.random.default_rng(0), size + 100, 50
    likeness = np.full((texts, texts), 0.1) + rng.uniform(0, 0.05, (texts, texts))
    likeness[:size, :size] = rng.uniform(0.5, 0.75, (size, size))
    likeness = (likeness + likeness.T) / 2
    np.fill_diagonal(likeness, -1)
    neighbours = np.argsort(-likeness, axis=1)[:, :candidates].astype(np.int32)
    scores = np.take_along_axis(likeness, neighbours, axis=1).astype(np.float32)
    thresholds = story_thresholds(neighbours, scores, np.full(texts, 300), 0)
    stories = room.detect_stories(neighbours, scores, thresholds, 0)
    assert np.diff(stories.story_start).tolist() == [size] + [1] * 100


def test_days_bring_a_little_or_take_it_away_and_never_all() -> None:
    near = np.array([[1.0, 0.2, 0.0, np.nan]], np.float32)
    close = TimeProximity(near, np.full(1, 0.2, np.float32))
    found = time_adjusted_scores(np.full((1, 4), 0.6, np.float32), close)
    assert found.dtype == np.float32
    brought = MOST_FOR_TIME * (2 / 1.2 - 1)
    assert found[0].tolist() == pytest.approx([0.6 + brought, 0.6, 0.6 - MOST_FOR_TIME, 0.6])
    assert time_adjusted_scores(np.zeros((1, 4), np.float32), close).tolist() == [[0, 0, 0, 0]]
    assert time_adjusted_scores(np.full((1, 4), 0.05, np.float32), close).min() == 0


def test_last_candidates_of_ones_own_days_are_no_background() -> None:
    scores = np.array([[0.6] * 5 + [0.3] * 10])

    def listed(near: float, chance: float = 0.2) -> float:
        close = TimeProximity(np.full((1, 15), near, np.float32), np.full(1, chance, np.float32))
        return float(story_thresholds(NOBODY[:1], scores, np.full(1, 600), 0, close).listed[0])

    plain = float(asked(0.3).listed[0])
    assert listed(0.0) == listed(0.2) == listed(1.0, 1.0) == plain
    assert plain > listed(0.6) > listed(1.0)
    assert listed(1.0) == pytest.approx(float(asked(0.0).listed[0]))


def lists(*parts: Array) -> tuple[Array, Array]:
    """The graph of texts that the `parts` (texts, any) of their embeddings place, 50 candidates."""
    vectors = np.hstack(parts)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -1)
    neighbours = np.argsort(-likeness, axis=1)[:, :50].astype(np.int32)
    scores = np.maximum(np.take_along_axis(likeness, neighbours, axis=1), 0)
    return neighbours, scores.astype(np.float32)


def directions(rng: np.random.Generator, texts: int, dimension: int) -> Array:
    found: Array = rng.normal(size=(texts, dimension))
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def stories_of(neighbours: Array, scores: Array) -> Array:
    thresholds = story_thresholds(neighbours, scores, np.full(len(scores), HEADLINE), 0)
    return room.detect_stories(neighbours, scores, thresholds, 0).story_of


@pytest.mark.parametrize("size", [25, 60, 120])
def test_a_stream_of_loose_headlines_comes_in_its_large_stories(size: int) -> None:
    rng, of = np.random.default_rng(0), np.arange(12 * size) // size
    graph = lists(0.6 * np.eye(12)[of], 0.8 * directions(rng, len(of), 30))
    found = stories_of(*graph)
    assert np.bincount(found).tolist() == [size] * 12
    assert all(len(set(found[of == story].tolist())) == 1 for story in range(12))
    # Whatever the days of its texts are.
    days = time_proximity(graph[0], rng.permutation(len(of)) * DAY, NO_DATE)
    alone, dated = (
        story_thresholds(*graph, np.full(len(of), HEADLINE), 0, close).listed
        for close in (None, days)
    )
    assert dated.tolist() == alone.tolist()


def test_small_stories_of_subjects_that_pass_into_each_other_stay_small() -> None:
    rng, of = np.random.default_rng(0), np.arange(900) // 3
    subject, story = directions(rng, 300, 6)[of], directions(rng, 300, 100)[of]
    graph = lists(0.6 * subject, 0.6 * story, 0.53 * directions(rng, 900, 100))
    sizes = np.bincount(stories_of(*graph))
    assert len(sizes) > 295
    assert sizes.max() <= 6


def test_tight_small_stories_are_not_pieces_of_their_subjects_that_stand_apart() -> None:
    rng, of = np.random.default_rng(0), np.arange(1200) // 10
    subject, story = np.eye(6)[of // 20], directions(rng, 120, 100)[of]
    graph = lists(0.5 * subject, 0.75 * story, 0.43 * directions(rng, 1200, 100))
    found = stories_of(*graph)
    assert np.bincount(found).tolist() == [10] * 120


def test_the_same_scores_are_one_story_of_one_day_and_two_of_different_weeks() -> None:
    pairs = graph(204, *events({0, 1}, {2, 3}, score=0.45))
    days = [0, 0, 100, 107, *range(200, 400)]
    close = time_proximity(pairs[0], np.array(days) * DAY, NO_DATE)
    told = time_adjusted_scores(pairs[1], close)
    found = room.detect_stories(pairs[0], told, alike(204), 0).story_of
    assert found[0] == found[1]
    assert found[2] != found[3]
