"""The options that commands share, and what they open."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recommender.artifacts.folder import Artifacts
from recommender.cli.logs import LOG_FORMATS
from recommender.cli.output import console
from recommender.errors import NoSnapshot

if TYPE_CHECKING:
    from recommender.progress import Progress

__all__ = [
    "Moment",
    "artifacts_option",
    "config_option",
    "existing_folder",
    "json_option",
    "log_format_option",
    "progress_bars",
    "progress_option",
    "set_option",
]

artifacts_option = click.option(
    "--artifacts",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("artifacts"),
    show_default=True,
    envvar="RECOMMENDER_ARTIFACTS",
    help="The artifacts folder.",
)
config_option = click.option(
    "--config", type=click.Path(path_type=Path), help="A TOML file with settings."
)
set_option = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="SECTION.KEY=VALUE",
    help="Change one setting; repeat for several.",
)
progress_option = click.option(
    "--progress/--no-progress",
    default=None,
    help="Draw progress bars on stderr.  [default: if it is a terminal]",
)
log_format_option = click.option(
    "--log-format",
    type=click.Choice(LOG_FORMATS),
    default="auto",
    show_default=True,
    help="How warnings and the log are written on stderr; auto: text on a terminal, else JSON.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


class Moment(click.ParamType[datetime]):
    """A moment: ISO 8601, or how long ago, such as 12h, 7d or 4w."""

    name = "when"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The moment as a datetime; without a time zone it is in UTC."""
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


def progress_bars(wanted: bool | None) -> "Progress":
    """Progress bars on standard error.

    Args:
        wanted: Whether to draw them; None draws them where standard error is a terminal.

    Returns:
        A `Progress` that draws bars, or one that is silent.
    """
    from recommender.progress import Silent

    if not (sys.stderr.isatty() if wanted is None else wanted):
        return Silent()
    from recommender.cli.progress_bars import ProgressBars

    return ProgressBars(console(stderr=True))


def existing_folder(artifacts: Path) -> Artifacts:
    """The artifacts folder of a command that does not make one.

    Args:
        artifacts: Its path.

    Returns:
        The folder.

    Raises:
        NoSnapshot: There is no such folder.
    """
    if not artifacts.is_dir():
        raise NoSnapshot(f"there is no folder {artifacts}; name the artifacts with --artifacts")
    return Artifacts(artifacts)
