"""Moments as an editor says them."""

from datetime import UTC, datetime

from recommender.counts import counted

__all__ = ["how_long_ago"]


def how_long_ago(moment: datetime | None, now: datetime) -> str:
    """A moment as an editor says it.

    Args:
        moment: The moment, or None.
        now: The moment that it is compared with.

    Returns:
        For example "5 minutes ago" or "3 days ago"; from 60 days on, and in the future, a date; ""
        where there is no moment.
    """
    if moment is None:
        return ""
    seconds = (now - moment).total_seconds()
    if seconds < 0 or seconds >= 60 * 86400:
        return moment.astimezone(UTC).strftime("%-d %b %Y")
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        count = int(seconds // length)
        if count:
            return f"{counted(count, unit)} ago"
    return "just now"
