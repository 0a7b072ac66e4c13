"""What the commands share: moments as people write them, and JSON that any terminal can print."""

import json
from datetime import UTC, date, datetime, timedelta

import click
import pytest

from recommender.cli.options import Moment, console, echo_json, progress_bars
from recommender.cli.tables import HiddenRows
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
def test_a_moment_may_be_told_by_how_long_ago_it_was(written: str, ago: timedelta) -> None:
    assert abs(datetime.now(UTC) - ago - moment(written)) < timedelta(minutes=1)


@pytest.mark.parametrize("written", ["", "d", "7", "-7d", "7 d", "²d", "tomorrow", "2026-02-30"])
def test_what_is_no_moment_is_quoted_with_what_was_expected(written: str) -> None:
    with pytest.raises(click.BadParameter, match="neither ISO 8601 nor like 12h, 7d, 4w") as bad:
        moment(written)
    assert repr(written) in str(bad.value)


@pytest.mark.parametrize("written", ["999999999999d", "9999999w"])
def test_what_lies_before_the_calendar_is_refused(written: str) -> None:
    with pytest.raises(click.BadParameter, match="too far back"):
        moment(written)


def test_json_is_one_line_and_tells_moments_and_any_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    value = {
        "title": "Ærø\n\ud800",
        "day": date(2026, 3, 1),
        "at": datetime(2026, 3, 1, tzinfo=UTC),
    }
    echo_json(value)
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert "Ærø" in out
    assert json.loads(out) == {
        "title": "Ærø\n\ud800", "day": "2026-03-01", "at": "2026-03-01T00:00:00+00:00"
    }  # fmt: skip
    with pytest.raises(TypeError, match="no JSON for"):
        echo_json({"a": object()})


def test_where_the_output_is_no_terminal_lines_are_wide_and_bars_are_not_drawn() -> None:
    assert console().width == 120
    assert isinstance(progress_bars(None), Silent)
    assert isinstance(progress_bars(wanted=False), Silent)
    assert isinstance(progress_bars(wanted=True), HiddenRows)
