"""What commands share: moments as people write them, and bars where there is a terminal."""

from datetime import UTC, datetime, timedelta

import click
import pytest

from recommender.cli.options import Moment, progress_bars
from recommender.cli.progress_bars import ProgressBars
from recommender.progress import Silent


def moment(value: object) -> datetime:
    return Moment().convert(value, None, None)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T12:00", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("2026-03-01T12:00+02:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("20260301T12Z", datetime(2026, 3, 1, 12, tzinfo=UTC)),
    ],
)
def test_a_moment_is_in_utc_where_it_names_no_zone(written: str, meant: datetime) -> None:
    assert moment(written) == meant
    assert moment(meant) is meant


@pytest.mark.parametrize(
    ("written", "ago"),
    [("12h", timedelta(hours=12)), ("7d", timedelta(days=7)), ("4w", timedelta(weeks=4))],
)
def test_a_moment_may_be_given_as_a_time_back_from_now(written: str, ago: timedelta) -> None:
    assert abs(datetime.now(UTC) - ago - moment(written)) < timedelta(minutes=1)


@pytest.mark.parametrize("written", ["", "d", "7", "-7d", "7 d", "²d", "tomorrow", "2026-02-30"])
def test_an_error_quotes_what_is_no_moment(written: str) -> None:
    with pytest.raises(click.BadParameter, match="neither ISO 8601 nor like 12h, 7d, 4w") as bad:
        moment(written)
    assert repr(written) in str(bad.value)


@pytest.mark.parametrize("written", ["999999999999d", "9999999w"])
def test_a_time_before_the_calendar_is_refused(written: str) -> None:
    with pytest.raises(click.BadParameter, match="too far back"):
        moment(written)


def test_without_a_terminal_no_bars_are_drawn() -> None:
    assert isinstance(progress_bars(None), Silent)
    assert isinstance(progress_bars(wanted=False), Silent)
    assert isinstance(progress_bars(wanted=True), ProgressBars)
