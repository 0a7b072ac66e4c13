"""Entry points of `recommend` and `recommender`: the commands put together, errors made exit codes.

The commands print and nothing else; what they print comes from the other wings.
"""

import sys

import click

from recommender import __version__
from recommender.cli.evaluate import evaluate
from recommender.cli.exit_codes import EXIT_CODES, EXIT_HELP, exit_code
from recommender.cli.groups import stories, topics
from recommender.cli.nightly import nightly, report
from recommender.cli.recommend import recommend
from recommender.cli.snapshots import rollback, snapshots, verify
from recommender.cli.takedowns import remove, restore
from recommender.errors import RecommenderError

__all__ = ["EXIT_CODES", "EXIT_HELP", "main", "recommend", "recommend_main", "recommender"]


@click.group(epilog=EXIT_HELP)
@click.version_option(__version__)
def recommender() -> None:
    """Build, publish and inspect snapshots of related articles and topics."""


for command in (
    nightly, report, topics, stories, evaluate, snapshots, rollback, verify, remove, restore,
):  # fmt: skip
    recommender.add_command(command)


def recommend_main() -> None:
    """Entry point of `recommend`."""
    _run(recommend)


def main() -> None:
    """Entry point of `recommender`."""
    _run(recommender)


def _run(command: click.Command) -> None:
    """Run a command; turn the package's errors into a sentence and an exit code."""
    try:
        command.main(standalone_mode=True)
    except RecommenderError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(exit_code(error))
