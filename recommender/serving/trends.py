"""Trends: articles per day of each story or topic, and which of them burst."""

from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.dates import MICROSECONDS_A_DAY, NO_DATE

__all__ = ["Daily", "bursts", "daily_counts", "days_of", "trending"]

DAYS = 28
HALF_LIFE = 7.0  # days: of what is usual, last week counts for as much as all before it
BIAS = 1.0  # articles: the burst of a group that hardly is
RECENT = 2  # days: a night's run meets a day that has hardly begun, so the one before counts too
LEAST = 3.0


class Daily(NamedTuple):
    """Articles per UTC day and group; only days with articles are held.

    `first`: the window's first day, in days since 1970. `totals` (days,) int64: all articles of
    each day, those of no group too. `start` (groups + 1,) int64: group → its slice of `day`
    (entries,) int32, days since `first`, ascending, and `articles` (entries,) int32, how many.
    """

    first: int
    totals: Array
    start: Array
    day: Array
    articles: Array


def daily_counts(
    published: Array, group_of: Array, groups: int, until: int, days: int = DAYS
) -> Daily:
    """Count the articles of each group on each of the `days` UTC days that end with `until`'s.

    `published` (articles,) int64, microseconds since 1970 UTC, `NO_DATE` for none; `group_of`
    (articles,) int32, -1 for none. What is published after `until` (microseconds) is not counted.

    Raises:
        ValueError: the arrays do not match, a group is `groups` or more, or there is no day.
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
    return Daily(first, totals, start, of_day.astype(np.int32), count.astype(np.int32))


def days_of(daily: Daily, group: int) -> Array:
    """Articles of one group on each day of the window, (days,) int32, as a curve shows them."""
    entries = slice(daily.start[group], daily.start[group + 1])
    curve = np.zeros(len(daily.totals), dtype=np.int32)
    curve[daily.day[entries]] = daily.articles[entries]
    return curve


def bursts(daily: Daily, half_life: float = HALF_LIFE) -> Array:
    """How far each group is above what is usual for it, (groups,) float32, from 0.

    The greatest significance of the last `RECENT` days, each compared with the days before it:

        (x - max(mean, BIAS)) / (deviation + BIAS)

    for x articles, which is the significance of SigniTrend (Schubert, Weiler & Kriegel, KDD 2014,
    section 4) with its exponentially weighted mean and variance and its bias, which keeps groups of
    few articles down. Three things are ours. The weights are normalised, as a window of weeks needs
    where a stream of months does not. What is usual is a share of the day's articles, so weekends
    and days that have just begun are no news. And the variance is at least that of a Poisson
    variable: chance alone makes counts of articles that unsteady.

    A group whose share of the day is constant has 0, and so has one without dates; so have all
    where the window holds no earlier day with articles. A factor on all
    articles of a day changes what is expected by that factor, so a day on which everything doubles
    is no burst. A factor on all counts of all days is not without effect, and should not be: 20
    articles instead of 10 say more than 2 instead of 1. The score is about in proportion to the
    factor's root while chance dominates the deviation, and does not depend on the factor where the
    group's own unsteadiness does.
    """
    last = len(daily.totals)
    scores = np.zeros(len(daily.start) - 1)
    for day in range(max(0, last - RECENT), last):
        if not daily.totals[:day].any():
            continue  # the first of all articles: nothing is known to be unusual
        np.maximum(scores, _significance(daily, day, half_life), out=scores)
    return scores.astype(np.float32)


def trending(scores: Array, least: float = LEAST) -> Array:
    """Groups whose burst is `least` or more and above 0, int32, the greatest first.

    Ties go to the lower number. By the default about three deviations are a trend; a story that
    was not there before needs four articles in a day.
    """
    order = np.argsort(-scores, kind="stable").astype(np.int32)
    return order[(scores[order] >= least) & (scores[order] > 0)]


def _significance(daily: Daily, day: int, half_life: float) -> Array:
    """Of each group on one day of the window, (groups,) float64; negative where it is below.

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
    # The weighted sum of (n - share t)² over all days, though days without articles are not held.
    squares = summed(w * n * n) - 2 * share * summed(w * n * t) + share**2 * (weight @ totals**2)
    dispersion = np.divide(squares, seen, out=np.ones(groups), where=seen > 0)
    mean = share * daily.totals[day]
    deviation = np.sqrt(np.maximum(dispersion, 1.0) * mean)  # 1: a Poisson variable
    x = np.bincount(group[on], weights=daily.articles[on], minlength=groups)
    significance: Array = (x - np.maximum(mean, BIAS)) / (deviation + BIAS)
    return significance
