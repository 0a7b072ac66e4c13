"""The nightly build."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.artifacts.folder import Artifacts
from recommender.cli.exit_codes import EXIT_HELP
from recommender.cli.options import (
    artifacts_option,
    config_option,
    json_option,
    log_format_option,
    progress_bars,
    progress_option,
    set_option,
)
from recommender.cli.output import echo
from recommender.cli.process import keeping
from recommender.errors import StorageError, needs_extra

if TYPE_CHECKING:
    from recommender.cli.logs import LogFormat

__all__ = ["nightly"]

KEPT = (
    "work is kept: the next run uses what was stored and embedded, and readers go on with the "
    "snapshot that they have"
)


@click.command(epilog=EXIT_HELP)
@click.argument("sources", nargs=-1, required=True)
@artifacts_option
@config_option
@set_option
@progress_option
@click.option("-v", "--verbose", count=True, help="Log what is done; -vv logs everything.")
@log_format_option
@click.option(
    "--force", is_flag=True, help="Publish even if a gate refuses or nothing has changed."
)
@click.option(
    "--complete",
    is_flag=True,
    help="SOURCES hold everything: delete the stored articles that they no longer hold.",
)
@json_option
def nightly(
    sources: tuple[str, ...],
    artifacts: Path,
    config: Path | None,
    overrides: tuple[str, ...],
    progress: bool | None,
    verbose: int,
    log_format: "LogFormat",
    force: bool,
    complete: bool,
    as_json: bool,
) -> None:
    """Read SOURCES, embed what is new, rebuild everything and publish a snapshot.

    SOURCES are .jsonl, .ndjson, .json, .csv or .tsv files (each also as .gz) or
    .parquet files; - is JSON Lines on standard input. Articles stay
    stored between runs, so a source may hold only what is new; see --complete.
    """
    with needs_extra("build"):
        from recommender.pipeline.nightly import run_night
        from recommender.settings.load import load_settings
    from recommender.cli.logs import log_to_stderr

    log_to_stderr(verbose, log_format)
    if complete:
        overrides = (*overrides, "input.complete=true")
    with keeping(KEPT):
        night = run_night(
            sources,
            Artifacts(artifacts),
            load_settings(config, overrides=overrides),
            force=force,
            progress=progress_bars(progress),
        )
    from recommender.cli.night_report import night_report

    report = night.to_json() if as_json else night_report(asdict(night))
    try:
        echo(report)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StorageError(
            f"cannot write the output: {error.strerror}; the run itself was done: recommender "
            f"report --artifacts {artifacts} tells of it"
        ) from error
