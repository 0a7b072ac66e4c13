"""Moments as exports write them: ISO 8601, dates with the month's name, and seconds since 1970.

Nothing is guessed: a date whose day and month could be exchanged, or whose time zone has no single
meaning, is no moment.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from unicodedata import normalize

from recommender.sources.base import describe_type

__all__ = ["EARLIEST", "NoMoment", "read_moment"]

EARLIEST = datetime(1600, 1, 1, tzinfo=UTC)  # the first newspaper is a few years younger
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONTH_NAMES = """
jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|sep sept september|
oct october|nov november|dec december
"""
_MONTHS = {
    name: number
    for number, names in enumerate(_MONTH_NAMES.split("|"), start=1)
    for name in names.split()
}
_WEEKDAY_NAMES = """
mon monday tue tues tuesday wed weds wednesday thu thur thurs thursday fri friday sat saturday sun
sunday
"""
_WEEKDAYS = frozenset(_WEEKDAY_NAMES.split())
# What is to be taken off the clock for UTC, in minutes, of zones whose name has one meaning.
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "est": -300, "edt": -240, "cst": -360, "cdt": -300,
    "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "akst": -540, "akdt": -480, "hst": -600,
    "wet": 0, "west": 60, "cet": 60, "cest": 120, "mez": 60, "mesz": 120, "eet": 120, "eest": 180,
    "msk": 180, "sast": 120, "jst": 540, "kst": 540, "aest": 600, "aedt": 660, "nzst": 720,
    "nzdt": 780,
}  # fmt: skip
_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:(?:\s*T\s*|\s+|\s+-\s+)(\d.*))?", re.ASCII
)
_YEAR_LAST = re.compile(r"(?<!\d)\d{1,2}([-/.])\s?\d{1,2}\1\s?\d{2,4}(?!\d)", re.ASCII)
_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?", re.ASCII)
_MINUTES = re.compile(
    r"(?:1[6-9]|20|21)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])[0-2]\d[0-5]\d", re.ASCII
)
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?", re.ASCII)
_DOT_NET = re.compile(r"\\?/Date\((-?\d+)(?:[+-]\d{4})?\)\\?/", re.ASCII)
# The letter after "a" or "p" keeps the zones AEST and PST apart from "a.m." and "p.m.".
_CLOCK = re.compile(
    r"(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*(?:([ap])(?:\.?m)?(?![a-z]))?\.?\s*(.*)",
    re.ASCII | re.IGNORECASE,
)
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])(\d\d?):?(\d\d)?(?::?00)?", re.ASCII | re.IGNORECASE)
# What follows an offset and only names it once more: "[Europe/Paris]", "(Central European Time)".
_ZONE_NAME = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])\s*$|(?<=\d)\s+(?:UTC|GMT)$")


class NoMoment(ValueError):
    """A value that is no moment; the message says what is wrong with it."""


def read_moment(value: object) -> datetime | None:
    """A moment in UTC from any usual form; without a time zone it is taken as UTC.

    Strings are ISO 8601, also with blanks, slashes or "UTC"; digits alone (20260301,
    20260301093000); or dates with the month's English name and a year of four digits, in any
    order, as RFC 822 and JavaScript write them. Numbers are seconds, milliseconds, microseconds or
    nanoseconds since 1970, told apart by their size.

    Args:
        value: What the source delivered: a string, a number, a date or a datetime.

    Returns:
        The moment in UTC; None if there is none.

    Raises:
        NoMoment: The value cannot be read, or lies outside the calendar.

    Example:
        >>> [read_moment(v).isoformat() for v in ("Tue, 03 Mar 2026 10:00:00 GMT", 1772532000)]
        ['2026-03-03T10:00:00+00:00', '2026-03-03T10:00:00+00:00']
    """
    if isinstance(value, dict) and value.keys() == {"$date"}:  # as MongoDB exports it
        value = value["$date"]
        if isinstance(value, dict) and value.keys() == {"$numberLong"}:
            value = value["$numberLong"]
    if value is None or value != value or (isinstance(value, str) and not value.strip()):
        return None
    try:
        if isinstance(value, str):
            moment = _from_string(normalize("NFKC", value).strip())
        elif isinstance(value, datetime):  # Parquet's timestamps
            moment = value
        elif isinstance(value, date):  # Parquet's dates
            moment = datetime.combine(value, time())
        elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            moment = _from_number(value)
        else:
            raise NoMoment(f"expected a date, got {describe_type(value)}")
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise NoMoment(f"{_quoted(value)} lies outside the years 1 to 9999") from None


def _from_string(text: str) -> datetime:
    if _NUMBER.fullmatch(text):
        return _from_number(Decimal(text))
    if dot_net := _DOT_NET.fullmatch(text):
        return _EPOCH + timedelta(milliseconds=int(dot_net[1]))
    try:
        return datetime.fromisoformat(text)  # most dates end here
    except ValueError:
        pass
    moment = _from_year_first(text) or _from_month_name(text)
    if moment is None:
        wrong = "has day and month as numbers, which could be exchanged"
        what = wrong if _YEAR_LAST.search(text) else "is no date"
        raise NoMoment(f"{_quoted(text)} {what}; expected e.g. 2026-03-01T09:30:00+01:00")
    return moment


def _from_number(value: int | float | Decimal) -> datetime:
    """Seconds since 1970 or a thousandth of them, by size; or digits that are a calendar date."""
    if value == 0:
        raise NoMoment("0 is no date")
    size = abs(value)
    if value == int(value) and (found := _DIGITS.fullmatch(str(int(value)))):
        try:
            moment = datetime.strptime("".join(found.groups(default="00")), "%Y%m%d%H%M%S")
        except ValueError:
            pass
        else:
            if 1600 <= moment.year < 2200:
                return moment
    if value == int(value) and _MINUTES.fullmatch(str(int(value))):
        raise NoMoment(f"{_quoted(value)} may be a date or milliseconds since 1970")
    # Seconds from 1973 to 5138, and the same years in thousandths, millionths and so on.
    for power in (0, 3, 6, 9):
        if 10 ** (8 + power) <= size < 10 ** (11 + power):
            microseconds = Decimal(value) * 10**6 / 10**power
            return _EPOCH + timedelta(microseconds=round(microseconds))
    raise NoMoment(f"{_quoted(value)} is no date; seconds since 1970 have nine to ten digits")


def _from_year_first(text: str) -> datetime | None:
    """Year, month and day in this order, whatever stands between them, and a time of day."""
    found = _ISO.fullmatch(text)
    return found and _moment(int(found[1]), int(found[2]), int(found[3]), found[4] or "")


def _from_month_name(text: str) -> datetime | None:
    """A date with its month's name: RFC 822, asctime, JavaScript, "March 3, 2026 10:00 a.m."."""
    clock, rest = "", text
    if found := re.search(r"(?<![\d:])\d{1,2}:\d\d", text, re.ASCII):
        rest, clock = text[: found.start()], text[found.start() :]
        if year := re.search(r"\s(\d{4})$", clock, re.ASCII):  # asctime and Java: the year is last
            rest, clock = f"{rest} {year[1]}", clock[: year.start()]
    parts = [part for part in re.split(r"[\s,/-]+", rest.lower()) if part]
    parts = [part.strip(".") for part in parts if part not in ("at", "of", "t", "|", "–", "·")]
    parts = [part for part in parts if part and part not in _WEEKDAYS]
    months = [_MONTHS[part] for part in parts if part in _MONTHS]
    numbers = [re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", p) for p in parts if p not in _MONTHS]
    if (
        len(months) != 1
        or len(numbers) != 2
        or not all(re.fullmatch(r"[0-9]+", n) for n in numbers)
    ):
        return None
    day, year_digits = sorted(numbers, key=len)  # a year of four digits may stand first
    if len(day) > 2 or len(year_digits) not in (2, 4):
        return None
    year_number = int(year_digits)
    if len(year_digits) == 2:  # as RFC 822 has it, the year last; the pivot is that of email.utils
        year_number += 1900 if year_number > 68 else 2000
    return _moment(year_number, months[0], int(day), clock)


def _moment(year: int, month: int, day: int, clock: str) -> datetime | None:
    """A date and a time of day with its zone; None if either is impossible or not understood."""
    try:
        midnight = datetime(year, month, day)
    except ValueError:
        return None
    if not clock:
        return midnight
    found = _CLOCK.fullmatch(clock)
    if not found:
        return None
    hour, minute, second = (int(found[place] or 0) for place in (1, 2, 3))
    if found[5]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[5].lower() == "p" else 0)
    offset = _offset(found[6].strip())
    if hour * 3600 + minute * 60 + second > 86_400 or minute > 59 or second > 60 or offset is None:
        return None
    fraction = int((found[4] or "0")[:6].ljust(6, "0"))
    local = midnight + timedelta(0, hour * 3600 + minute * 60 + second, fraction)
    return local.replace(tzinfo=timezone(offset))


def _offset(zone: str) -> timedelta | None:
    """What a zone adds to UTC; nothing where there is none. None where its name is unknown."""
    if not zone:
        return timedelta()
    zone = _ZONE_NAME.sub("", zone).strip() or zone
    if zone.lower() in _ZONES:
        return timedelta(minutes=_ZONES[zone.lower()])
    found = _OFFSET.fullmatch(zone)
    if not found or int(found[2]) > 23 or int(found[3] or 0) > 59:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return -offset if found[1] == "-" else offset


def _quoted(value: object) -> str:
    """The value as a short, printable quotation."""
    return repr(value[:60]) if isinstance(value, str) else str(value)[:60]
