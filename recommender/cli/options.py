"""What the commands share: options, and printing."""

import json
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from recommender.progress import Progress

__all__ = [
    "EXIT_HELP",
    "Moment",
    "artifacts_option",
    "config_option",
    "console",
    "echo_json",
    "json_option",
    "progress_bars",
    "progress_option",
    "set_option",
]

EXIT_HELP = """\b
Exit codes:
  0  done; for nightly: a snapshot was published, or nothing has changed
  1  internal error
  2  wrong usage or settings
  3  bad input: unreadable source, too many rejects
  4  publish refused: a gate of the settings, or the new snapshot failed its checks
  5  lock held: another run works on these artifacts
  6  unknown article, story or topic
  7  no snapshot, or a damaged one
  8  cannot write: full disk, permissions
  9  encoder unusable, or a package is missing
"""

artifacts_option = click.option(
    "--artifacts",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("artifacts"),
    show_default=True,
    envvar="RECOMMENDER_ARTIFACTS",
    help="The artifacts folder.",
)
config_option = click.option(
    "--config", type=click.Path(path_type=Path), help="Settings, a TOML file."
)
set_option = click.option(
    "--set", "overrides", multiple=True, metavar="SECTION.KEY=VALUE", help="One setting."
)
progress_option = click.option(
    "--progress/--no-progress",
    default=None,
    help="Draw bars on stderr.  [default: where stderr is a terminal]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


class Moment(click.ParamType[datetime]):
    """A moment: ISO 8601, or how long ago."""

    name = "when"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """An aware datetime; what names no time zone is in UTC."""
        if isinstance(value, datetime):
            return value
        units = {"h": "hours", "d": "days", "w": "weeks"}
        if value[:-1].isdecimal() and value[-1] in units:
            try:
                return datetime.now(UTC) - timedelta(**{units[value[-1]]: int(value[:-1])})
            except (OverflowError, ValueError):
                self.fail(f"{value} lies too far back.", param, ctx)
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is neither ISO 8601 nor like 12h, 7d, 4w.", param, ctx)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def console(*, stderr: bool = False) -> "Console":
    """Where tables are printed."""
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False)
    # Where the output is no terminal its width is unknown, and ids must not be folded to 80.
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=120)


def progress_bars(wanted: bool | None) -> "Progress":
    """Bars on stderr; where nobody said whether they are `wanted`, if that is a terminal."""
    from recommender.cli.tables import HiddenRows
    from recommender.progress import Silent

    wanted = sys.stderr.isatty() if wanted is None else wanted
    return HiddenRows(console(stderr=True)) if wanted else Silent()


def echo_json(value: object) -> None:
    """Print one line of JSON."""
    line = json.dumps(value, ensure_ascii=False, default=_moment)
    # A lone surrogate, from a path or a message, becomes the escape that JSON has for it.
    click.echo(line.encode("utf-8", "backslashreplace").decode())


def _moment(value: object) -> str:
    if isinstance(value, date):  # a datetime is one, too
        return value.isoformat()
    raise TypeError(f"no JSON for {value!r}")
