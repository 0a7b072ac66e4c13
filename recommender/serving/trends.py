"""Trends: how many articles each story or topic has a day, and which have far more than usual."""

from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.dates import MICROSECONDS_A_DAY, NO_DATE

__all__ = ["DAYS", "DailyCounts", "burst_scores", "daily_counts", "daily_curve", "trending_groups"]

DAYS = 28
HALF_LIFE = 7.0  # days: the last week says as much about what is usual as all weeks before it
BIAS = 1.0  # articles; keeps the burst of a group with few articles down
RECENT = 2  # days; at night the current day has only just begun, so the day before counts too
MIN_BURST = 3.0


class DailyCounts(NamedTuple):
    """Articles per UTC day and group. Only the days on which a group has articles are stored.

    Attributes:
        first: The window's first day, in days since 1970.
        totals: All articles of each day, those without a group too, (days,) int64.
        start: Group → its slice of `day` and `articles`, (groups + 1,) int64.
        day: Days since `first`, ascending in each slice, (entries,) int32.
        articles: How many articles the group has on that day, (entries,) int32.
    """

    first: int
    totals: Array
    start: Array
    day: Array
    articles: Array


def daily_counts(
    published: Array, group_of: Array, groups: int, until: int, days: int = DAYS
) -> DailyCounts:
    """Count the articles of each group on each UTC day of a window.

    Args:
        published: (articles,) int64, microseconds since 1970 UTC, `NO_DATE` for none.
        group_of: (articles,) int32, the group of each article, -1 for none.
        groups: How many groups there are.
        until: The end of the window, in microseconds since 1970 UTC; later articles do not count.
        days: How many days the window has; the last one is that of `until`.

    Returns:
        The counts.

    Raises:
        ValueError: The arrays do not match, a group is `groups` or more, or there is no day.
    """
    if published.shape != group_of.shape or published.ndim != 1:
        raise ValueError(
            "dates and groups should be given for the same articles, and come as arrays of shape "
            f"{published.shape} and {group_of.shape}"
        )
    if group_of.size and not (group_of.min() >= -1 and group_of.max() < groups):
        raise ValueError(f"an article's group lies outside -1..{groups - 1}")
    if days < 1:
        raise ValueError(f"a window should have a day or more, not {days}")
    first = until // MICROSECONDS_A_DAY - days + 1
    dated = (published != NO_DATE) & (published <= until)
    dated[dated] = published[dated] // MICROSECONDS_A_DAY >= first
    day = published[dated] // MICROSECONDS_A_DAY - first
    grouped = group_of[dated] >= 0
    key = group_of[dated][grouped].astype(np.int64) * days + day[grouped]
    entries, count = np.unique(key, return_counts=True)
    group, of_day = np.divmod(entries, days)
    start = np.concatenate(([0], np.cumsum(np.bincount(group, minlength=groups)))).astype(np.int64)
    totals = np.bincount(day, minlength=days)
    return DailyCounts(first, totals, start, of_day.astype(np.int32), count.astype(np.int32))


def daily_curve(daily: DailyCounts, group: int) -> Array:
    """Articles of one group on each day of the window.

    Args:
        daily: The counts.
        group: The group.

    Returns:
        (days,) int32, the first day first.
    """
    entries = slice(daily.start[group], daily.start[group + 1])
    curve = np.zeros(len(daily.totals), dtype=np.int32)
    curve[daily.day[entries]] = daily.articles[entries]
    return curve


def burst_scores(daily: DailyCounts, half_life: float = HALF_LIFE) -> Array:
    """How far the articles of each group are above what is usual for it.

    The score is the greatest significance of the last `RECENT` days, each compared with the days
    before it:

        (x - max(mean, BIAS)) / (deviation + BIAS)

    for x articles. This is the significance of SigniTrend (Schubert, Weiler & Kriegel, KDD 2014,
    section 4), with its exponentially weighted mean and variance, and with its bias, which keeps
    groups of few articles down. Three things are different here:

    - The weights are normalised, because a window of weeks is short where a stream runs for months.
    - What is usual is a share of the day's articles, so that weekends, and days that have only
      just begun, do not look unusual.
    - The variance is at least that of a Poisson variable, because chance alone makes counts of
      articles vary that much.

    A group with a constant share of each day has 0, and so has a group without dates. All have 0
    where the window has no earlier day with articles. If all articles of a day double, the expected
    counts double too, and nothing bursts. If all counts of all days are larger, so are the scores:
    20 articles instead of 10 say more than 2 instead of 1. The score then grows about with the root
    of the factor while chance dominates the deviation, and not at all where the group itself is
    unsteady.

    Args:
        daily: The counts.
        half_life: Days after which a day counts for half as much.

    Returns:
        (groups,) float32, 0 or more.
    """
    last = len(daily.totals)
    scores = np.zeros(len(daily.start) - 1)
    for day in range(max(0, last - RECENT), last):
        if not daily.totals[:day].any():
            continue  # these are the first of all articles: what is usual is not known
        np.maximum(scores, _significance(daily, day, half_life), out=scores)
    return scores.astype(np.float32)


def trending_groups(scores: Array, min_burst: float = MIN_BURST) -> Array:
    """The groups that are trends.

    Args:
        scores: The burst score of each group, (groups,).
        min_burst: The least score of a trend. By the default that is about three deviations; a
            story without earlier articles needs four in a day.

    Returns:
        The groups with a score of `min_burst` or more and above 0, int32, the greatest score first,
        ties by number.
    """
    order = np.argsort(-scores, kind="stable").astype(np.int32)
    return order[(scores[order] >= min_burst) & (scores[order] > 0)]


def _significance(daily: DailyCounts, day: int, half_life: float) -> Array:
    """Significance of each group on one day, (groups,) float64; negative where it has few articles.

    There must be articles before that day.
    """
    groups = len(daily.start) - 1
    group = np.repeat(np.arange(groups), np.diff(daily.start))
    before, on = daily.day < day, daily.day == day
    weight = 0.5 ** ((day - np.arange(day)) / half_life)
    totals = daily.totals[:day].astype(float)
    w, n, t = weight[daily.day[before]], daily.articles[before], totals[daily.day[before]]

    def summed(values: Array) -> Array:
        return np.bincount(group[before], weights=values, minlength=groups)

    seen = summed(w * n)
    share = seen / (weight @ totals)
    # The weighted sum of (n - share t)² over all days, although only days with articles are stored.
    squares = summed(w * n * n) - 2 * share * summed(w * n * t) + share**2 * (weight @ totals**2)
    dispersion = np.divide(squares, seen, out=np.ones(groups), where=seen > 0)
    mean = share * daily.totals[day]
    deviation = np.sqrt(np.maximum(dispersion, 1.0) * mean)  # 1 is that of a Poisson variable
    x = np.bincount(group[on], weights=daily.articles[on], minlength=groups)
    significance: Array = (x - np.maximum(mean, BIAS)) / (deviation + BIAS)
    return significance
