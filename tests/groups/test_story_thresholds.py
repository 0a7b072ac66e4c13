"""Thresholds of stories: what counts as background, and the cut ratio that decides it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender._typing import Array
from recommender.groups.stories import Thresholds, detect_stories
from recommender.groups.story_thresholds import cut_ratio, story_thresholds
from recommender.scoring.time_proximity import TimeProximity, time_proximity

NO_DATE = np.iinfo(np.int64).min
DAY = 86_400_000_000
HEADLINE = 12  # words


NO_NEIGHBOURS = np.full((4, 15), -1, dtype=np.int32)  # for thresholds that depend on scores alone


def thresholds(*lasts: float, words: int = 600) -> Thresholds:
    """Of texts whose first five candidates score 0.6 and ten more each of the `lasts`."""
    scores = np.array([[0.6] * 5 + [last] * 10 for last in lasts])
    return story_thresholds(NO_NEIGHBOURS[: len(lasts)], scores, np.full(len(lasts), words), 0)


def test_background_raises_the_threshold_and_short_texts_lower_it() -> None:
    lonely, crowded = thresholds(0.1, 0.3).listed
    assert lonely < thresholds(0.3, words=9).listed[0] < crowded
    assert story_thresholds(NO_NEIGHBOURS[:1], np.zeros((1, 15)), np.ones(1), 0).listed[0] > 0


def test_unlisted_pairs_cost_the_threshold_if_lists_end_in_background() -> None:
    listed, unlisted = thresholds(0.1, 0.3, 0.35)
    assert unlisted.tolist() == listed.tolist()


def test_a_list_that_ends_within_a_story_limits_the_background() -> None:
    listed, unlisted = thresholds(0.35, 0.4, 0.5, 0.6)
    assert np.ptp(listed) == pytest.approx(0)
    assert (np.diff(unlisted) <= 0).all()
    assert unlisted[0] == listed[0]
    assert 0 < unlisted[-1] < listed[-1] / 10


@pytest.mark.parametrize("size", [30, 70, 200])
def test_a_story_larger_than_a_list_is_one_story(size: int) -> None:
    rng, texts, candidates = np.random.default_rng(0), size + 100, 50
    similarity = np.full((texts, texts), 0.1) + rng.uniform(0, 0.05, (texts, texts))
    similarity[:size, :size] = rng.uniform(0.5, 0.75, (size, size))
    similarity = (similarity + similarity.T) / 2
    np.fill_diagonal(similarity, -1)
    neighbours = np.argsort(-similarity, axis=1)[:, :candidates].astype(np.int32)
    scores = np.take_along_axis(similarity, neighbours, axis=1).astype(np.float32)
    thresholds = story_thresholds(neighbours, scores, np.full(texts, 300), 0)
    stories = detect_stories(neighbours, scores, thresholds, 0)
    assert np.diff(stories.story_start).tolist() == [size] + [1] * 100


def test_last_candidates_of_the_same_days_are_not_background() -> None:
    scores = np.array([[0.6] * 5 + [0.3] * 10])

    def listed(near: float, chance: float = 0.2) -> float:
        close = TimeProximity(np.full((1, 15), near, np.float32), np.full(1, chance, np.float32))
        return float(
            story_thresholds(NO_NEIGHBOURS[:1], scores, np.full(1, 600), 0, close).listed[0]
        )

    plain = float(thresholds(0.3).listed[0])
    assert listed(0.0) == listed(0.2) == listed(1.0, 1.0) == plain
    assert plain > listed(0.6) > listed(1.0)
    assert listed(1.0) == pytest.approx(float(thresholds(0.0).listed[0]))


def graph_of(*parts: Array) -> tuple[Array, Array]:
    """The 50 nearest of texts whose embeddings are made of `parts` (texts, any)."""
    vectors = np.hstack(parts)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -1)
    neighbours = np.argsort(-similarity, axis=1)[:, :50].astype(np.int32)
    scores = np.maximum(np.take_along_axis(similarity, neighbours, axis=1), 0)
    return neighbours, scores.astype(np.float32)


def directions(rng: np.random.Generator, texts: int, dimension: int) -> Array:
    found: Array = rng.normal(size=(texts, dimension))
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def stories_of(neighbours: Array, scores: Array) -> Array:
    thresholds = story_thresholds(neighbours, scores, np.full(len(scores), HEADLINE), 0)
    return detect_stories(neighbours, scores, thresholds, 0).story_of


@pytest.mark.parametrize("size", [25, 60, 120])
def test_a_stream_of_short_texts_is_grouped_into_its_large_stories(size: int) -> None:
    rng, of = np.random.default_rng(0), np.arange(12 * size) // size
    graph = graph_of(0.6 * np.eye(12)[of], 0.8 * directions(rng, len(of), 30))
    found = stories_of(*graph)
    assert np.bincount(found).tolist() == [size] * 12
    assert all(len(set(found[of == story].tolist())) == 1 for story in range(12))
    # The dates of the texts do not matter.
    days = time_proximity(graph[0], rng.permutation(len(of)) * DAY, NO_DATE)
    alone, dated = (
        story_thresholds(*graph, np.full(len(of), HEADLINE), 0, close).listed
        for close in (None, days)
    )
    assert dated.tolist() == alone.tolist()


def test_small_stories_of_overlapping_subjects_stay_small() -> None:
    rng, of = np.random.default_rng(0), np.arange(900) // 3
    subject, story = directions(rng, 300, 6)[of], directions(rng, 300, 100)[of]
    graph = graph_of(0.6 * subject, 0.6 * story, 0.53 * directions(rng, 900, 100))
    sizes = np.bincount(stories_of(*graph))
    assert len(sizes) > 295
    assert sizes.max() <= 6


def test_tight_small_stories_do_not_merge_into_separate_subjects() -> None:
    rng, of = np.random.default_rng(0), np.arange(1200) // 10
    subject, story = np.eye(6)[of // 20], directions(rng, 120, 100)[of]
    graph = graph_of(0.5 * subject, 0.75 * story, 0.43 * directions(rng, 1200, 100))
    found = stories_of(*graph)
    assert np.bincount(found).tolist() == [10] * 120


# The cut ratio.

SIDE = 5  # spots in a row


@st.composite
def grouped_graphs(draw: st.DrawFn) -> tuple[Array, Array, Array]:
    """Lists of any length with falling scores, and any groups."""
    texts, width = draw(st.integers(1, 12)), draw(st.integers(1, 9))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    neighbours = np.full((texts, width), -1, dtype=np.int32)
    for text in range(texts):
        others = rng.permutation(np.delete(np.arange(texts), text))
        count = int(rng.integers(0, min(width, texts - 1) + 1))
        neighbours[text, :count] = others[:count]
    scores = np.where(neighbours < 0, 0.0, -np.sort(-rng.random((texts, width)), axis=1))
    groups = np.unique(rng.integers(0, draw(st.integers(1, texts)), texts), return_inverse=True)[1]
    return neighbours, scores.astype(np.float32), groups.astype(np.int32)


@given(grouped_graphs(), st.integers(1, 5))
def test_the_cut_ratio_equals_a_count_pair_by_pair(
    drawn: tuple[Array, Array, Array], ends: int
) -> None:
    neighbours, scores, groups = (column.tolist() for column in drawn)
    total, cut, first, last = 0.0, 0.0, 0.0, 0.0
    for own, row, listed in zip(groups, neighbours, scores, strict=True):
        total += sum(score**2 for score in listed)
        cut += sum(
            score**2 for other, score in zip(row, listed, strict=True) if groups[other] != own
        )
        first += sum(listed[:ends])
        last += sum(listed[-ends:])
    found = cut_ratio(*drawn, ends)
    if first <= last:
        assert found == math.inf
    else:
        assert found == pytest.approx(cut / total / ((first - last) / first), rel=1e-4)


def plane(spots: Array, width: int) -> tuple[Array, Array]:
    """The graph of texts scattered around the `spots` (texts,) of a plane, which lie far apart."""
    scattered = np.random.default_rng(0).uniform(0, 1, (len(spots), 2))
    places = np.column_stack((spots % SIDE, spots // SIDE)) + 0.15 * scattered
    apart = np.linalg.norm(places[:, None] - places, axis=2)
    np.fill_diagonal(apart, np.inf)
    neighbours = np.argsort(apart, axis=1)[:, :width].astype(np.int32)
    near = np.take_along_axis(apart, neighbours, axis=1)
    scores = np.exp(-near / near[:, -1:]).astype(np.float32)
    return neighbours, scores


@pytest.mark.parametrize("width", [10, 20, 40])
@pytest.mark.parametrize("texts", [400, 1600])
def test_the_cut_ratio_distinguishes_separate_groups_from_arbitrary_ones_at_any_size(
    texts: int, width: int
) -> None:
    numbers, count = np.arange(texts), SIDE**2
    spots = numbers % count
    neighbours, scores = plane(spots, width)
    if width < texts / count:
        assert cut_ratio(neighbours, scores, spots, 5) == 0
    halves = spots + count * (numbers // count % 2)
    assert cut_ratio(neighbours, scores, halves, 5) > 0.7


@pytest.mark.parametrize(("texts", "width"), [(0, 0), (0, 5), (1, 0), (1, 5), (2, 1), (5, 9)])
def test_without_neighbours_the_cut_ratio_is_infinite(texts: int, width: int) -> None:
    neighbours = np.full((texts, width), -1, dtype=np.int32)
    scores, groups = np.zeros((texts, width), np.float32), np.arange(texts, dtype=np.int32)
    assert cut_ratio(neighbours, scores, groups, 5) == math.inf
