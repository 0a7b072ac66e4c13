"""Time proximity: how near in time two texts were published, compared with chance.

Two texts of one subject are often near in time by chance, since subjects come in bursts. What
counts is therefore how much nearer they are than expected.
"""

import math
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.dates import MICROSECONDS_A_DAY

__all__ = [
    "MIN_CHANCE",
    "PROXIMITY_RANGE",
    "TimeProximity",
    "chance_corrected",
    "chance_corrected_proximity",
    "proximity",
    "time_proximity",
]

HALF_DAYS = 2.0  # days after which proximity has fallen to half
# The expected proximity of two texts of one subject where the corpus covers a long time.
MIN_CHANCE = 0.1

# The constants of the tanh in `chance_corrected_proximity`.
_AT_ZERO = math.log(1.0 / MIN_CHANCE) / 2
# How far its values can lie apart: from -1 for distant moments to less than 1 for the same one.
PROXIMITY_RANGE = 1.0 + math.tanh(_AT_ZERO)
_PER_MICROSECOND = math.log(2.0) / (2 * HALF_DAYS * MICROSECONDS_A_DAY)


def proximity(days: Array) -> Array:
    """How near two moments are: 1 for the same one, half as much for each `HALF_DAYS` between.

    Args:
        days: The difference in days, of any shape and sign; NaN stays NaN.

    Returns:
        Proximities in [0, 1], of the same shape.

    Example:
        >>> proximity(np.array([0.0, 2.0, -4.0]))
        array([1.  , 0.5 , 0.25])
    """
    return np.exp2(np.abs(days) * (-1.0 / HALF_DAYS))


def chance_corrected(observed: Array, expected: Array | float) -> Array:
    """How far an observed proximity exceeds the expected one, in [-1, 1].

    If the same story and mere chance are equally likely a priori, the story has the posterior
    probability observed / (observed + expected). This is scaled from [0, 1] to [-1, 1].

    Args:
        observed: Proximities in [0, 1], of any shape.
        expected: The proximity expected by chance, in (0, 1], one number or of the same shape.

    Returns:
        Values of the same shape: 0 where both are equal, -1 where the observed proximity is 0.
    """
    return (observed - expected) / (observed + expected)


def chance_corrected_proximity(apart: Array) -> Array:
    """The `chance_corrected` proximity of two texts of one subject, in a single step.

    The expected proximity is `MIN_CHANCE`. (2^-x - c) / (2^-x + c) equals
    tanh((log(1/c) - x log 2) / 2).

    Args:
        apart: The difference in microseconds, of any shape and sign.

    Returns:
        Values in [-1, 1], of the same shape.
    """
    result: Array = np.abs(apart) * -_PER_MICROSECOND
    result += _AT_ZERO
    return np.tanh(result, out=result)


class TimeProximity(NamedTuple):
    """How near in time texts are to their neighbours.

    Attributes:
        proximity: (texts, k) float32, the proximity of a text and its neighbour; NaN where one has
            no date or there is no neighbour.
        expected: (texts,) float32 in (0, 1], the expected proximity of a text and another one of
            its subject: 1 in a corpus of one day; NaN for a text without a date.
    """

    proximity: Array
    expected: Array

    @property
    def chance_corrected(self) -> Array:
        """(texts, k) float32 in [-1, 1], 0 where a date is missing; see the function."""
        return np.nan_to_num(chance_corrected(self.proximity, self.expected[:, None]), copy=False)

    def crowding(self, last: int) -> Array:
        """How many of a text's last neighbours are from its own days, beyond chance.

        An agreement corrected for chance (Cohen 1960): (observed - expected) / (1 - expected).

        Args:
            last: The number of last neighbours to look at.

        Returns:
            (texts,) float32, from 0 (at most as near in time as expected) to 1 (all at the same
            moment); 0 for a text without a date.
        """
        room = 1.0 - self.expected
        observed = self.proximity[:, -last:]
        excess = np.nan_to_num(observed - self.expected[:, None]).sum(axis=1)
        excess = excess / max(observed.shape[1], 1)
        agreement = np.nan_to_num(excess / np.where(room > 0, room, 1.0))
        crowding: Array = np.clip(agreement, 0.0, 1.0).astype(np.float32)
        return crowding


def time_proximity(neighbours: Array, published: Array, no_date: int) -> TimeProximity:
    """How near in time the texts of a graph are to their neighbours.

    Args:
        neighbours: (texts, k) int32, -1 for none.
        published: (texts,) int64, microseconds since the epoch.
        no_date: The value of `published` for an unknown date.

    Returns:
        The proximities, and those expected by chance.
    """
    dated = published != no_date
    # Counted from the median date, around which float32 resolves minutes.
    middle = int(np.median(published[dated])) if dated.any() else 0
    days = np.full(len(published) + 1, np.nan, dtype=np.float32)  # the neighbour -1 reads the last
    days[:-1][dated] = (published[dated] - middle) / MICROSECONDS_A_DAY
    near = proximity(days[neighbours] - days[:-1, None])
    expected = MIN_CHANCE + (1.0 - MIN_CHANCE) * _share_within_window(days[:-1])
    return TimeProximity(near, expected)


def _share_within_window(days: Array) -> Array:
    """The share of other dated texts within a time window around each, (texts,) float32.

    The window reaches as far to each side as the integral of `proximity` on that side.
    """
    window = HALF_DAYS / np.log(2.0)
    ordered = np.sort(days[~np.isnan(days)])
    first = np.searchsorted(ordered, days - window, side="left")
    last = np.searchsorted(ordered, days + window, side="right")
    share = (last - first - 1) / max(len(ordered) - 1, 1)
    return np.where(np.isnan(days), np.nan, share).astype(np.float32)
