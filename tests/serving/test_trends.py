"""Trends: articles are counted on their days, and only what is unusual is a trend."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender._typing import Array
from recommender.dates import NO_DATE
from recommender.serving.trends import (
    DailyCounts,
    burst_scores,
    daily_counts,
    daily_curve,
    trending_groups,
)

DAY = 86_400_000_000
UNTIL = 20_600 * DAY + 3 * 3_600_000_000  # three in the morning
TODAY = UNTIL // DAY


def daily(curves: Array, until: int = 20_600 * DAY + DAY - 1) -> DailyCounts:
    """From articles per group and day, (groups, days); the last day is that of `until`."""
    groups, days = curves.shape
    group, day = np.repeat(np.indices(curves.shape).reshape(2, -1), curves.ravel(), axis=1)
    published = (until // DAY - days + 1 + day) * DAY
    return daily_counts(published, group.astype(np.int32), groups, until, days)


def rest(days: int = 28, each: int = 50) -> Array:
    """The rest of the news, so that one group's burst is not the whole day's."""
    return np.full((1, days), each)


articles = st.lists(
    st.tuples(st.none() | st.integers(-40 * DAY, 5 * DAY), st.integers(-1, 4)), max_size=60
)


@given(articles, st.integers(1, 30))
def test_counts_are_those_of_a_slow_count(drawn: list[tuple[int | None, int]], days: int) -> None:
    published = np.array([NO_DATE if at is None else UNTIL + at for at, _ in drawn], dtype=np.int64)
    group_of = np.array([group for _, group in drawn], dtype=np.int32)
    found = daily_counts(published, group_of, 5, UNTIL, days)
    expected = Counter(
        (group, (UNTIL + at) // DAY - found.first)
        for at, group in drawn
        if at is not None and at <= 0 and (UNTIL + at) // DAY > TODAY - days
    )
    assert found.first == TODAY - days + 1
    for group in range(5):
        curve = daily_curve(found, group)
        assert curve.tolist() == [expected[group, day] for day in range(days)]
        assert curve.dtype == np.int32
    assert found.totals.tolist() == [
        sum(expected[group, day] for group in range(-1, 5)) for day in range(days)
    ]
    assert (found.articles > 0).all()
    assert found.start.tolist()[-1] == len(found.day) == len(found.articles)


def test_a_day_begins_at_midnight_utc_and_ends_before_the_next_even_before_1970() -> None:
    published = np.array([-1, 0, DAY - 1, DAY, -DAY, -DAY - 1], dtype=np.int64)
    found = daily_counts(published, np.zeros(6, dtype=np.int32), 1, DAY, 3)
    assert found.first == -1
    assert daily_curve(found, 0).tolist() == [2, 2, 1]


def test_articles_of_the_future_are_not_counted() -> None:
    published = np.array([UNTIL, UNTIL + 1], dtype=np.int64)
    assert daily_counts(published, np.zeros(2, np.int32), 1, UNTIL).totals.sum() == 1


@given(st.integers(1, 200), st.integers(2, 60))
def test_a_constant_rate_has_a_burst_of_about_zero(rate: int, days: int) -> None:
    curves = np.concatenate((np.full((1, days), rate), rest(days)))
    assert burst_scores(daily(curves)) == pytest.approx(0, abs=1e-4)


@given(st.lists(st.integers(1, 9), min_size=28, max_size=28))
def test_a_constant_share_has_a_burst_of_about_zero_on_any_days(factors: list[int]) -> None:
    # Weekends, holidays, days on which everything doubles.
    curves = np.array([[3], [1], [12]]) * np.array(factors)
    assert burst_scores(daily(curves)) == pytest.approx(0, abs=1e-4)


def test_chance_alone_is_hardly_ever_a_trend() -> None:
    rng = np.random.default_rng(0)
    rates = np.repeat([0.02, 0.2, 1, 5, 20], 400)
    scores = burst_scores(daily(rng.poisson(rates[:, None], (2000, 28))))
    assert len(trending_groups(scores)) <= 10
    assert scores.mean() < 0.5


@pytest.mark.parametrize("days_ago", [0, 1])
@pytest.mark.parametrize(
    ("rate", "size"), [(0.0, 6), (0.3, 6), (0.0, 15), (0.3, 15), (3.0, 15), (3.0, 60)]
)
def test_a_planted_burst_comes_first(size: int, days_ago: int, rate: float) -> None:
    rng = np.random.default_rng(1)
    curves = rng.poisson(rng.uniform(0.01, 5, 300)[:, None], (300, 28))
    curves[7] = rng.poisson(rate, 28)
    curves[7, 27 - days_ago] += size
    scores = burst_scores(daily(curves))
    assert scores.argmax() == 7
    assert trending_groups(scores, 2)[0] == 7


def test_a_burst_ends_with_its_days() -> None:
    curves = np.concatenate((np.zeros((1, 28), np.int64), rest()))
    curves[0, 25] = 20
    assert burst_scores(daily(curves))[0] == 0
    curves[0, 26:] = 20  # it goes on: usual by now, but less so than before
    fresh = curves.copy()
    fresh[0, 25] = 0
    assert 0 < burst_scores(daily(curves))[0] < burst_scores(daily(fresh))[0]


def test_the_score_is_that_of_the_formula() -> None:
    rng = np.random.default_rng(5)
    curves = rng.poisson(2, (6, 28)) * rng.integers(0, 4, (6, 28))
    curves[0, -1] += 9
    total = curves.sum(axis=0)
    expected = np.zeros(6)
    for day in (26, 27):
        for group, curve in enumerate(curves):
            weight = [0.5 ** ((day - d) / 7) for d in range(day)]
            seen = sum(w * n for w, n in zip(weight, curve, strict=False))
            share = seen / sum(w * t for w, t in zip(weight, total, strict=False))
            mean = share * total[day]
            square = sum(
                w * (n - share * t) ** 2 for w, n, t in zip(weight, curve, total, strict=False)
            )
            deviation = (max(1, square / seen) * mean) ** 0.5
            score = (curve[day] - max(mean, 1)) / (deviation + 1)
            expected[group] = max(expected[group], score)
    assert burst_scores(daily(curves)) == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_the_score_of_a_new_group_is_one_less_than_its_articles() -> None:
    curves = np.concatenate((np.zeros((3, 28), np.int64), rest()))
    curves[:3, -1] = [1, 4, 20]
    assert burst_scores(daily(curves))[:3] == pytest.approx([0, 3, 19])


def test_the_score_grows_with_the_root_of_a_factor_while_chance_dominates() -> None:
    quiet = np.concatenate((np.full((1, 28), 100), rest(each=10_000)))
    quiet[0, -1] = 150
    assert burst_scores(daily(quiet * 4))[0] == pytest.approx(
        2 * burst_scores(daily(quiet))[0], rel=0.1
    )
    wild = np.concatenate((np.tile([20, 180], 14)[None], rest(each=10_000)))
    wild[0, -1] = 400
    assert burst_scores(daily(wild * 4))[0] == pytest.approx(burst_scores(daily(wild))[0], rel=0.03)


def test_groups_without_dates_have_no_burst_and_are_not_listed() -> None:
    group_of = np.array([0, 0, 0, 1, 1, -1, -1], dtype=np.int32)
    published = np.array([NO_DATE] * 3 + [UNTIL] * 3 + [UNTIL - 9 * DAY], dtype=np.int64)
    scores = burst_scores(daily_counts(published, group_of, 3, UNTIL))
    assert scores.dtype == np.float32
    assert scores.tolist() == [0, 1, 0]
    assert trending_groups(scores, 0).tolist() == [1]
    assert trending_groups(scores).tolist() == []


def test_at_three_in_the_morning_yesterdays_burst_is_found() -> None:
    curves = np.concatenate((np.full((4, 28), 20), rest()))
    curves[2, -2] = 60
    curves[:, -1] //= 10
    scores = burst_scores(daily(curves))
    assert trending_groups(scores).tolist() == [2]
    assert scores[[0, 1, 3]] == pytest.approx(0, abs=0.5)


@given(st.permutations(range(5)))
def test_scores_do_not_depend_on_the_numbers_of_groups(order: list[int]) -> None:
    curves = np.random.default_rng(2).poisson(2, (5, 28))
    curves[3, -1] = 12
    assert (
        burst_scores(daily(curves[order])).tolist() == burst_scores(daily(curves))[order].tolist()
    )


@given(st.integers(0, 99))
def test_scores_do_not_depend_on_the_order_of_articles(seed: int) -> None:
    rng = np.random.default_rng(seed)
    published = UNTIL - rng.integers(0, 30 * DAY, 200)
    group_of = rng.integers(-1, 6, 200).astype(np.int32)
    first = daily_counts(published, group_of, 6, UNTIL)
    order = rng.permutation(200)
    second = daily_counts(published[order], group_of[order], 6, UNTIL)
    assert [np.asarray(a).tolist() for a in first] == [np.asarray(b).tolist() for b in second]


def test_trends_are_listed_greatest_first_and_ties_by_number() -> None:
    scores = np.array([3, 0, 7, 3, 2.9, 7], dtype=np.float32)
    found = trending_groups(scores)
    assert found.tolist() == [2, 5, 0, 3]
    assert found.dtype == np.int32
    assert trending_groups(scores, 7).tolist() == [2, 5]


@pytest.mark.parametrize("groups", [0, 3])
def test_without_articles_nothing_bursts(groups: int) -> None:
    none = np.empty(0, dtype=np.int64)
    found = daily_counts(none, none.astype(np.int32), groups, UNTIL)
    assert burst_scores(found).tolist() == [0] * groups
    assert trending_groups(burst_scores(found)).tolist() == []


@pytest.mark.parametrize("days", [1, 2, 28])
def test_nothing_bursts_on_the_first_day_of_all(days: int) -> None:
    curves = np.zeros((2, days), dtype=np.int64)
    curves[:, -1] = [5, 50]
    assert burst_scores(daily(curves)).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("published", "group_of", "days", "message"),
    [
        ([0, 0], [0], 28, r"same articles.*\(2,\) and \(1,\)"),
        ([0], [2], 28, r"outside -1\.\.1"),
        ([0], [-2], 28, r"outside -1\.\.1"),
        ([0], [0], 0, r"a day or more, not 0"),
    ],
)
def test_arrays_that_do_not_match_are_refused(
    published: list[int], group_of: list[int], days: int, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        daily_counts(np.array(published), np.array(group_of), 2, UNTIL, days)
