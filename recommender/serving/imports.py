"""Imports: many pieces of one source within minutes, which tell nothing about their own days.

Who takes an archive over, or moves to another system, may stamp every piece with the moment at
which it was read in. Such pieces are no burst of news.
"""

from collections import defaultdict

import numpy as np

from recommender._typing import Array
from recommender.dates import MICROSECONDS_A_DAY, NO_DATE
from recommender.snapshot.schema import Arrays

__all__ = ["countable_rows", "imported"]

MINUTES = 10
LEAST = 6  # articles in so many minutes; a desk that covers an event writes fewer
TIMES_USUAL = 3  # how often the usual they must be

_SPAN = MINUTES * 60 * 1_000_000  # microseconds


def countable_rows(arrays: Arrays, rows: Array, now: int, days: int) -> Array:
    """The rows whose dates tell when news was published, of the last days.

    Args:
        arrays: The arrays of the snapshot.
        rows: The rows to choose from, (n,).
        now: The present moment, in microseconds since 1970 UTC. A later date is wrong, and must not
            move the window away from the others.
        days: How many days before the newest of the other dates count.

    Returns:
        The rows, without undated ones and those that seem to be imported.
    """
    published = arrays.published.take(rows)
    past = (published != NO_DATE) & (published <= now)
    if not past.any():
        return rows[:0]
    newest = int(published[past].max())
    rows = rows.compress(past & (published > newest - days * MICROSECONDS_A_DAY))
    return rows.compress(~imported(arrays.published.take(rows), arrays.source.take(rows)))


def imported(published: Array, source: Array) -> Array:
    """Which articles seem to be stamped with the moment of an import.

    They are `LEAST` or more of one source within `MINUTES`, and more than `TIMES_USUAL` times as
    many as is usual: as the median, over the source's other days with articles, of the most in so
    many minutes. So an agency, a paper that publishes all pages at six in the morning, and a weekly
    are not taken for an import. Nor are dates at midnight in UTC, which have no time of day.

    Args:
        published: (articles,) int64, microseconds since 1970 UTC, all known.
        source: (articles,) int32, the source of each article; -1 for none, which counts as one.

    Returns:
        (articles,) bool.

    Example:
        >>> minute, day = 60 * 1_000_000, 24 * 3600 * 1_000_000
        >>> moments = np.array([9 * day + 1, *(20 * day + n * minute for n in range(1, 9))])
        >>> imported(moments, np.zeros(9, dtype=np.int32)).tolist()
        [False, True, True, True, True, True, True, True, True]
    """
    found = np.zeros(len(published), dtype=bool)
    timed = np.flatnonzero(published % MICROSECONDS_A_DAY)
    if len(timed) < LEAST:
        return found
    timed = timed[np.lexsort((published[timed], source[timed]))]
    moment, of = published[timed] - published[timed].min(), source[timed].astype(np.int64) + 1
    # Sources follow each other on one axis, so far apart that no span reaches the next.
    axis = of * (int(moment.max()) + 2 * _SPAN) + moment
    first = np.searchsorted(axis, axis - _SPAN)
    within = np.arange(len(axis)) - first + 1  # articles of the source in the span up to each
    day = published[timed] // MICROSECONDS_A_DAY
    new_day = np.flatnonzero(np.diff(of, prepend=-1) | np.diff(day, prepend=day[0] - 1))
    busiest = np.maximum.reduceat(within, new_day)
    for run in _unusual(of[new_day], busiest):
        end = new_day[run + 1] if run + 1 < len(new_day) else len(axis)
        for place in np.flatnonzero(within[new_day[run] : end] >= LEAST) + new_day[run]:
            found[timed[first[place] : place + 1]] = True
    return found


def _unusual(source: Array, busiest: Array) -> list[int]:
    """Which days of sources are far busier than is usual for that source.

    `source` says whose each day is, and `busiest` how many articles its busiest minutes have.
    """
    days: dict[int, list[int]] = defaultdict(list)
    for number, of in enumerate(source.tolist()):
        days[of].append(number)
    unusual = []
    for number in np.flatnonzero(busiest >= LEAST).tolist():
        others = [busiest[day] for day in days[int(source[number])] if day != number]
        usual = float(np.median(others)) if others else 0.0
        if busiest[number] > TIMES_USUAL * usual:
            unusual.append(number)
    return unusual
