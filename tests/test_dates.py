"""Moments as numbers: exact, whatever the time zone, to the ends of the calendar."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.dates import NO_DATE, from_microseconds, to_microseconds

moments = st.datetimes(timezones=st.just(UTC))


@given(
    st.datetimes(timezones=st.timezones() | st.just(UTC) | st.just(timezone(timedelta(hours=14))))
)
def test_a_moment_in_microseconds_is_exact(moment: datetime) -> None:
    value = to_microseconds(moment)
    assert timedelta(microseconds=value) == moment - datetime(1970, 1, 1, tzinfo=UTC)


@given(moments)
def test_every_moment_in_utc_survives(moment: datetime) -> None:
    again = from_microseconds(to_microseconds(moment))
    assert again == moment
    assert again.tzinfo is UTC


@pytest.mark.parametrize(
    "moment", [datetime.min, datetime.max, datetime(1969, 12, 31, 23, 59, 59, 1)]
)
def test_the_first_and_last_moments_survive(moment: datetime) -> None:
    moment = moment.replace(tzinfo=UTC)
    assert from_microseconds(to_microseconds(moment)) == moment


@given(moments)
def test_a_missing_date_sorts_before_every_other(moment: datetime) -> None:
    assert to_microseconds(moment) > NO_DATE


@given(moments, moments)
def test_microseconds_order_as_moments_do(one: datetime, two: datetime) -> None:
    assert (to_microseconds(one) < to_microseconds(two)) == (one < two)
