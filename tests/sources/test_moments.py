"""Dates in every usual form mean one moment, and what could mean two is no date."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.sources.moments import NoMoment, read_moment

TEN = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
MIDNIGHT = TEN.replace(hour=0)
MOMENTS = st.datetimes(datetime(1974, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-03T10:00:00Z", "2026-03-03T10:00:00 Z", "2026-03-03 10:00:00 UTC",
        "2026-03-03 11:00:00 +0100", "2026-03-03T11:00:00+01:00[Europe/Paris]", "2026/03/03 10:00",
        "2026-03-03 10:00:00.000 +0000 UTC", "2026-3-3 10:00", "2026.03.03 10:00:00",
        "20260303100000", 20260303100000, "Tue, 03 Mar 2026 10:00:00 GMT",
        "Tue, 03 Mar 2026 05:00:00 EST", "3 Mar 26 10:00 UT", "Tue, 3 Mar 2026 11:00:00 CET",
        "Tue, 03 Mar 2026 05:00:00 -0500 (EST)", "Tue Mar  3 10:00:00 2026",
        "Tue Mar 03 10:00:00 +0000 2026", "Tue Mar 03 11:00:00 CET 2026",
        "Tue Mar 03 2026 11:00:00 GMT+0100 (Central European Standard Time)",
        "March 3, 2026 10:00 a.m.", "Mar. 3, 2026, 10:00 AM", "Tuesday, March 3, 2026 - 10:00",
        "March 3rd, 2026 at 10:00", "3-Mar-2026 10:00:00", "2026 March 3 10:00",
        1772532000, 1772532000.0, 1772532000000, 1772532000000000, 1772532000000000000,
        "1772532000", "1772532000.0", "1772532000000", Decimal(1772532000),
        "/Date(1772532000000)/", "/Date(1772532000000+0100)/", "\\/Date(1772532000000)\\/",
        {"$date": "2026-03-03T10:00:00Z"}, {"$date": {"$numberLong": "1772532000000"}},
        "１７７２５３２０００", "２０２６-03-03T10:00", "\t2026-03-03T10:00\u00a0",
        TEN, TEN.replace(tzinfo=None),
    ],
)  # fmt: skip
def test_a_moment_is_read_from_any_usual_form(value: object) -> None:
    assert read_moment(value) == TEN


@pytest.mark.parametrize(
    ("zones", "offset"),
    [
        ("Z UT UTC GMT WET", "+00:00"), ("WEST CET MEZ", "+01:00"), ("CEST MESZ EET", "+02:00"),
        ("EEST MSK", "+03:00"), ("SAST", "+02:00"), ("JST KST", "+09:00"), ("AEST", "+10:00"),
        ("AEDT", "+11:00"), ("NZST", "+12:00"), ("NZDT", "+13:00"), ("EDT", "-04:00"),
        ("EST CDT", "-05:00"), ("CST MDT", "-06:00"), ("MST PDT", "-07:00"),
        ("PST AKDT", "-08:00"), ("AKST", "-09:00"), ("HST", "-10:00"),
    ],
)  # fmt: skip
def test_a_zone_with_one_meaning_is_taken_off_the_clock(zones: str, offset: str) -> None:
    expected = datetime.fromisoformat(f"2026-03-03T10:00:00{offset}")
    for zone in zones.split():
        assert read_moment(f"Tue, 3 Mar 2026 10:00:00 {zone}") == expected
        assert read_moment(f"2026-03-03 10:00 {zone.lower()}") == expected
        assert read_moment(f"March 3, 2026 10:00 a.m. {zone}") == expected
        assert read_moment(f"March 3, 2026 10:00PM {zone}") == expected + timedelta(hours=12)


@pytest.mark.parametrize(
    "value",
    ["2026-03-03", "20260303", 20260303, "2026/3/3", "March 3, 2026", "3 March 2026", "3-Mar-26",
     "2026-03-02T24:00:00", date(2026, 3, 3), "March 3, 2026 12:00 am"],
)  # fmt: skip
def test_a_day_is_its_midnight(value: object) -> None:
    assert read_moment(value) == MIDNIGHT


@pytest.mark.parametrize(
    "value", ["03.04.2026", "25/12/2026 10:00", "3-4-26", "Tue, 03/03/2026 - 10:00", "3. 4. 2026"]
)
def test_the_message_says_why_a_date_of_numbers_is_not_read(value: str) -> None:
    with pytest.raises(NoMoment, match="day and month as numbers, which could be exchanged"):
        read_moment(value)


@pytest.mark.parametrize("value", ["soon", "2026-13-01", "0000-00-00", "10.0.0.2", "1.2"])
def test_the_message_names_what_is_no_date(value: str) -> None:
    with pytest.raises(NoMoment, match="no date"):
        read_moment(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("3 Mar 68", "2068-03-03"), ("3 Mar 69", "1969-03-03"), ("3 Mar 00", "2000-03-03"),
        ("March 3, 2026 12:30 pm", "2026-03-03T12:30"), ("3 Mar 2026 1:05 PM", "2026-03-03T13:05"),
        ("March 3, 2026 12:30 am", "2026-03-03T00:30"), ("3 Mar 2026 23:59:60", "2026-03-04"),
        ("2026-03-03 10:00:00,5", "2026-03-03T10:00:00.500"), ("Sept 3 2026", "2026-09-03"),
        ("3 Mar 2026 10:00:00.1234567", "2026-03-03T10:00:00.123456"),
        (10**8, "1973-03-03T09:46:40"),
        (10**11 - 1, "5138-11-16T09:46:39"), (10**11, "1973-03-03T09:46:40"),
        (10**14, "1973-03-03T09:46:40"), (10**17, "1973-03-03T09:46:40"),
        (-10**8, "1966-10-31T14:13:20"), ("Weds, 3 Mar 2027", "2027-03-03"),
        ("16000101", "1600-01-01"), ("21991231", "2199-12-31"),
    ],
)  # fmt: skip
def test_what_lies_at_a_limit_is_read(value: object, expected: str) -> None:
    assert read_moment(value) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize("value", [None, "", " \n", float("nan")])
def test_nothing_is_no_moment(value: object) -> None:
    assert read_moment(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "0000-00-00", "0000-00-00 00:00:00", 0, "0", 1, 2026, "2026", "March 2026", "2026-02-30",
        "2026-13-01", "1/3/2026", "03.04.2026", "25/12/2026", "Tue, 03/03/2026 - 10:00", 46082.5,
        "46082.4167", "1.77237E+09", "yesterday", "NaT", True, [], "12:30", "May", "١",
        "Tue, 3 Mar 2026 10:00:00 IST", "2026-03-03 25:00", "2026-03-03T10:00 Europe/Paris",
        "3 March April 2026", "3 4 March 2026",
        "15991231", "22000101", "2026-03-02T24:00:01", "2026-03-02 24:30",
        "March 3, 2026 0:30 am", "3 Mar 026", "2026-03-03 10:60:00 UTC", 10**8 - 1, 10**20,
        "3 Mar 2026 10:00 +2400", "3 Mar 2026 10:00 +0160", "202603031000",
        10**400, float("inf"), "9" * 900,
        "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-00:01", "March 3, 2026 13:00 pm",
    ],
)  # fmt: skip
def test_what_could_mean_two_moments_or_none_is_said(value: object) -> None:
    with pytest.raises(NoMoment) as refused:
        read_moment(value)
    assert 0 < len(str(refused.value)) < 200


@given(MOMENTS)
def test_every_form_of_a_moment_is_read_back(moment: datetime) -> None:
    seconds = moment.replace(microsecond=0)
    whole = int(seconds.timestamp())
    forms = (
        moment.isoformat(), f"{moment:%Y-%m-%d %H:%M:%S.%f} UTC", format_datetime(moment),
        f"{moment:%a %b %d %H:%M:%S %Y}", f"{moment:%B %d, %Y %I:%M:%S %p}",
        f"{moment:%Y%m%d%H%M%S}", whole, str(whole), whole * 1000, whole * 10**6,
        f"/Date({whole}000)/",
    )  # fmt: skip
    for form in forms[:2]:
        assert read_moment(form) == moment
    for form in forms[2:]:
        assert read_moment(form) == seconds


@given(MOMENTS, st.integers(-14 * 60, 14 * 60))
def test_an_offset_is_taken_off(moment: datetime, minutes: int) -> None:
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    local = moment.replace(tzinfo=None) + timedelta(minutes=minutes)
    for form in ("%Y-%m-%d %H:%M:%S.%f", "%d %b %Y %H:%M:%S.%f"):
        assert read_moment(f"{local.strftime(form)} {sign}{hours:02}{rest:02}") == moment
