"""Moments as editors say them."""

from datetime import UTC, datetime, timedelta

import pytest

from recommender.cli.moments import how_long_ago

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=3, hours=4), "3 days ago"),
        (timedelta(days=60), "31 Dec 2025"),
        (timedelta(hours=-1), "1 Mar 2026"),
    ],
)
def test_how_long_ago_speaks_like_an_editor(before: timedelta, said: str) -> None:
    assert how_long_ago(NOW - before, NOW) == said


def test_a_missing_date_is_empty() -> None:
    assert how_long_ago(None, NOW) == ""
