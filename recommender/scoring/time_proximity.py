"""Closeness: how near in time texts were published, against what chance would bring."""

import math
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.dates import MICROSECONDS_A_DAY

__all__ = [
    "MIN_CHANCE",
    "TimeProximity",
    "chance_corrected",
    "chance_corrected_proximity",
    "proximity",
    "time_proximity",
]

HALF_DAYS = 2.0
# Subjects come in bursts: of two accounts of one, so many are near in time for no other reason.
MIN_CHANCE = 0.1

_EVEN = math.log(1.0 / MIN_CHANCE) / 2
_FADING = math.log(2.0) / (2 * HALF_DAYS * MICROSECONDS_A_DAY)


def proximity(days: Array) -> Array:
    """How near two moments are that lie so many `days` apart: 1, and half for each `HALF_DAYS`."""
    return np.exp2(np.abs(days) * (-1.0 / HALF_DAYS))


def chance_corrected(near: Array, chance: Array | float) -> Array:
    """From 1, near where hardly any are, through 0, as near as any, to -1, far apart.

    Where one story and chance were as likely before, it is the first's likelihood by what is now
    known, near / (near + chance), put from -1 to 1.
    """
    return (near - chance) / (near + chance)


def chance_corrected_proximity(apart: Array) -> Array:
    """`beyond_chance` of two accounts of one subject so many microseconds `apart`, in few steps.

    For (2^-x - c) / (2^-x + c) is tanh((log(1 / c) - x log 2) / 2).
    """
    near: Array = np.abs(apart) * -_FADING
    near += _EVEN
    return np.tanh(near, out=near)


class TimeProximity(NamedTuple):
    """How near in time texts are to their neighbours.

    `near` (texts, k) float32 is the nearness of two texts, and not a number where one of them has
    no date or there is no neighbour. `chance` (texts,) float32 in (0, 1] is how near a text is to
    any other of its subject, 1 of a corpus of one day; not a number where it has no date.
    """

    proximity: Array
    expected: Array

    @property
    def chance_corrected(self) -> Array:
        """(texts, k) float32, 0 where a date is lacking; see the function."""
        return np.nan_to_num(chance_corrected(self.proximity, self.expected[:, None]), copy=False)

    def crowding(self, last: int) -> Array:
        """How far a text's `last` neighbours are of its own days, more than chance has it.

        (texts,) float32 from 0 to 1: an agreement corrected for chance (Cohen 1960). One without a
        date agrees no more than by chance.
        """
        most = 1.0 - self.expected
        near = self.proximity[:, -last:]
        beyond = np.nan_to_num(near - self.expected[:, None]).sum(axis=1) / max(near.shape[1], 1)
        agreed = np.nan_to_num(beyond / np.where(most > 0, most, 1.0))
        crowding: Array = np.clip(agreed, 0.0, 1.0).astype(np.float32)
        return crowding


def time_proximity(neighbours: Array, published: Array, no_date: int) -> TimeProximity:
    """The closeness of the neighbours of the graph, (texts, k) rows, -1 where there are fewer.

    `published` (texts,) int64 is in microseconds, `no_date` where it is not known.
    """
    dated = published != no_date
    # Counted from the middle one, for which float32 tells minutes.
    middle = int(np.median(published[dated])) if dated.any() else 0
    days = np.full(len(published) + 1, np.nan, dtype=np.float32)  # the last for no neighbour
    days[:-1][dated] = (published[dated] - middle) / MICROSECONDS_A_DAY
    near = proximity(days[neighbours] - days[:-1, None])
    return TimeProximity(near, MIN_CHANCE + (1.0 - MIN_CHANCE) * _share_within(days[:-1]))


def _share_within(days: Array) -> Array:
    """The share of other dated texts within a window around each, (texts,) float32.

    The window is as wide as what the curve of nearness adds up to.
    """
    window = HALF_DAYS / np.log(2.0)
    ordered = np.sort(days[~np.isnan(days)])
    first = np.searchsorted(ordered, days - window, side="left")
    last = np.searchsorted(ordered, days + window, side="right")
    share = (last - first - 1) / max(len(ordered) - 1, 1)
    return np.where(np.isnan(days), np.nan, share).astype(np.float32)
