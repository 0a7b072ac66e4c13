"""Moments as numbers: microseconds since 1970 in UTC, as the store and the snapshot keep them."""

from datetime import UTC, datetime, timedelta

import numpy as np

__all__ = ["MICROSECONDS_A_DAY", "NO_DATE", "from_microseconds", "to_microseconds"]

NO_DATE = int(np.iinfo(np.int64).min)  # stands for a missing date; sorts before every other
MICROSECONDS_A_DAY = 86_400_000_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_microseconds(moment: datetime) -> int:
    """Microseconds since 1970 in UTC of a datetime that knows its time zone."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_microseconds(value: int) -> datetime:
    """The inverse of `to_microseconds`: a datetime in UTC."""
    # Seconds and microseconds are split here: timedelta takes as long to do it as for all else.
    return _EPOCH + timedelta(0, *divmod(value, 1_000_000))
