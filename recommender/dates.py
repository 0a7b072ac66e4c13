"""Moments as numbers: microseconds since 1970 in UTC, as the store and the snapshot keep them."""

from datetime import UTC, datetime, timedelta

import numpy as np

__all__ = ["MICROSECONDS_A_DAY", "NO_DATE", "from_microseconds", "to_microseconds"]

NO_DATE = int(np.iinfo(np.int64).min)  # stands for a missing date; sorts before every other
MICROSECONDS_A_DAY = 86_400_000_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_microseconds(moment: datetime) -> int:
    """Microseconds since 1970 in UTC.

    Args:
        moment: A datetime with a time zone.

    Returns:
        The number of microseconds; negative before 1970.

    Example:
        >>> to_microseconds(datetime(1970, 1, 2, tzinfo=UTC)) == MICROSECONDS_A_DAY
        True
    """
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_microseconds(value: int) -> datetime:
    """The inverse of `to_microseconds`.

    Args:
        value: Microseconds since 1970 in UTC.

    Returns:
        The datetime in UTC.
    """
    # Splitting off the microseconds here halves the time, because timedelta is slow at it.
    return _EPOCH + timedelta(0, *divmod(value, 1_000_000))
