"""Re-ranking one article's candidates: each function against a slow one with the same result."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.scoring.rerank import (
    Candidates,
    Cap,
    log_decayed,
    log_differences,
    maximal_marginal_relevance,
    mmr_pool_size,
    newest_first,
    pairwise_scores,
    with_time_proximity,
    within_caps,
)
from recommender.scoring.time_proximity import HALF_DAYS, MIN_CHANCE, PROXIMITY_RANGE

NO_DATE = int(np.iinfo(np.int64).min)
DAY = 86_400_000_000
# Steps of a 64th are exact in float32, so the slow functions see the same ties.
step = st.integers(0, 64).map(lambda n: n / 64)
moment = st.integers(-400 * DAY, 400 * DAY) | st.just(NO_DATE)


@st.composite
def candidates(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, list[Cap]]:
    """A few candidates with falling scores, symmetric similarities, and some caps."""
    count = draw(st.integers(0, 8))
    scores = sorted(draw(st.lists(step, min_size=count, max_size=count)), reverse=True)
    similarity = np.zeros((count, count), dtype=np.float32)
    for i in range(count):
        similarity[i, i] = 1.0
        for j in range(i):
            similarity[i, j] = similarity[j, i] = draw(step)
    codes = st.lists(st.integers(-1, 2), min_size=count, max_size=count)
    taken = st.dictionaries(st.integers(0, 2), st.integers(0, 2), max_size=2)
    cap = st.builds(Cap, codes.map(np.array), st.integers(1, 3), taken)
    caps = draw(st.lists(cap, max_size=3))
    return np.array(scores, dtype=np.float32), similarity, caps


def fits(place: int, chosen: list[int], caps: list[Cap]) -> bool:
    """Whether one more candidate keeps within every cap."""
    return all(
        cap.codes[place] < 0
        or cap.taken.get(int(cap.codes[place]), 0)
        + sum(cap.codes[other] == cap.codes[place] for other in chosen)
        < cap.limit
        for cap in caps
    )


def slow_mmr(
    scores: np.ndarray, similarity: np.ndarray, diversity: float, k: int, caps: list[Cap]
) -> list[int]:
    """Maximal marginal relevance as Carbonell and Goldstein define it, all pairs at each step."""
    chosen: list[int] = []
    while len(chosen) < k:
        left = [p for p in range(len(scores)) if p not in chosen and fits(p, chosen, caps)]
        if not left:
            break
        gain = {
            p: (1 - diversity) * float(scores[p])
            - diversity * max((float(similarity[p, c]) for c in chosen), default=0.0)
            for p in left
        }
        chosen.append(max(left, key=lambda p: (gain[p], -p)))
    return chosen


@given(candidates(), st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), st.integers(0, 9))
def test_choices_are_those_of_maximal_marginal_relevance(
    given_: tuple[np.ndarray, np.ndarray, list[Cap]], diversity: float, k: int
) -> None:
    scores, similarity, caps = given_
    before = scores.copy()
    chosen = maximal_marginal_relevance(scores, similarity, diversity, k, caps)
    assert chosen == slow_mmr(scores, similarity, diversity, k, caps)
    assert np.array_equal(scores, before)  # scores may be a view of a memory-mapped file


@given(candidates(), st.sampled_from([0.0, 0.05, 0.5, 1.0]), st.integers(0, 8), st.integers(0, 8))
def test_choices_go_on_from_those_before(
    given_: tuple[np.ndarray, np.ndarray, list[Cap]], diversity: float, first: int, k: int
) -> None:
    scores, similarity, caps = given_
    before = maximal_marginal_relevance(scores, similarity, diversity, first, caps)
    rest = [place for place in range(len(scores)) if place not in before]
    left = [
        Cap(cap.codes[rest], cap.limit, Counter(cap.taken) + Counter(cap.codes[before].tolist()))
        for cap in caps
    ]
    nearest = similarity[np.ix_(rest, before)].max(axis=1) if before else None
    more = maximal_marginal_relevance(
        scores[rest], similarity[np.ix_(rest, rest)], diversity, k, left, nearest
    )
    wanted = maximal_marginal_relevance(scores, similarity, diversity, first + k, caps)
    assert [*before, *(rest[place] for place in more)] == wanted


@given(candidates(), st.integers(0, 9))
def test_without_diversity_relevance_alone_decides(
    given_: tuple[np.ndarray, np.ndarray, list[Cap]], k: int
) -> None:
    scores, similarity, caps = given_
    assert maximal_marginal_relevance(scores, similarity, 0.0, k) == list(
        range(min(k, len(scores)))
    )
    assert maximal_marginal_relevance(scores, similarity, 0.0, k, caps) == within_caps(
        len(scores), k, caps
    )


@given(candidates(), st.sampled_from([0.0, 0.02, 0.05, 0.25, 0.5, 1.0]), st.integers(1, 9))
def test_candidates_beyond_the_pool_are_never_chosen(
    given_: tuple[np.ndarray, np.ndarray, list[Cap]], diversity: float, k: int
) -> None:
    scores, similarity, _ = given_
    count = mmr_pool_size(scores, diversity, k)
    assert min(k, len(scores)) <= count <= len(scores)
    near = maximal_marginal_relevance(scores[:count], similarity[:count, :count], diversity, k)
    assert near == maximal_marginal_relevance(scores, similarity, diversity, k)


def test_the_pool_ends_where_no_penalty_could_make_up_for_the_score() -> None:
    scores = np.array([0.9, 0.8, 0.75, 0.7, 0.1], dtype=np.float32)
    assert mmr_pool_size(scores, 0.0, 2) == 2
    assert mmr_pool_size(scores, 0.05, 2) == 3
    assert mmr_pool_size(scores, 0.1, 2) == 4
    assert mmr_pool_size(scores, 1.0, 2) == 5


def test_a_second_article_on_a_story_makes_way_for_another_story() -> None:
    scores = np.array([0.9, 0.85, 0.6], dtype=np.float32)
    similarity = np.array([[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]], dtype=np.float32)
    assert maximal_marginal_relevance(scores, similarity, 0.1, 3) == [0, 1, 2]
    assert maximal_marginal_relevance(scores, similarity, 0.5, 3) == [0, 2, 1]


@given(candidates(), st.integers(0, 9))
def test_caps_are_never_exceeded_and_nothing_that_fits_is_passed_over(
    given_: tuple[np.ndarray, np.ndarray, list[Cap]], k: int
) -> None:
    scores, _, caps = given_
    chosen = within_caps(len(scores), k, caps)
    assert chosen == sorted(set(chosen))
    assert len(chosen) <= k
    for cap in caps:
        counted = Counter(int(cap.codes[place]) for place in chosen)
        taken = Counter(cap.taken)
        assert all(n + taken[code] <= cap.limit for code, n in counted.items() if code >= 0)
    for place in set(range(len(scores))) - set(chosen):
        before = [other for other in chosen if other < place]
        assert len(before) == k or not fits(place, before, caps)


def test_candidates_without_a_code_are_not_capped() -> None:
    cap = Cap(np.array([-1, 4, -1, 4, -1]), 1)
    assert within_caps(5, 5, [cap]) == [0, 1, 2, 4]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A graph of texts, its scores, and some of the texts without repetition."""
    texts, k = draw(st.integers(1, 7)), draw(st.integers(0, 4))
    neighbours = np.full((texts, k), -1, dtype=np.int32)
    scores = np.zeros((texts, k), dtype=np.float32)
    for text in range(texts):
        others = draw(st.permutations([t for t in range(texts) if t != text]))
        listed = others[: draw(st.integers(0, k))]
        neighbours[text, : len(listed)] = listed
        drawn_scores = draw(st.lists(step, min_size=len(listed), max_size=len(listed)))
        scores[text, : len(listed)] = sorted(drawn_scores, reverse=True)
    some = draw(st.lists(st.integers(0, texts - 1), max_size=9, unique=True))
    return neighbours, scores, np.array(some, dtype=np.int32)


@given(graphs())
def test_pairwise_scores_are_those_of_the_graph(
    graph: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    neighbours, scores, texts = graph
    edges = {
        (text, other): score
        for text, row in enumerate(zip(neighbours.tolist(), scores.tolist(), strict=True))
        for other, score in zip(*row, strict=True)
        if other >= 0
    }
    last = scores.min(axis=1, initial=1.0).tolist()

    def pair_score(i: int, j: int) -> float:
        found = [edges[pair] for pair in ((i, j), (j, i)) if pair in edges]
        return 1.0 if i == j else max(found, default=min(last[i], last[j]))

    wanted = [[pair_score(i, j) for j in texts.tolist()] for i in texts.tolist()]
    found = pairwise_scores(neighbours[texts], scores[texts], texts)
    assert found.dtype == np.float32
    assert found.tolist() == wanted


def test_texts_that_collide_in_the_hash_table_are_distinguished() -> None:
    size = 1 << 15
    neighbours = np.full((size + 2, 1), -1, dtype=np.int32)
    scores = np.zeros((size + 2, 1), dtype=np.float32)
    neighbours[0], scores[0] = size, 0.5
    neighbours[1], scores[1] = size, 0.25
    texts = np.array([0, size, 1], dtype=np.int32)
    found = pairwise_scores(neighbours[texts], scores[texts], texts)
    assert found.tolist() == [[1.0, 0.5, 0.25], [0.5, 1.0, 0.25], [0.25, 0.25, 1.0]]


@given(
    st.lists(st.tuples(st.floats(0, 1), moment), max_size=8),
    st.integers(-400 * DAY, 400 * DAY),
    st.floats(0, 1),
)
def test_scores_change_with_time_by_the_formula(
    items: list[tuple[float, int]], moment: int, weight: float
) -> None:
    scores = np.array([score for score, _ in items])
    published = np.array([date for _, date in items], dtype=np.int64)
    found = with_time_proximity(scores, published, moment, NO_DATE, weight)
    for value, (score, date) in zip(found.tolist(), items, strict=True):
        near = math.pow(2, -abs(date - moment) / DAY / HALF_DAYS)
        moved = weight / PROXIMITY_RANGE * (near - MIN_CHANCE) / (near + MIN_CHANCE)
        wanted = score if date == NO_DATE else score + moved
        assert value == pytest.approx(wanted, abs=1e-6)
        assert abs(value - score) <= weight + 1e-9


@given(
    st.lists(st.tuples(st.floats(0, 1), moment), min_size=2, max_size=8),
    st.integers(-400 * DAY, 400 * DAY),
    st.floats(0, 1),
)
def test_a_near_article_passes_no_score_that_is_more_than_the_weight_greater(
    items: list[tuple[float, int]], moment: int, weight: float
) -> None:
    scores = np.array([score for score, _ in items])
    published = np.array([date for _, date in items], dtype=np.int64)
    found = with_time_proximity(scores, published, moment, NO_DATE, weight)
    stronger = scores[:, None] > scores[None, :] + weight + 1e-9
    assert (found[:, None] > found[None, :])[stronger].all()


def test_scores_rise_within_six_days() -> None:
    dates = np.array([0, 6, 7, 8]) * DAY
    found = with_time_proximity(np.full(4, 0.5), dates, 0, NO_DATE, 0.1)
    assert found[0] > found[1] > 0.5 > found[2] > found[3] > 0.4


@given(
    st.lists(st.tuples(step, moment), max_size=8),
    st.integers(-400 * DAY, 400 * DAY),
    st.sampled_from([0.25, 1.0, 7.0, 30.0]),
)
def test_scores_decay_by_the_definition_of_a_half_life(
    items: list[tuple[float, int]], now: int, half_life: float
) -> None:
    scores = np.array([score for score, _ in items], dtype=np.float32)
    published = np.array([date for _, date in items], dtype=np.int64)
    known = [date for _, date in items if date != NO_DATE and date <= now + DAY]
    found = log_decayed(scores, published, now, NO_DATE, half_life)
    for (score, date), decayed in zip(items, found.tolist(), strict=True):
        right = date if date in known else min(known, default=now)
        halvings = max(now - right, 0) / DAY / half_life
        assert decayed == pytest.approx(math.log2(max(score, 2**-10)) - halvings)


def test_one_half_life_older_is_worth_half() -> None:
    scores, published = np.ones(4), np.array([0, -7 * DAY, -14 * DAY, NO_DATE])
    assert log_decayed(scores, published, 0, NO_DATE, 7.0).tolist() == [0, -1, -2, -2]


def test_scores_far_back_still_decay_and_still_count() -> None:
    days = np.array([-300, -300, -301]) * 365
    scores = np.array([0.9, 0.5, 0.9])
    found = log_decayed(scores, days * DAY, 0, NO_DATE, 1.0)
    assert np.diff(found) == pytest.approx([math.log2(0.5 / 0.9), math.log2(0.9 / 0.5) - 365])


def test_a_date_to_come_is_no_date() -> None:
    published = np.array([2 * DAY, DAY, 0, -7 * DAY])
    assert log_decayed(np.ones(4), published, 0, NO_DATE, 7.0).tolist() == [-1, 0, 0, -1]


def test_without_any_date_nothing_decays() -> None:
    scores = np.array([0.5, 0.25])
    assert log_decayed(scores, np.full(2, NO_DATE), 0, NO_DATE, 1.0).tolist() == [-1, -2]


@pytest.mark.parametrize("half_life", [1e-320, 1e-9, 1e9])
def test_any_positive_half_life_gives_finite_scores(half_life: float) -> None:
    found = log_decayed(np.ones(2), np.array([0, 400 * DAY]), 400 * DAY, NO_DATE, half_life)
    assert np.isfinite(found).all()
    assert found[1] == 0
    assert found[0] == pytest.approx(0, abs=1e-6) if half_life > 1 else found[0] < -1e6


@given(st.lists(st.tuples(step, step), min_size=2, max_size=6), st.sampled_from([0.0, 0.3, 1.0]))
def test_logarithms_weigh_as_powers_do(items: list[tuple[float, float]], diversity: float) -> None:
    scores = np.array([score for score, _ in items])
    similarity = np.array([near for _, near in items])
    logs = (1 - diversity) * log_decayed(scores, np.zeros(len(items)), 0, NO_DATE, 1.0)
    logs -= diversity * log_differences(similarity)
    floor = 2.0**-10
    for found, (score, near) in zip(logs.tolist(), items, strict=True):
        wanted = max(score, floor) ** (1 - diversity) * max(1 - near, floor) ** diversity
        assert 2**found == pytest.approx(wanted)


@given(st.lists(st.tuples(moment, step), max_size=8))
def test_the_newest_come_first_and_undated_ones_last(
    items: list[tuple[int, float]],
) -> None:
    published = np.array([date for date, _ in items], dtype=np.int64)
    scores = np.array([score for _, score in items], dtype=np.float32)
    wanted = sorted(range(len(items)), key=lambda n: (-items[n][0], -items[n][1]))
    assert newest_first(published, scores).tolist() == wanted


def test_candidates_are_taken_together() -> None:
    some = Candidates(np.array([4, 5, 6]), np.array([1, 2, 3]), np.array([0.9, 0.8, 0.7]))
    taken = some.take([2, 0])
    assert [column.tolist() for column in taken] == [[6, 4], [3, 1], [0.7, 0.9]]
    assert [column.tolist() for column in some.take([])] == [[], [], []]
